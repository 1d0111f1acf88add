"""Ten years of the job, each with troubles of its own, and one of accounts that are read often."""

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.jobs.test_years import live
from tests.support.job_years import ZONES, JobYears
from tests.support.staged import installed


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1, 11))
def test_ten_years(tmp_path: Path, seed: int) -> None:
    with closing(installed(f"sqlite:///{tmp_path / 'years.db'}")) as store:
        live(JobYears(store, seed, date(2025 + seed, 1, 10), 365))


@pytest.mark.soak
@pytest.mark.parametrize(("cadence", "step"), [("6h", 6), ("3h", 3)])
def test_half_a_year_beyond_the_nights(tmp_path: Path, cadence: str, step: int) -> None:
    with closing(installed(f"sqlite:///{tmp_path / 'years.db'}")) as store:
        hours = range(0, 24, step)
        live(JobYears(store, 20 + step, date(2026, 9, 1), 180, ZONES[:2], hours, cadence))
