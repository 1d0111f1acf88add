"""Captures that a clock dated ahead: marked, then kept or dropped as their user decides.

One is marked once a right clock sees it. It stays stored and takes part in nothing: what is folded
from captures is as if it had not been taken. The mark outlives its date, for its readings are still
not of that date.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, exists, func, or_, select, union_all, update

from snapshot_core.clock import believed_until
from snapshot_core.store.accounts import Account
from snapshot_core.store.dialects import among
from snapshot_core.store.fold.write import bump_revision, refold
from snapshot_core.store.heartbeats import RETENTION, heartbeat
from snapshot_core.store.keys import Key, marked_ahead, of, same_account
from snapshot_core.store.retention import remove_captures
from snapshot_core.store.tables import accounts, captures


@dataclass(frozen=True, slots=True)
class CaptureAhead:
    """A capture that lies, or lay, ahead of the clock. Instants are UTC seconds."""

    account: Account
    captured_at: int
    ahead_at: int | None
    """When it was marked; None where nobody has yet."""
    videos: int


def _unmarked(now: int) -> ColumnElement[bool]:
    """Captures ahead of the clock that nobody has marked. One that failed has nothing to keep."""
    ahead = captures.c.captured_at > believed_until(now)
    return and_(ahead, captures.c.ahead_at.is_(None), captures.c.status != "failed")


def _ahead(now: int) -> ColumnElement[bool]:
    return or_(marked_ahead(captures), _unmarked(now))


def accounts_to_mark(connection: Connection, now: int) -> list[Key]:
    """The accounts, of all users, with captures ahead of ``now`` that are not marked."""
    ahead = select(captures.c.captured_at).where(same_account(captures, accounts), _unmarked(now))
    with_some = ahead.correlate(accounts).exists()
    rows = connection.execute(select(accounts.c.user_id, accounts.c.account_id).where(with_some))
    return [(user_id, account_id) for user_id, account_id in rows]


def mark_ahead(connection: Connection, key: Key, now: int) -> int:
    """Mark the captures of an account that are ahead of ``now``; gives how many were not yet."""
    unmarked = of(captures, key), _unmarked(now)
    if not connection.scalar(select(exists().where(*unmarked))):
        return 0
    bump_revision(connection, key)
    # Where it is the clock that is behind, what is marked may be of just before that.
    seen_at = max(now, last.beat_at if (last := heartbeat(connection, RETENTION)) else now)
    marked = connection.execute(update(captures).where(*unmarked).values(ahead_at=seen_at)).rowcount
    refold(connection, key)
    return marked


def captures_ahead(
    connection: Connection, user_id: int, owned: Sequence[Account], now: int
) -> list[CaptureAhead]:
    """The captures of a user's accounts ``owned`` that are marked or ahead of ``now``, oldest
    first.
    """
    by_number = {account.account_id: account for account in owned}
    names = "captured_at", "account_id", "ahead_at", "video_count"
    of_user = select(*(captures.c[name] for name in names)).where(captures.c.user_id == user_id)
    some = among(captures.c.account_id, "numbers")
    # Two statements in one: to the few rows of each an index leads.
    either = union_all(of_user.where(marked_ahead(captures)), of_user.where(some, _unmarked(now)))
    rows = connection.execute(either, {"numbers": list(by_number)})
    return [
        CaptureAhead(by_number[account_id], at, ahead_at, videos)
        for at, account_id, ahead_at, videos in sorted(rows, key=lambda row: row[:2])
        if account_id in by_number
    ]


def keep(connection: Connection, chosen: Sequence[CaptureAhead], now: int) -> int:
    """Let captures count for good, each from its date on; gives how many were still ahead."""
    kept = 0
    for key, instants in _by_account(chosen).items():
        bump_revision(connection, key)
        statement = update(captures).where(*_chosen(key, now))
        seen_at = func.coalesce(captures.c.ahead_at, now)
        statement = statement.values(kept=True, ahead_at=seen_at)
        kept += connection.execute(statement, {"instants": instants}).rowcount
        refold(connection, key)
    return kept


def drop(connection: Connection, chosen: Sequence[CaptureAhead], now: int) -> int:
    """Remove captures with all that they read; gives how many were still ahead."""
    dropped = 0
    for key, instants in _by_account(chosen).items():
        bump_revision(connection, key)
        statement = select(captures.c.captured_at).where(*_chosen(key, now))
        still_ahead = connection.scalars(statement, {"instants": instants}).all()
        remove_captures(connection, key, still_ahead)
        refold(connection, key)
        dropped += len(still_ahead)
    return dropped


def _by_account(chosen: Sequence[CaptureAhead]) -> dict[Key, list[int]]:
    instants: dict[Key, list[int]] = {}
    for capture in chosen:
        instants.setdefault(capture.account.key, []).append(capture.captured_at)
    return instants


def _chosen(key: Key, now: int) -> tuple[ColumnElement[bool], ...]:
    """Of the ``instants``, those that nobody has kept meanwhile. The number of an account that was
    removed may be another's by now, but not its captures.
    """
    return of(captures, key), _ahead(now), among(captures.c.captured_at, "instants")
