"""The job removes what may not be kept, also where cron starts it."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

import pytest
from schedule import Scheduler
from sqlalchemy import event, update

from jobs.heartbeat import HeartbeatWriter
from jobs.loop import Task, loop, scheduled
from jobs.stop import Stop
from snapshot_core.errors import StoreError
from snapshot_core.maintenance.retention import keep_to_policy
from snapshot_core.readings import ProfileReading
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.accounts import account
from snapshot_core.store.ahead import captures_ahead, keep, mark_ahead
from snapshot_core.store.database import Store
from snapshot_core.store.heartbeats import SETTLED_SECONDS
from snapshot_core.store.keys import Key, of
from snapshot_core.store.record_capture import Fetched, record
from snapshot_core.store.tables import accounts
from snapshot_core.windows import DAY, HOUR
from tests.support.programs import ROOT, environment
from tests.support.readings import video_reading
from tests.support.staged import NOON, Hands, added, believe, captures_of, installed
from tests.support.waiting import PATIENCE_SECONDS

LONG_AGO = 1_600_000_000
KEEPS_30_DAYS = load_settings({"TRUEGROWTH_YOUTUBE_KEEP_DAYS": "30"}, None)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    made = installed(sqlite_url)
    yield made
    made.close()


@pytest.fixture
def key(store: Store) -> Key:
    """A paused channel that was last read years ago."""
    key = added(store, source="youtube").key
    profile, videos = ProfileReading(), [video_reading("v", 1)]
    old = Fetched(LONG_AGO, LONG_AGO, "nightly", "complete", True, profile, videos)
    with store.write() as connection:
        record(connection, key, old)
        connection.execute(update(accounts).where(of(accounts, key)).values(paused=True))
    return key


@pytest.mark.parametrize(("days", "left"), [("30", 0), ("0", 1)])
def test_a_run_for_cron_removes_what_is_too_old(
    store: Store, sqlite_url: str, key: Key, days: str, left: int
) -> None:
    believe(store, int(time.time()) - HOUR)
    environ = environment(sqlite_url, TRUEGROWTH_YOUTUBE_KEEP_DAYS=days)
    command = [sys.executable, "-m", "jobs", "--once"]
    subprocess.run(command, cwd=ROOT, env=environ, timeout=PATIENCE_SECONDS, check=True)
    assert len(captures_of(store, key)) == left


def test_a_task_of_every_hour_does_not_hide_a_clock_put_back(store: Store) -> None:
    stop, made = Stop(), list[Scheduler]()

    def make(tasks: Sequence[Task]) -> Scheduler:
        scheduler = scheduled(tasks)
        if not made:  # as after half an hour's jump back, seen from the scheduler
            for job in scheduler.get_jobs():
                job.interval = HOUR // 2
        made.append(scheduler)
        return scheduler

    runs: list[int] = []

    def work() -> None:
        runs.append(1)
        if len(runs) == 2:
            stop.set()

    tasks = Task("often", 1, work), Task("seldom", HOUR, lambda: None)
    loop(tasks, stop, HeartbeatWriter(store, Hands()), make)
    assert len(made) == 2


def test_an_account_that_cannot_be_reached_does_not_keep_the_others(store: Store, key: Key) -> None:
    """As where it is in one of several databases, and that one is away."""
    other = added(store, "other", source="youtube").key
    old = Fetched(LONG_AGO, LONG_AGO, "nightly", "complete", True, ProfileReading(), [])
    store.transact(lambda connection: record(connection, other, old))
    believe(store, NOON)

    def fail(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        if tuple(given)[:2] == key and statement.startswith("DELETE"):
            raise StoreError("node 2 is down")

    event.listen(store.writer, "before_cursor_execute", fail)
    with pytest.raises(StoreError, match="node 2 is down"):
        keep_to_policy(store, KEEPS_30_DAYS, NOON)
    assert (len(captures_of(store, key)), len(captures_of(store, other))) == (1, 0)


class TestByAClockThatJumps:
    """What is removed is gone: a clock that was set a moment ago does not decide on it."""

    @pytest.fixture
    def channel(self, store: Store) -> Key:
        """Read every night until NOON, by a clock that is right."""
        channel = added(store, source="youtube").key
        for days in range(20, -1, -1):
            at = NOON - days * DAY
            listing = ProfileReading(), [video_reading("v", 1)]
            store.transact(partial(record, key=channel, fetched=Fetched(
                at, at, "nightly", "complete", True, *listing)))  # fmt: skip
            keep_to_policy(store, KEEPS_30_DAYS, at)
        return channel

    @pytest.mark.parametrize("days", [12, 31, 365])
    def test_one_that_is_ahead_for_a_night_removes_nothing(
        self, store: Store, channel: Key, days: int
    ) -> None:
        for hours in range(1, 40):
            assert keep_to_policy(store, KEEPS_30_DAYS, NOON + days * DAY + hours * HOUR) == 0
        assert len(captures_of(store, channel)) == 21
        for back in range(1, 12):  # it is right again, and nothing waits for two days
            assert keep_to_policy(store, KEEPS_30_DAYS, NOON + back * DAY) == int(back > 10)

    def test_after_an_outage_it_is_believed_two_days_later(
        self, store: Store, channel: Key
    ) -> None:
        back = NOON + 12 * DAY
        for at in range(back, back + SETTLED_SECONDS, 6 * HOUR):
            assert keep_to_policy(store, KEEPS_30_DAYS, at) == 0
        assert keep_to_policy(store, KEEPS_30_DAYS, back + SETTLED_SECONDS) == 4
        assert keep_to_policy(store, KEEPS_30_DAYS, back + SETTLED_SECONDS + DAY) == 1

    def test_a_machine_that_is_seldom_on_removes_what_is_too_old_too(
        self, store: Store, channel: Key
    ) -> None:
        for week in range(1, 5):
            keep_to_policy(store, KEEPS_30_DAYS, NOON + 7 * week * DAY)
        oldest = captures_of(store, channel)[0][0]
        assert oldest == NOON + 21 * DAY - 30 * DAY  # by the look before

    def test_one_that_was_believed_and_goes_back_decides_on_nothing_to_come(
        self, store: Store, channel: Key
    ) -> None:
        believe(store, NOON + 11 * DAY)
        assert keep_to_policy(store, KEEPS_30_DAYS, NOON + DAY) == 0
        assert len(captures_of(store, channel)) == 21

    def test_what_a_clock_that_was_behind_has_marked_stays_for_its_own_time(
        self, store: Store, channel: Key
    ) -> None:
        behind = NOON - 300 * DAY
        keep_to_policy(store, KEEPS_30_DAYS, behind)
        assert store.transact(partial(mark_ahead, key=channel, now=behind)) == 21
        for day in range(1, 11):  # it is right again
            assert keep_to_policy(store, KEEPS_30_DAYS, NOON + day * DAY) == 0
        assert keep_to_policy(store, KEEPS_30_DAYS, NOON + 11 * DAY) == 1
        with store.read() as connection:
            marked = captures_ahead(connection, 1, [account(connection, channel)], NOON)
        assert store.transact(partial(keep, chosen=marked, now=NOON)) == 20
