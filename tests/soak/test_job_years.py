"""Ten years of the job, each with troubles and zones of its own."""

from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.jobs.test_years import live
from tests.support.job_years import JobYears
from tests.support.staged import installed


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(1, 11))
def test_ten_years(tmp_path: Path, seed: int) -> None:
    with closing(installed(f"sqlite:///{tmp_path / 'years.db'}")) as store:
        live(JobYears(store, seed, date(2025 + seed, 1, 10), 365))
