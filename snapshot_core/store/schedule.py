"""What the job asks of the tables, for all users at once: whose capture may be due."""

from typing import Any, Final

from sqlalchemy import Connection, Select, bindparam, func, select, update

from snapshot_core.due import AHEAD, Turn
from snapshot_core.errors import NotFound
from snapshot_core.store.standing import Key, of
from snapshot_core.store.tables import accounts, captures, users

# The newest first, by the key: it stops at the first row in most accounts, however long their
# history. A maximum would read all of it on SQLite.
_LAST_GOOD: Final = (
    select(captures.c.captured_at)
    .where(
        captures.c.user_id == accounts.c.user_id,
        captures.c.account_id == accounts.c.account_id,
        captures.c.captured_at <= bindparam("horizon"),
        captures.c.scope == "complete",
        captures.c.status.in_(("complete", "partial")),
    )
    .order_by(captures.c.captured_at.desc())
    .limit(1)
    .correlate(accounts)
    .scalar_subquery()
)

_TURNS: Final[Select[Any]] = select(
    accounts.c.user_id,
    accounts.c.account_id,
    accounts.c.name,
    accounts.c.source,
    func.coalesce(accounts.c.time_zone, users.c.time_zone),
    accounts.c.paused,
    accounts.c.blocked,
    accounts.c.attempted_at,
    accounts.c.failures,
    _LAST_GOOD,
).join_from(accounts, users, accounts.c.user_id == users.c.user_id)


def turns(connection: Connection, now: int, user_id: int | None = None) -> list[Turn]:
    """The accounts of a user, or of all, as `due.Timetable` wants them. One statement."""
    statement = _TURNS if user_id is None else _TURNS.where(accounts.c.user_id == user_id)
    rows = connection.execute(statement, {"horizon": now + AHEAD})
    return [Turn(*row) for row in rows]


def turn(connection: Connection, key: Key, now: int) -> Turn:
    """One account's; else `NotFound`."""
    row = connection.execute(_TURNS.where(of(accounts, key)), {"horizon": now + AHEAD}).first()
    if row is None:
        raise NotFound("There is no such account; it may have been removed.")
    return Turn(*row)


def block(connection: Connection, key: Key, blocked: bool) -> None:
    """Make the job wait for the user, after a failure for good; or no longer."""
    connection.execute(update(accounts).where(of(accounts, key)).values(blocked=blocked))
