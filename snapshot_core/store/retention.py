"""Which captures are too old to stay."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, case, delete, func, select

from snapshot_core.store.dialects import among
from snapshot_core.store.fold.write import bump_revision, refold
from snapshot_core.store.keys import Key, of, readings_of, same_account
from snapshot_core.store.tables import account_snapshots, accounts, captures, quarantine, videos
from snapshot_core.store.tables import video_snapshots as readings

# One that a clock dated ahead was taken by the time that this was seen.
_TAKEN_BY: Final = case(
    (captures.c.ahead_at < captures.c.captured_at, captures.c.ahead_at),
    else_=captures.c.captured_at,
)


def forget(connection: Connection, key: Key, before: int) -> int:
    """Remove the account's captures from before an instant (UTC seconds); gives their number.

    What follows from captures is computed again from those that stay, in the caller's
    transaction. Videos that none of them lists are removed too.
    """
    old = select(captures.c.captured_at).where(of(captures, key), before > _TAKEN_BY)
    if not (instants := connection.scalars(old).all()):
        return 0
    bump_revision(connection, key)
    remove_captures(connection, key, instants)
    refold(connection, key)
    return len(instants)


def remove_captures(connection: Connection, key: Key, instants: Sequence[int]) -> None:
    """Remove captures of an account, and the videos that no other one lists.

    What is folded from captures is left to the caller.
    """
    bound = {"instants": instants}
    of_readings = readings_of(key), among(readings.c.captured_at, "instants")
    connection.execute(delete(readings).where(*of_readings), bound)
    for table in (account_snapshots, quarantine, captures):
        chosen = of(table, key), among(table.c.captured_at, "instants")
        connection.execute(delete(table).where(*chosen), bound)
    listed = select(readings.c.video_id).where(readings_of(key))
    connection.execute(delete(videos).where(of(videos, key), videos.c.video_id.not_in(listed)))


def oldest(connection: Connection, source: str) -> dict[Key, int]:
    """The instant of the oldest capture of each account of a source that has any."""
    rows = connection.execute(
        select(accounts.c.user_id, accounts.c.account_id, func.min(_TAKEN_BY))
        .join_from(accounts, captures, same_account(captures, accounts))
        .where(accounts.c.source == source)
        .group_by(accounts.c.user_id, accounts.c.account_id)
    )
    return {(user_id, account_id): at for user_id, account_id, at in rows}
