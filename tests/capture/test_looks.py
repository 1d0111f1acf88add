"""An account that is looked at only when its agenda says so is read as if the job always looked."""

from datetime import time
from random import Random
from zoneinfo import ZoneInfo

import pytest

from snapshot_core.capture.schedule import Schedule
from snapshot_core.sources.contract import Calls
from snapshot_core.store.source_loads import Load
from snapshot_core.windows import DAY, HOUR
from tests.support.due import Life, due_account
from tests.support.staged import NOON, Staged

STEP_SECONDS = 300
"""Every instant that decides is a multiple of it."""
ZONES = "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca"


def life(seed: int, cadence: str) -> Life:
    """Ten days around a change of the clocks, with fewer calls than the cadence asks for."""
    chance = Random(seed)
    pages = chance.randrange(1, 6)
    source = Staged(calls=Calls(chance.choice((8, 20, 60, 150)), 1, 20, 1))
    loads = {"staged": Load(1, 20 * pages)}
    schedule = Schedule(ZoneInfo(chance.choice(ZONES)), time(0), lambda _: source, loads)
    begin = NOON - 30 * DAY
    account = due_account(
        begin - DAY, cadence=cadence, videos=20 * pages, created_at=begin - 40 * DAY
    )
    posts = [begin + chance.randrange(11 * DAY // STEP_SECONDS) * STEP_SECONDS for _ in range(4)]
    return Life(schedule, account, posts, announced=chance.choice((0, 0, DAY)))


@pytest.mark.parametrize("cadence", ["adaptive", "hourly", "3h", "6h", "nightly"])
@pytest.mark.parametrize("seed", range(6))
def test_nothing_is_read_later_or_more_often(seed: int, cadence: str) -> None:
    begin, end = NOON - 30 * DAY, NOON - 20 * DAY
    always, by_looks = life(seed, cadence), life(seed, cadence)
    for now in range(begin, end, STEP_SECONDS):
        always.look(now)
    by_looks.run_by_looks(begin, end)
    assert by_looks.captures == always.captures
    assert len(always.captures) > 4


def test_a_video_that_is_announced_is_read_from_its_first_hour_on() -> None:
    source = Staged(calls=Calls(100_000, 1, 20, 1))
    schedule = Schedule(ZoneInfo("UTC"), time(0), lambda _: source)
    midnight, premiere = NOON - 12 * HOUR, NOON + 90 * 60
    account = due_account(midnight, cadence="adaptive", created_at=NOON - 40 * DAY)
    lived = Life(schedule, account, [premiere], announced=DAY)
    lived.run_by_looks(midnight + 60, premiere + 5 * HOUR)
    assert [due.at - premiere for due in lived.captures if due.scope == "recent"] == [
        HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR,
    ]  # fmt: skip
