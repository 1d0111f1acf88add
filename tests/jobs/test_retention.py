"""The job removes what may not be kept, also where cron starts it."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
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
from snapshot_core.store.database import Store
from snapshot_core.store.keys import Key, of
from snapshot_core.store.record_capture import Fetched, record
from snapshot_core.store.tables import accounts
from snapshot_core.windows import HOUR
from tests.support.programs import ROOT, environment
from tests.support.readings import video_reading
from tests.support.staged import NOON, Hands, added, captures_of, installed
from tests.support.waiting import PATIENCE_SECONDS

LONG_AGO = 1_600_000_000


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
    settings = load_settings({"TRUEGROWTH_YOUTUBE_KEEP_DAYS": "30"}, None)

    def fail(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
        if tuple(given)[:2] == key and statement.startswith("DELETE"):
            raise StoreError("node 2 is down")

    event.listen(store.writer, "before_cursor_execute", fail)
    with pytest.raises(StoreError, match="node 2 is down"):
        keep_to_policy(store, settings, NOON)
    assert (len(captures_of(store, key)), len(captures_of(store, other))) == (1, 0)
