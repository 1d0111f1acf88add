"""Forgetting what an account was read to have before an instant."""

from sqlalchemy import Connection, delete, exists, func, select

from snapshot_core.store.fold_write import bump_revision, refold
from snapshot_core.store.keys import Key, of, readings_of, same_account
from snapshot_core.store.tables import account_snapshots, accounts, captures, quarantine, videos
from snapshot_core.store.tables import video_snapshots as readings


def forget(connection: Connection, key: Key, before: int) -> int:
    """Remove the account's captures from before an instant (UTC seconds); gives their number.

    What follows from captures is computed again from those that stay, in the caller's
    transaction. Videos that none of them lists are removed too.
    """
    old = of(captures, key), captures.c.captured_at < before
    if not connection.scalar(select(exists().where(*old))):
        return 0
    bump_revision(connection, key)
    connection.execute(delete(readings).where(readings_of(key), readings.c.captured_at < before))
    for table in (account_snapshots, quarantine):
        connection.execute(delete(table).where(of(table, key), table.c.captured_at < before))
    removed = connection.execute(delete(captures).where(*old)).rowcount
    listed = select(readings.c.video_id).where(readings_of(key))
    connection.execute(delete(videos).where(of(videos, key), videos.c.video_id.not_in(listed)))
    refold(connection, key)
    return removed


def oldest(connection: Connection, source: str) -> dict[Key, int]:
    """The instant of the oldest capture of each account of a source that has any."""
    rows = connection.execute(
        select(accounts.c.user_id, accounts.c.account_id, func.min(captures.c.captured_at))
        .join_from(accounts, captures, same_account(captures, accounts))
        .where(accounts.c.source == source)
        .group_by(accounts.c.user_id, accounts.c.account_id)
    )
    return {(user_id, account_id): at for user_id, account_id, at in rows}
