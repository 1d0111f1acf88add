"""The database file under the job: every row in it after each night, and none made in its place."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

import pytest

from jobs.tasks.nightly import Nightly
from snapshot_core.store.accounts import Account
from snapshot_core.store.captures import captures_of as stored_captures
from snapshot_core.store.database import Store
from snapshot_core.store.heartbeats import heartbeat
from snapshot_core.windows import DAY
from tests.jobs.test_nightly import nightly
from tests.jobs.test_process import job
from tests.support.copies import rows_of_copy
from tests.support.staged import Hands, Staged, added, captures_of, installed
from tests.support.waiting import wait_until

READINGS = "SELECT count(*) FROM video_snapshots"


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    made = installed(sqlite_url)
    yield made
    made.close()


@pytest.fixture
def path(store: Store) -> Path:
    assert store.file is not None
    return store.file.path


@pytest.fixture
def dashboard(store: Store, sqlite_url: str) -> Iterator[Store]:
    """Another who has the database open all the time, so that nobody is the last to close it."""
    other = Store(sqlite_url)
    with other.read() as connection:
        assert heartbeat(connection) is None
    yield other
    other.close()


def look(dashboard: Store, account: Account) -> int:
    with dashboard.read() as connection:
        return len(stored_captures(connection, account.key))


def test_after_each_night(store: Store, dashboard: Store, path: Path) -> None:
    account, clock, videos = added(store), Hands(), 50
    task: Nightly = nightly(store, clock, Staged(videos))
    for night in range(1, 8):
        task.run()
        assert look(dashboard, account) == night
        assert rows_of_copy(path, READINGS) == [(night * videos,)]
        clock.now += DAY


def test_a_reader_in_the_way_does_not_fail_the_night(
    store: Store, dashboard: Store, path: Path
) -> None:
    account, clock, videos = added(store), Hands(), 50
    task: Nightly = nightly(store, clock, Staged(videos))
    with dashboard.read() as connection:
        assert stored_captures(connection, account.key) == []
        assert [line.failed for line in task.captures()] == [False]
    assert store.checkpoint()  # what the job does every five minutes
    assert rows_of_copy(path, READINGS) == [(videos,)]


def test_while_the_job_and_a_dashboard_run(store: Store, dashboard: Store, path: Path) -> None:
    account = added(store, "good")
    with job(str(store.writer.url)) as process:
        wait_until(lambda: captures_of(store, account.key))
        wait_until(lambda: rows_of_copy(path, READINGS) == [(3,)])
        assert process.poll() is None
        process.terminate()
        process.communicate()
    assert look(dashboard, account) == 1


def test_moved_away_it_is_missed_not_made_anew_and_used_again_when_it_is_back(
    store: Store, path: Path, tmp_path: Path
) -> None:
    account = added(store, "good")
    with job(str(store.writer.url)) as process:
        assert process.stderr is not None
        wait_until(lambda: captures_of(store, account.key))
        path.rename(elsewhere := tmp_path / "elsewhere.db")
        told = wait_for_line(process.stderr, "captures: ")
        assert f"There is no database at {path}. If it was moved, put it back" in told
        assert not path.exists()
        elsewhere.rename(path)
        wait_for_line(process.stderr, "captures: works again")
        process.terminate()
        process.communicate()
    assert process.returncode == 0
    assert len(captures_of(store, account.key)) == 1


def wait_for_line(log: IO[str], text: str) -> str:
    """The next line with ``text``; a log that ends before has none."""
    return next(line for line in log if text in line)
