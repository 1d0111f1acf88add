"""Histories recorded in a store, and read back from it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, Table, insert, select

from snapshot_core.readings import ProfileReading, VideoReading, is_count
from snapshot_core.store.accounts import Account, add_account
from snapshot_core.store.database import Store
from snapshot_core.store.fold.write import refold
from snapshot_core.store.keys import Key, of, readings_of
from snapshot_core.store.record_capture import Fetched, record, record_failure
from snapshot_core.store.rhythms.learn import learn_due
from snapshot_core.store.tables import COUNTS, VIDEOS_PER_ACCOUNT, captures, users, videos
from snapshot_core.store.tables import video_snapshots as readings
from snapshot_core.store.users import ensure_user
from snapshot_core.zones import UTC
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
        learn_due(connection, key, UTC)
    return keys


def stored_history(connection: Connection, account: Account) -> AccountHistory:
    """What an account's platform gave, as it is stored."""
    listed: dict[int, list[VideoReading]] = {}
    about = {
        video_id: (platform_id, published_at)
        for video_id, platform_id, published_at in connection.execute(
            select(videos.c.video_id, videos.c.platform_id, videos.c.published_at).where(
                of(videos, account.key)
            )
        )
    }
    rows = select(readings.c.captured_at, readings.c.video_id, *COUNTS)
    for at, video_id, *counts in connection.execute(rows.where(readings_of(account.key))):
        platform_id, published_at = about[video_id]
        video = VideoReading(platform_id, tuple(counts), published_at=published_at)
        listed.setdefault(at, []).append(video)
    stored = connection.execute(
        select(captures).where(of(captures, account.key)).order_by(captures.c.captured_at)
    )
    return AccountHistory(
        account.rounded,
        [
            (row.status, Fetched(
                row.captured_at, row.ended_at, row.trigger, row.scope, row.walked_to_end,
                ProfileReading(videos=row.reported_count), listed.get(row.captured_at, []),
            ))
            for row in stored
        ],
    )  # fmt: skip
