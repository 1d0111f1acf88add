"""How one account's captures stand: day by day, with the gaps and when the next one is due."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise, starmap
from typing import Final, Literal
from zoneinfo import ZoneInfo

from snapshot_core.capture.schedule import Schedule, cadence_of, why_not
from snapshot_core.growth.history import History, is_stale
from snapshot_core.store.accounts import Account
from snapshot_core.store.ahead import CaptureAhead
from snapshot_core.store.captures import CaptureRow, history_of
from snapshot_core.store.database import Connection
from snapshot_core.store.due_accounts import DueAccount
from snapshot_core.store.fold.missing_videos import MissingVideos, missing_videos
from snapshot_core.store.fold.wrong_videos import wrong_ids
from snapshot_core.view.cadence import DayPlan, day_plan
from snapshot_core.view.connections import ConnectionView
from snapshot_core.view.video import LONGEST_STRETCH_SECONDS
from snapshot_core.windows import DAY, Window, local_date, local_days
from snapshot_core.zones import first_zone

SHOWN_DAYS: Final = 90

DayState = Literal["complete", "partial", "failed", "none", "before"]
"""The best that came of a day; ``none`` = nobody tried; ``before`` = tracking had not begun."""

_BEST_FIRST: Final[tuple[DayState, ...]] = ("complete", "partial", "failed")


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
    gaps: Sequence[Window]
    """Without a complete capture for longer than from one night to the next."""
    days: Sequence[CaptureDay]
    """The last `SHOWN_DAYS` days in the account's zone, today last."""
    zone: ZoneInfo
    can_be_taken: bool
    """False where its source is one that is only imported."""
    access: ConnectionView
    """How it is connected to its platform."""
    cadence: str
    """How often it is read."""
    plan: DayPlan | None
    """What is read of it in the next 24 hours; None where nothing is."""
    ahead: Sequence[CaptureAhead]
    """Captures that a clock dated ahead, oldest first; they count for nothing."""
    missing: MissingVideos | None
    """What the newest listing misses, if that is too much to be believed."""
    wrong_ids: Sequence[str]
    """Ids that are no video's by their looks."""
    partial_message: str | None
    """Why the newest capture of complete scope is partial, where it says so."""


def account_health(
    connection: Connection,
    account: Account,
    rows: Sequence[CaptureRow],
    due: DueAccount | None,
    access: ConnectionView,
    ahead: Sequence[CaptureAhead],
    schedule: Schedule,
    now: int,
) -> AccountHealth:
    """The health of ``account``, of whose last `SHOWN_DAYS` days ``rows`` are the captures.

    ``due`` is the account as the schedule sees it; None where it has gone meanwhile.
    """
    next_due = None if due is None else schedule.next_due(due, now)
    plan = None
    if due is not None and next_due is not None:
        plan = day_plan(connection, schedule, due, now)
    history = history_of(connection, account.key, now)
    zone = first_zone((account.time_zone,), schedule.zone)
    complete = sorted(row.captured_at for row in rows if row.status == "complete")
    return AccountHealth(
        account,
        history,
        next_due,
        is_stale(history, now, account.cadence_seconds),
        [
            gap
            for gap in starmap(Window, pairwise(complete))
            if gap.seconds > LONGEST_STRETCH_SECONDS
        ],
        _days(rows, history, zone, now),
        zone,
        why_not(account, schedule.sources) is None,
        access,
        account.cadence if due is None else cadence_of(due, schedule.sources),
        plan,
        ahead,
        missing_videos(connection, account, now) if history.partial_since else None,
        wrong_ids(connection, account.key),
        _partial_message(rows) if history.partial_since else None,
    )


def _partial_message(rows: Sequence[CaptureRow]) -> str | None:
    whole = [row for row in rows if row.scope == "complete" and row.status != "failed"]
    newest = max(whole, key=lambda row: row.captured_at, default=None)
    return None if newest is None else newest.message


def _days(
    rows: Iterable[CaptureRow], history: History, zone: ZoneInfo, now: int
) -> list[CaptureDay]:
    tried: dict[date, list[str]] = {}
    for row in rows:
        tried.setdefault(local_date(row.captured_at, zone), []).append(row.status)
    begun = local_date(history.first_complete, zone) if history.first_complete else None
    days = []
    for day in local_days(now - (SHOWN_DAYS - 1) * DAY, now, zone):
        statuses = tried.get(day.date, [])
        idle: DayState = "none" if begun and day.date > begun else "before"
        state = next((best for best in _BEST_FIRST if best in statuses), idle)
        days.append(CaptureDay(day.date, state, len(statuses)))
    return days
