"""The job as a process: signals, exit statuses, what it prints, and its heartbeat."""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from snapshot_core.clock import NEVER_SET, SET_IT
from snapshot_core.store.database import Store
from snapshot_core.store.heartbeats import Heartbeat, beat, heartbeat
from snapshot_core.windows import DAY
from tests.support.programs import ROOT, environment
from tests.support.staged import account_row, added, captures_of, halves, installed
from tests.support.waiting import PATIENCE_SECONDS, Stopwatch, wait_until

STAGED = "tests.jobs.job_with_staged_source"


@contextmanager
def job(
    url: str, module: str = STAGED, starter: Sequence[str] = ()
) -> Iterator[subprocess.Popen[str]]:
    """A running job, killed at the end if the test has not ended it."""
    with subprocess.Popen(
        [*starter, sys.executable, "-m", module],
        cwd=ROOT,
        env=environment(url, PYTHONFAULTHANDLER="1"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def once(url: str, module: str = STAGED, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", module, "--once"],
        cwd=ROOT,
        env=environment(url, **more),
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def heard(process: subprocess.Popen[str], seconds: float = PATIENCE_SECONDS) -> str:
    """The next line that a job says; one that says nothing shows where it stands, and fails."""
    assert process.stdout is not None
    assert process.stderr is not None
    if not select.select([process.stdout], [], [], seconds)[0]:
        process.send_signal(signal.SIGABRT)  # PYTHONFAULTHANDLER tells of all its threads
        raise AssertionError(f"it says nothing:\n{process.stderr.read()}")
    return process.stdout.readline()


def beat_of(store: Store):
    with store.read() as connection:
        return heartbeat(connection)


@pytest.mark.parametrize(
    ("behaviour", "number"),
    [("hangs", signal.SIGTERM), ("crawls", signal.SIGINT), ("hangs", signal.SIGHUP)],
)
def test_a_signal_in_the_middle_of_a_capture_ends_it_cleanly(
    store: Store, database_url: str, behaviour: str, number: signal.Signals
) -> None:
    one = added(store, behaviour)
    with job(database_url) as process:
        assert heard(process) == "in the middle\n"
        assert account_row(store, one.key).lease_owner is not None
        process.send_signal(number)
        watch = Stopwatch(process.pid)
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert watch.seconds() < 3
        _, log = process.communicate()
    assert process.returncode == 0
    assert "Traceback" not in log
    assert log.splitlines()[-1].endswith("INFO The job has ended as it was asked to")
    assert captures_of(store, one.key) == []
    assert halves(store, one.key) == []
    row = account_row(store, one.key)
    assert (row.lease_owner, row.failures, row.attempted_at) == (None, 0, None)
    assert beat_of(store) is None


def test_it_beats_while_a_source_hangs_and_tells_what_it_does(
    store: Store, database_url: str
) -> None:
    added(store, "hangs")
    began = int(time.time())
    with job(database_url) as process:
        beat = wait_until(lambda: (b := beat_of(store)) and b.doing and b)
        assert beat.doing == "Taking a snapshot of hangs"
        assert beat.alive(int(time.time()))
        assert began <= beat.started_at <= time.time()
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0


def test_it_takes_what_is_due_and_waits_for_the_next_night(store: Store, database_url: str) -> None:
    good, bad = added(store, "good"), added(store, "fails")
    with job(database_url) as process:
        wait_until(lambda: captures_of(store, good.key) and captures_of(store, bad.key))
        wait_until(lambda: (beat := beat_of(store)) and beat.next_run_at > time.time())
        assert beat_of(store).doing is None
        process.terminate()
        _, log = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0
    assert [status for _, _, status, _ in captures_of(store, good.key)] == ["complete"]
    lines = [line.split(" ", 1) for line in log.splitlines()]
    assert sorted(text for _, text in lines[1:-1]) == [  # they were taken at once
        "INFO 'good': complete snapshot of 3 videos",
        "WARNING 'fails': failed. The platform is down. Wait.",
    ]
    assert all(len(at) == len("2026-11-22T00:00:00Z") and at.endswith("Z") for at, _ in lines)


def test_once_takes_what_is_due_with_a_line_per_account_and_ends(
    store: Store, database_url: str
) -> None:
    one = added(store, "good")
    first = once(database_url)
    assert (first.returncode, first.stdout) == (0, "good: complete snapshot of 3 videos\n")
    second = once(database_url)
    assert (second.returncode, second.stdout) == (0, "")
    assert len(captures_of(store, one.key)) == 1


@pytest.mark.parametrize("beside", [None, Heartbeat("job", 1, 2, 3, "something")])
def test_once_leaves_the_heartbeat_alone(
    store: Store, database_url: str, beside: Heartbeat | None
) -> None:
    one = added(store, "good")
    if beside is not None:
        store.transact(lambda connection: beat(connection, beside))
    assert once(database_url).returncode == 0
    assert len(captures_of(store, one.key)) == 1
    assert beat_of(store) == beside


def test_once_has_status_1_if_any_failed_and_takes_the_others(
    store: Store, database_url: str
) -> None:
    added(store, "fails")
    good = added(store, "good")
    ended = once(database_url)
    assert ended.returncode == 1
    assert sorted(ended.stdout.splitlines()) == [
        "fails: failed. The platform is down. Wait.",
        "good: complete snapshot of 3 videos",
    ]
    assert len(captures_of(store, good.key)) == 1


def test_once_says_that_the_clock_was_never_set(store: Store, database_url: str) -> None:
    one = added(store, "good")
    command = [sys.executable, "-m", "tests.jobs.job_at_an_instant", str(DAY + 30), "--once"]
    ended = subprocess.run(
        command, cwd=ROOT, env=environment(database_url), capture_output=True, text=True,
        timeout=PATIENCE_SECONDS, check=False,
    )  # fmt: skip
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == f"{NEVER_SET} {SET_IT}\n"
    assert captures_of(store, one.key) == []


def test_the_real_job_takes_the_sample_account(store: Store, database_url: str) -> None:
    one = added(store, "Sample account", source="sample")
    ended = once(database_url, "jobs")
    assert ended.returncode == 0, ended.stderr
    assert [status for _, _, status, _ in captures_of(store, one.key)] == ["complete"]


def test_a_bad_setting_stops_the_start_with_one_line(sqlite_url: str) -> None:
    ended = once(sqlite_url, "jobs", TRUEGROWTH_SNAPSHOT_AT="noon")
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith("TRUEGROWTH_SNAPSHOT_AT is 'noon'; write it as HH:MM")
    assert len(ended.stderr.splitlines()) == 1


def test_once_without_tables_tells_the_remedy(sqlite_url: str) -> None:
    ended = once(sqlite_url, "jobs")
    assert ended.returncode == 1
    assert "python -m snapshot_core setup" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_without_tables_it_waits_for_them_and_then_works(sqlite_url: str) -> None:
    with job(sqlite_url) as process:
        assert process.stderr is not None
        assert "has started" in process.stderr.readline()
        assert "setup" in process.stderr.readline()
        store = installed(sqlite_url)
        one = added(store, "good")
        wait_until(lambda: captures_of(store, one.key))
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
        store.close()


def test_under_nohup_a_hangup_is_ignored(sqlite_url: str) -> None:
    with job(sqlite_url, starter=["nohup"]) as process:
        assert process.stderr is not None
        while "has started" not in (line := process.stderr.readline()):
            assert line.startswith("nohup:")
        process.send_signal(signal.SIGHUP)
        store = installed(sqlite_url)
        account = added(store, "good")
        wait_until(lambda: captures_of(store, account.key))  # it still works
        process.terminate()
        assert process.wait(PATIENCE_SECONDS) == 0
        store.close()


def test_a_wrong_argument_is_a_wrong_usage() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "jobs", "--twice"], cwd=ROOT, capture_output=True, check=False
    )
    assert ended.returncode == 2
