"""Months of a job that looks at what is due, beside one that always looks at all accounts."""

from contextlib import closing
from pathlib import Path
from random import Random

import pytest

from jobs import looks
from snapshot_core.windows import DAY, HOUR
from tests.jobs.test_looks import NARROW, WIDE
from tests.support.job_weeks import Weeks
from tests.support.staged import installed


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(8))
def test_a_month(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    calls, found = (WIDE, NARROW)[seed % 2], []
    for name, seconds in (("all", 0), ("due", 400 * DAY)):
        monkeypatch.setattr(looks, "FULL_LOOK_SECONDS", seconds)
        with closing(installed(f"sqlite:///{tmp_path / name}.db")) as store:
            found.append(Weeks(store, Random(seed), calls).live(31, HOUR // 6))
    assert found[1] == found[0]
