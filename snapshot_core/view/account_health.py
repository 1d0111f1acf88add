"""How accounts' captures stand: day by day, with the gaps and when the next one is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise, starmap
from typing import Final, Literal
from zoneinfo import ZoneInfo

import numpy as np

from snapshot_core.capture.schedule import Schedule, cadence_of, why_not
from snapshot_core.growth.history import History, is_stale
from snapshot_core.growth.listing import Ids
from snapshot_core.store.accounts import Account
from snapshot_core.store.ahead import CaptureAhead, captures_ahead
from snapshot_core.store.captures import histories_of, instants_by_status, partial_message
from snapshot_core.store.connections import stored_connections
from snapshot_core.store.database import Connection
from snapshot_core.store.due_accounts import DueAccount
from snapshot_core.store.fold.missing_videos import MissingVideos, missing_videos
from snapshot_core.store.fold.wrong_videos import wrong_ids
from snapshot_core.view.cadence import DayPlan, day_plan
from snapshot_core.view.connections import ConnectionView, connection_view
from snapshot_core.view.video import LONGEST_STRETCH_SECONDS
from snapshot_core.windows import DAY, HOUR, LocalDay, Window, local_date, local_days
from snapshot_core.zones import first_zone

SHOWN_DAYS: Final = 90
LATE_SECONDS: Final = HOUR
"""Seconds by which a capture may be overdue before somebody is told."""

DayState = Literal["complete", "partial", "failed", "none", "before"]
"""The best that came of a day; ``none`` = nobody tried; ``before`` = tracking had not begun."""

_BEST_FIRST: Final[tuple[DayState, ...]] = ("complete", "partial", "failed")
_NO_INSTANTS: Final = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class CaptureDay:
    """One calendar day of an account."""

    date: date
    state: DayState
    captures: int
    """Captures of all videos that were tried."""
    partial: int = 0
    """Those of them that were cut short."""


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """How one account's captures stand."""

    account: Account
    history: History
    next_capture: int | None
    """When one is due next: ``now`` if it is overdue, None if never by itself."""
    overdue: int
    """Seconds for which one has been due untried."""
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
    nights_partial: int
    """Days since the last complete capture on which one was cut short."""


def healths_of(
    connection: Connection,
    accounts: Sequence[Account],
    waiting: Sequence[DueAccount],
    schedule: Schedule,
    now: int,
) -> list[AccountHealth]:
    """The health of ``accounts``, of one user, in their order: in as many statements for a
    thousand as for one, but for accounts with imported captures or whose newest listing is cut
    short.

    ``waiting``: those of the user as the schedule sees them. Its zone is that of accounts which
    have none of their own.
    """
    if not accounts:
        return []
    user_id = accounts[0].user_id
    due = {account.account_id: account for account in waiting}
    histories = histories_of(connection, accounts, now)
    stored = stored_connections(connection, user_id)
    ahead: dict[int, list[CaptureAhead]] = {}
    for capture in captures_ahead(connection, user_id, accounts, now):
        ahead.setdefault(capture.account.account_id, []).append(capture)
    since = now - SHOWN_DAYS * DAY
    instants = instants_by_status(connection, accounts, since, now)
    wrong = wrong_ids(connection, accounts)
    calendars: dict[ZoneInfo, list[LocalDay]] = {}
    healths = []
    for account in accounts:
        number = account.account_id
        # One that was removed since the accounts were read has no captures.
        history = histories.get(number, History(0, None, None))
        zone = first_zone((account.time_zone,), schedule.zone)
        if zone not in calendars:
            calendars[zone] = [*local_days(now - (SHOWN_DAYS - 1) * DAY, now, zone)]
        access = connection_view(
            account, stored.get(account.key), history.last_complete, now, schedule.zone
        )
        health = _health(
            connection,
            account,
            history,
            due.get(number),
            access,
            ahead.get(number, []),
            wrong.get(number, []),
            instants.get(number, {}),
            calendars[zone],
            schedule,
            now,
        )
        if history.partial_since:
            health = replace(
                health,
                missing=missing_videos(connection, account, now),
                partial_message=partial_message(connection, account.key, now),
            )
        healths.append(health)
    return healths


def _health(
    connection: Connection,
    account: Account,
    history: History,
    due: DueAccount | None,
    access: ConnectionView,
    ahead: Sequence[CaptureAhead],
    wrong: Sequence[str],
    instants: Mapping[str, Ids],
    calendar: Sequence[LocalDay],
    schedule: Schedule,
    now: int,
) -> AccountHealth:
    """The health of one account without what its newest listing misses.

    ``due``: the account as the schedule sees it; None where it has gone meanwhile.
    """
    next_due = None if due is None else schedule.next_due(due, now)
    plan = None
    if due is not None and next_due is not None:
        plan = day_plan(connection, schedule, due, now)
    complete = np.sort(instants.get("complete", _NO_INSTANTS)).tolist()
    partial = instants.get("partial", _NO_INSTANTS)
    cut_short = partial[partial > (history.last_complete or 0)].tolist()
    zone = access.zone
    return AccountHealth(
        account,
        history,
        next_due,
        0 if due is None else schedule.overdue(due, now),
        is_stale(history, now, account.cadence_seconds),
        [
            gap
            for gap in starmap(Window, pairwise(complete))
            if gap.seconds > LONGEST_STRETCH_SECONDS
        ],
        _days(instants, history, calendar, zone),
        zone,
        why_not(account, schedule.sources) is None,
        access,
        account.cadence if due is None else cadence_of(due, schedule.sources),
        plan,
        ahead,
        None,
        wrong,
        None,
        len({local_date(at, zone) for at in cut_short}),
    )


def _days(
    instants: Mapping[str, Ids], history: History, calendar: Sequence[LocalDay], zone: ZoneInfo
) -> list[CaptureDay]:
    begun = local_date(history.first_complete, zone) if history.first_complete else None
    edges = np.array([*(day.start for day in calendar), calendar[-1].end])
    tried = {status: np.histogram(at, edges)[0].tolist() for status, at in instants.items()}
    days = []
    for number, day in enumerate(calendar):
        counts = {status: count[number] for status, count in tried.items() if count[number]}
        idle: DayState = "none" if begun and day.date > begun else "before"
        state = next((best for best in _BEST_FIRST if best in counts), idle)
        partial = counts.get("partial", 0)
        days.append(CaptureDay(day.date, state, sum(counts.values()), partial))
    return days
