"""How everybody's accounts stand, for who keeps the installation running.

The one question that is asked of all users at once: it counts accounts by their state, and reads
no name and no number of theirs.
"""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, case, func, select

from snapshot_core.cadences import CADENCE_HOURS, NIGHTLY, cadence_seconds
from snapshot_core.clock import believed_until
from snapshot_core.store.due_accounts import newest_at
from snapshot_core.store.keys import not_ahead_now, same_account
from snapshot_core.store.tables import accounts, captures, users


@dataclass(frozen=True, slots=True)
class UserHealth:
    """One user's accounts, counted."""

    email: str
    accounts: int
    stale: int
    """Without a complete capture for two cadences, or without any at all; paused ones aside."""
    failing: int
    """Whose last attempt failed."""
    stopped: int
    """Of those, which wait for their user."""
    paused: int


_LAST_COMPLETE: Final = newest_at(
    captures,
    same_account(captures, accounts),
    not_ahead_now(captures),
    captures.c.status == "complete",
)
_CADENCE_SECONDS: Final = case(
    (accounts.c.planned_seconds > 0, accounts.c.planned_seconds),
    *((accounts.c.cadence == name, cadence_seconds(name)) for name in CADENCE_HOURS),
    else_=cadence_seconds(NIGHTLY),
)
_FRESH: Final = func.coalesce(_LAST_COMPLETE, 0) >= bindparam("now") - 2 * _CADENCE_SECONDS
_HEALTH: Final = (
    select(
        users.c.email,
        func.count(accounts.c.account_id),
        *(
            func.coalesce(func.sum(case((state, 1), else_=0)), 0)
            for state in (
                ~_FRESH & ~accounts.c.paused,
                accounts.c.failures > 0,
                accounts.c.blocked,
                accounts.c.paused,
            )
        ),
    )
    .join_from(users, accounts, users.c.user_id == accounts.c.user_id, isouter=True)
    .group_by(users.c.user_id, users.c.email)
    .order_by(users.c.email)
)


def health_of_users(connection: Connection, now: int) -> list[UserHealth]:
    """Everybody, by e-mail."""
    rows = connection.execute(_HEALTH, {"now": now, "believed_until": believed_until(now)})
    return [UserHealth(email, *map(int, counts)) for email, *counts in rows]
