"""A year of the job with all that befalls a machine: no night that could be had is missed, none is
taken twice, and nothing is held up once the clock is right. `make soak` lives through ten years.
"""

from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from snapshot_core.store.database import Store
from tests.support.job_years import JobYears
from tests.support.staged import installed


@pytest.fixture
def sqlite_store(tmp_path: Path) -> Iterator[Store]:
    with closing(installed(f"sqlite:///{tmp_path / 'years.db'}")) as store:
        yield store


@pytest.fixture
def postgres_store(postgres_url: str) -> Iterator[Store]:
    with closing(installed(postgres_url)) as store:
        yield store


def live(years: JobYears) -> None:
    years.run()
    years.checks.in_the_end()
    print(years.checks.tally, f"{len(years.troubles)} troubles")
    assert years.checks.faults == []
    assert years.checks.tally.growths, "growth was never compared"


def test_a_year(sqlite_store: Store) -> None:
    live(JobYears(sqlite_store, 1, date(2026, 1, 10), 365, ("Australia/Lord_Howe",)))


def test_a_ramadan(sqlite_store: Store) -> None:
    zones = "Africa/Casablanca", "America/New_York"
    live(JobYears(sqlite_store, 3, date(2026, 1, 28), 70, zones))


def test_a_spring_of_six_hours(sqlite_store: Store) -> None:
    zones, cadences = ("Europe/Berlin", "Australia/Lord_Howe"), ("6h", "adaptive")
    live(JobYears(sqlite_store, 4, date(2026, 2, 20), 60, zones, cadences))


def test_a_spring_on_postgresql(postgres_store: Store) -> None:
    live(JobYears(postgres_store, 2, date(2026, 2, 20), 45, ("Europe/Berlin", "America/New_York")))
