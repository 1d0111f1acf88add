"""Histories recorded in a store, and what the pure engine is given of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Table, insert, select

from snapshot_core.readings import is_count
from snapshot_core.store.accounts import add_account, ensure_user
from snapshot_core.store.database import Store
from snapshot_core.store.fold_write import refold
from snapshot_core.store.keys import Key
from snapshot_core.store.record_capture import record, record_failure
from snapshot_core.store.tables import COUNTS, VIDEOS_PER_ACCOUNT, captures, users, videos
from snapshot_core.store.tables import video_snapshots as readings
from tests.store.histories import START, AccountHistory

no_reset = settings(suppress_health_check=list(HealthCheck))
"""For examples that share a store and leave nothing behind in it."""


@contextmanager
def undone(store: Store) -> Iterator[Connection]:
    """A transaction that leaves nothing behind: an example each in one database."""
    with store.writer.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


def recorded(
    connection: Connection, accounts: list[AccountHistory], order: Any = None
) -> list[Key]:
    """Record what the accounts of a new user went through, in turns; their keys."""
    number = len(connection.execute(select(users.c.user_id)).all())
    user = ensure_user(connection, f"user-{number}@example.org", START)
    keys = [
        add_account(connection, user.user_id, f"{n}", "csv", START, rounded=history.rounded).key
        for n, history in enumerate(accounts)
    ]
    turns = [
        (key, kind, fetched)
        for key, history in zip(keys, accounts, strict=True)
        for kind, fetched in history.captures
    ]
    turns.sort(key=lambda turn: turn[2].captured_at)
    if order is not None:
        order.shuffle(turns)
    for key, kind, fetched in turns:
        (record_failure if kind == "failed" else record)(connection, key, fetched)
    return keys


def recorded_at_once(connection: Connection, histories: list[AccountHistory]) -> list[Key]:
    """The same for many accounts of one new user: stored as they are, each folded once."""
    keys = recorded(connection, [AccountHistory(history.rounded) for history in histories])
    rows: dict[Table, list[dict[str, Any]]] = {videos: [], captures: [], readings: []}
    for key, history in zip(keys, histories, strict=True):
        whose = {"user_id": key[0], "account_id": key[1]}
        ids: dict[str, int] = {}
        for kind, fetched in history.captures:
            at = {"captured_at": fetched.captured_at}
            rows[captures].append(
                {**whose, **at, "ended_at": fetched.ended_at, "trigger": fetched.trigger,
                 "scope": fetched.scope, "status": "failed" if kind == "failed" else "partial",
                 "walked_to_end": fetched.walked_to_end, "video_count": len(fetched.videos),
                 "reported_count": fetched.profile.videos, "rejected_count": 0}
            )  # fmt: skip
            for video in fetched.videos:
                if video.platform_id not in ids:
                    ids[video.platform_id] = key[1] * VIDEOS_PER_ACCOUNT + len(ids) + 1
                    about = {"platform_id": video.platform_id, "published_at": video.published_at}
                    rows[videos].append({**whose, "video_id": ids[video.platform_id], **about})
                stored = (count if is_count(count) else None for count in video.counts)
                names = (column.name for column in COUNTS)
                rows[readings].append(
                    {"user_id": key[0], **at, "video_id": ids[video.platform_id],
                     **dict(zip(names, stored, strict=True))}
                )  # fmt: skip
    for table, of_table in rows.items():
        if of_table:
            connection.execute(insert(table), of_table)
    for key in keys:
        refold(connection, key)
    return keys
