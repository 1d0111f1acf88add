"""Ten years of the job, each with troubles of its own and with accounts of all cadences."""

from collections import deque
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.jobs.test_years import live
from tests.support.job_years import MACHINE_ZONE, ZONES, JobYears
from tests.support.staged import installed


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1, 11))
def test_ten_years(tmp_path: Path, seed: int) -> None:
    with closing(installed(f"sqlite:///{tmp_path / 'years.db'}")) as store:
        mixed = deque(("nightly", "adaptive", "6h", "nightly"))
        mixed.rotate(seed)  # each zone has each of them in some years
        live(JobYears(store, seed, date(2025 + seed, 1, 10), 365, ZONES, mixed))


@pytest.mark.soak
@pytest.mark.parametrize("zone", ZONES)
def test_an_autumn_hour_by_hour(tmp_path: Path, zone: str) -> None:
    with closing(installed(f"sqlite:///{tmp_path / 'years.db'}")) as store:
        zones, cadences = (zone, MACHINE_ZONE.key), ("hourly", "3h")
        first, days = (date(2027, 1, 20), 70) if "Africa" in zone else (date(2026, 9, 20), 70)
        live(JobYears(store, 30, first, days, tuple(dict.fromkeys(zones)), cadences))
