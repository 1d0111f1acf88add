"""How often an account is read, what that takes, and what it would take otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from snapshot_core.capture.schedule import Schedule, cadence_of
from snapshot_core.store.accounts import Account
from snapshot_core.store.database import Connection
from snapshot_core.store.dialects import reading_bytes
from snapshot_core.store.due_accounts import DueAccount, due_account
from snapshot_core.store.source_loads import stored_loads


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What is read of an account in the 24 hours from now, if nothing goes wrong."""

    cadence: str
    complete: int
    """Captures of all videos."""
    recent: int
    """Captures of the newest page."""
    calls: int | None
    """Of the platform; None where they are not counted."""
    bytes: int
    """That are stored."""
    thinned: bool = False
    """Whether it is less than its cadence says, for all accounts of a platform share its calls."""


@dataclass(frozen=True, slots=True)
class CadenceView:
    """The cadences that an account may have."""

    account: Account
    cadence: str
    """Its own."""
    plans: Sequence[DayPlan]
    """Of each cadence that its source allows, its default first."""
    label: str
    """What people call the source."""
    calls_a_day: int | None
    """That the platform allows to the whole installation; None where they are not counted."""

    @property
    def plan(self) -> DayPlan:
        """That of its own cadence."""
        return next(plan for plan in self.plans if plan.cadence == self.cadence)


def cadence_view(
    connection: Connection, schedule: Schedule, account: Account, now: int
) -> CadenceView:
    """The cadences of ``account`` at ``now``. Raises `NotFound` where it is gone."""
    alone, schedule = schedule, shared(connection, schedule)
    due, reader = due_account(connection, account.key, now), schedule.sources(account.source)
    plans = []
    for cadence in reader.cadences:
        chosen = replace(due, cadence=cadence)
        plan = day_plan(connection, schedule, chosen, now)
        most = day_plan(connection, alone, chosen, now)
        thinned = plan.complete + plan.recent < most.complete + most.recent
        plans.append(replace(plan, thinned=thinned))
    return CadenceView(
        account,
        cadence_of(due, schedule.sources),
        plans,
        reader.label,
        reader.calls.a_day if reader.calls else None,
    )


def day_plan(connection: Connection, schedule: Schedule, account: DueAccount, now: int) -> DayPlan:
    """The plan of an account that may be paused or stopped for now."""
    waiting = replace(account, paused=False, blocked=False)
    scopes = [due.scope for due in schedule.ahead(waiting, now)]
    calls = schedule.sources(account.source).calls
    videos = account.videos
    rows = [calls.videos_read(scope, videos) if calls else videos for scope in scopes]
    return DayPlan(
        cadence_of(account, schedule.sources),
        scopes.count("complete"),
        scopes.count("recent"),
        sum(calls.of(scope, account.videos) for scope in scopes) if calls else None,
        sum(rows) * reading_bytes(connection.dialect),
    )


def shared(connection: Connection, schedule: Schedule) -> Schedule:
    """``schedule`` with what the job noted of all accounts that share a platform's calls."""
    return replace(schedule, loads=stored_loads(connection))
