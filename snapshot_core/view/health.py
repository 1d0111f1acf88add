"""Health: captures, gaps, readings held back, the job, and what to do about each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from snapshot_core.due import Timetable, can_be_taken
from snapshot_core.growth.change import History, is_stale
from snapshot_core.machine import zone_named
from snapshot_core.store.accounts import Account
from snapshot_core.store.heartbeats import Heartbeat, heartbeat
from snapshot_core.store.history import history_of
from snapshot_core.store.log import CaptureRow, Doubt, captures_since, doubts_since
from snapshot_core.store.schedule import last_nightly, turns
from snapshot_core.view.connections import ConnectionView, connection_views
from snapshot_core.view.problems import (
    Problem,
    account_problems,
    doubt_problems,
    job_problem,
)
from snapshot_core.view.video_story import longest_stretch
from snapshot_core.windows import DAY, local_date, local_days

SHOWN_DAYS: Final = 90

DayState = Literal["complete", "partial", "failed", "none", "before"]
"""The best that came of a day; ``none`` = nobody tried; ``before`` = tracking had not begun."""

_BEST_FIRST: Final[tuple[DayState, ...]] = ("complete", "partial", "failed")


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch without a complete capture, longer than the account's cadence allows."""

    account: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class CaptureDay:
    """One calendar day of an account."""

    date: date
    state: DayState
    captures: int
    """Captures that were tried."""


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """How one account's captures stand."""

    account: Account
    history: History
    next_capture: int | None
    """When one is due next: ``now`` if it is overdue, None if never by itself."""
    stale: bool
    gaps: Sequence[Gap]
    days: Sequence[CaptureDay]
    """The last `SHOWN_DAYS` days in the account's zone, today last."""
    zone: ZoneInfo
    can_be_taken: bool
    """False where its source is one that is only imported."""
    access: ConnectionView
    """How it is connected to its platform."""


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
    """None where no job runs on and on: cron may, or it ended when it was asked to."""
    problems: Sequence[Problem]


def health(
    connection: Connection, accounts: Sequence[Account], timetable: Timetable, now: int
) -> Health:
    """The health of ``accounts`` (of one user) at ``now``.

    The timetable's zone is that of accounts which have none of their own.
    """
    since = now - SHOWN_DAYS * DAY
    rows = [row for account in accounts for row in captures_since(connection, account, since)]
    rows.sort(key=lambda row: (-row.captured_at, row.account))
    doubts = [doubt for account in accounts for doubt in doubts_since(connection, account, since)]
    doubts.sort(key=lambda doubt: (-doubt.captured_at, doubt.account, doubt.video or ""))
    by_account: dict[str, list[CaptureRow]] = {}
    for row in rows:
        by_account.setdefault(row.account, []).append(row)
    user_id = accounts[0].user_id if accounts else None
    waiting = [] if user_id is None else turns(connection, now, user_id)
    due = {one.account_id: timetable.next_due(one, now) for one in waiting}
    views = (
        []
        if user_id is None
        else connection_views(connection, user_id, accounts, now, timetable.zone)
    )
    access = {one.account.account_id: one for one in views}
    each = [
        _account(
            connection,
            account,
            by_account.get(account.name, []),
            due.get(account.account_id),
            access[account.account_id],
            timetable,
            now,
        )
        for account in accounts
    ]
    job = heartbeat(connection)
    nightly = None if user_id is None else last_nightly(connection, user_id)
    away = job_problem(job, waiting, nightly, timetable, now)
    problems = [
        *([away] if away else []),
        *(problem for one in each for problem in account_problems(one, now)),
        *doubt_problems(doubts),
    ]
    return Health(now, timetable.zone, each, rows, doubts, job, problems)


def job_problem_of(
    connection: Connection, user_id: int, timetable: Timetable, now: int
) -> Problem | None:
    """What Health says to a user of the nightly job, for those who ask nothing else."""
    return job_problem(
        heartbeat(connection),
        turns(connection, now, user_id),
        last_nightly(connection, user_id),
        timetable,
        now,
    )


def _account(
    connection: Connection,
    account: Account,
    rows: Sequence[CaptureRow],
    next_due: int | None,
    access: ConnectionView,
    timetable: Timetable,
    now: int,
) -> AccountHealth:
    history = history_of(connection, account.key)
    zone = (account.time_zone and zone_named(account.time_zone)) or timetable.zone
    done = sorted(row.captured_at for row in rows if row.status == "complete")
    limit = longest_stretch(account)
    return AccountHealth(
        account,
        history,
        next_due,
        is_stale(history, now, account.cadence),
        [Gap(account.name, before, at) for before, at in pairwise(done) if at - before > limit],
        _days(rows, history, zone, now),
        zone,
        can_be_taken(account.source, timetable.sources),
        access,
    )


def _days(
    rows: Iterable[CaptureRow], history: History, zone: ZoneInfo, now: int
) -> list[CaptureDay]:
    tried: dict[date, list[str]] = {}
    for row in rows:
        tried.setdefault(local_date(row.captured_at, zone), []).append(row.status)
    begun = local_date(history.first_complete, zone) if history.first_complete else None
    found = []
    for day in local_days(now - (SHOWN_DAYS - 1) * DAY, now, zone):
        statuses = tried.get(day.date, [])
        idle: DayState = "none" if begun and day.date > begun else "before"
        state = next((best for best in _BEST_FIRST if best in statuses), idle)
        found.append(CaptureDay(day.date, state, len(statuses)))
    return found
