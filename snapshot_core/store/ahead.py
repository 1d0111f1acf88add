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
    """Captures ahead of the clock that nobody has marked."""
    return and_(captures.c.captured_at > believed_until(now), captures.c.ahead_at.is_(None))


def _ahead(now: int) -> ColumnElement[bool]:
    return or_(marked_ahead(captures), _unmarked(now))


def accounts_to_mark(connection: Connection, now: int, *, every: bool = True) -> list[Key]:
    """The accounts, of all users, with captures ahead of ``now`` that are not marked: among
    ``every`` one, or among those at which the job has to look by ``now``.
    """
    ahead = select(captures.c.captured_at).where(same_account(captures, accounts), _unmarked(now))
    with_some = ahead.correlate(accounts).exists()
    statement = select(accounts.c.user_id, accounts.c.account_id).where(with_some)
    if not every:
        statement = statement.where(accounts.c.look_at <= now)
    rows = connection.execute(statement)
    return [(user_id, account_id) for user_id, account_id in rows]


def mark_ahead(connection: Connection, key: Key, now: int) -> int:
    """Mark the captures of an account that are ahead of ``now``; gives how many of them read
    anything and were not marked yet.
    """
    unmarked = of(captures, key), _unmarked(now)
    if not connection.scalar(select(exists().where(*unmarked))):
        return 0
    bump_revision(connection, key)
    # Where it is the clock that is behind, what is marked may be of just before that.
    seen_at = max(now, last.beat_at if (last := heartbeat(connection, RETENTION)) else now)
    marking = update(captures).where(*unmarked).values(ahead_at=seen_at)
    statuses = connection.scalars(marking.returning(captures.c.status)).all()
    marked = len([status for status in statuses if status != "failed"])
    if marked:
        refold(connection, key)
    return marked


def captures_ahead(
    connection: Connection, user_id: int, owned: Sequence[Account], now: int
) -> list[CaptureAhead]:
    """The captures of a user's accounts ``owned`` that are marked or ahead of ``now``, oldest
    first, without those that failed: there is nothing to keep in them.
    """
    by_number = {account.account_id: account for account in owned}
    names = "captured_at", "account_id", "ahead_at", "video_count"
    read = captures.c.user_id == user_id, captures.c.status != "failed"
    of_user = select(*(captures.c[name] for name in names)).where(*read)
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
    """Let captures count for good, each from its date on; gives how many were still ahead.

    Those of the same accounts that failed are told again, too.
    """
    kept = 0
    for key, instants in _by_account(chosen).items():
        bump_revision(connection, key)
        of_chosen, failed = _still_ahead(connection, key, instants, now)
        these = of(captures, key), among(captures.c.captured_at, "instants")
        statement = update(captures).where(*these)
        seen_at = func.coalesce(captures.c.ahead_at, now)
        statement = statement.values(kept=True, ahead_at=seen_at)
        connection.execute(statement, {"instants": of_chosen + failed})
        refold(connection, key)
        kept += len(of_chosen)
    return kept


def drop(connection: Connection, chosen: Sequence[CaptureAhead], now: int) -> int:
    """Remove captures with all that they read; gives how many were still ahead.

    Those of the same accounts that failed go with them.
    """
    dropped = 0
    for key, instants in _by_account(chosen).items():
        bump_revision(connection, key)
        of_chosen, failed = _still_ahead(connection, key, instants, now)
        remove_captures(connection, key, of_chosen + failed)
        refold(connection, key)
        dropped += len(of_chosen)
    return dropped


def displace_marked(connection: Connection, key: Key, instants: Sequence[int]) -> None:
    """Remove marked captures at these instants: a file says what was read then.

    What follows from captures is left as it is, for marked ones are not in it.
    """
    marked = of(captures, key), marked_ahead(captures), among(captures.c.captured_at, "instants")
    statement = select(captures.c.captured_at).where(*marked)
    if in_the_way := connection.scalars(statement, {"instants": list(instants)}).all():
        remove_captures(connection, key, in_the_way)


def _by_account(chosen: Sequence[CaptureAhead]) -> dict[Key, list[int]]:
    instants: dict[Key, list[int]] = {}
    for capture in chosen:
        instants.setdefault(capture.account.key, []).append(capture.captured_at)
    return dict(sorted(instants.items()))  # whoever locks several accounts does so in one order


def _still_ahead(
    connection: Connection, key: Key, instants: Sequence[int], now: int
) -> tuple[list[int], list[int]]:
    """Of the ``instants``, those that nobody has kept meanwhile; and of which captures failed.

    The number of an account that was removed may be another's by now, but not its captures.
    """
    ahead = of(captures, key), _ahead(now)
    rows = connection.execute(select(captures.c.captured_at, captures.c.status).where(*ahead)).all()
    chosen = [at for at, status in rows if status != "failed" and at in set(instants)]
    return chosen, [at for at, status in rows if status == "failed"]
