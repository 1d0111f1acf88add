"""Health: captures, gaps, readings held back, the job, and what to do about each."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from snapshot_core.capture.schedule import Schedule
from snapshot_core.clock import is_ahead
from snapshot_core.store.accounts import Account
from snapshot_core.store.captures import CaptureRow, Doubt, captures_since, doubts_since
from snapshot_core.store.database import Connection
from snapshot_core.store.due_accounts import DueAccount, due_accounts, last_nightly
from snapshot_core.store.heartbeats import Heartbeat, heartbeat
from snapshot_core.view.account_health import SHOWN_DAYS, AccountHealth, healths_of
from snapshot_core.view.cadence import shared
from snapshot_core.view.problems import (
    Problem,
    account_problems,
    clock_problem,
    doubt_problems,
    job_problem,
)
from snapshot_core.windows import DAY


@dataclass(frozen=True, slots=True)
class Health:
    """Everything the health page shows."""

    now: int
    zone: ZoneInfo
    accounts: Sequence[AccountHealth]
    captures: Sequence[CaptureRow]
    """Of the last `SHOWN_DAYS` days, newest first."""
    doubts: Sequence[Doubt]
    """Of the same days, newest first."""
    job: Heartbeat | None
    """None where no job runs on and on: cron may, or it ended when it was asked to. Nor does a beat
    that is dated ahead tell of one."""
    problems: Sequence[Problem]


def health(
    connection: Connection, accounts: Sequence[Account], schedule: Schedule, now: int
) -> Health:
    """The health of ``accounts`` (of one user) at ``now``.

    The timetable's zone is that of accounts which have none of their own.
    """
    since = now - SHOWN_DAYS * DAY
    rows = captures_since(connection, accounts, since, now)
    rows.sort(key=lambda row: (-row.captured_at, row.account))
    doubts = doubts_since(connection, accounts, since, now)
    doubts.sort(key=lambda doubt: (-doubt.captured_at, doubt.account, doubt.video or ""))
    waiting: list[DueAccount] = []
    nightly: int | None = None
    if accounts:
        user_id = accounts[0].user_id
        schedule = shared(connection, schedule)
        waiting = due_accounts(connection, now, user_id)
        nightly = last_nightly(connection, user_id, now)
    healths = healths_of(connection, accounts, waiting, schedule, now)
    job = _believed_beat(connection, now)
    of_all = clock_problem(now), job_problem(job, waiting, nightly, schedule, now)
    problems = [
        *(problem for problem in of_all if problem is not None),
        *(problem for account in healths for problem in account_problems(account, now)),
        *doubt_problems(doubts),
    ]
    return Health(now, schedule.zone, healths, rows, doubts, job, problems)


def _believed_beat(connection: Connection, now: int) -> Heartbeat | None:
    beat = heartbeat(connection)
    return None if beat is None or is_ahead(beat.beat_at, now) else beat


def job_problem_of(
    connection: Connection, user_id: int, schedule: Schedule, now: int
) -> Problem | None:
    """What Health says to a user of the nightly job, for those who ask nothing else."""
    return job_problem(
        _believed_beat(connection, now),
        due_accounts(connection, now, user_id),
        last_nightly(connection, user_id, now),
        schedule,
        now,
    )
