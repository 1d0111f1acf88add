"""Captures and readings of an account as they were recorded, for files in and out."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, select

from snapshot_core.readings import Counts
from snapshot_core.store.keys import Key, of, readings_of
from snapshot_core.store.tables import COUNTS, account_snapshots, captures
from snapshot_core.store.tables import video_snapshots as readings

PROFILE_COLUMNS: Final = ("follower_count", "following_count", "like_count")
"""The account's own counters, in the order of a readings file."""


@dataclass(frozen=True, slots=True)
class StoredCapture:
    """A capture as stored. ``captured_at`` in UTC seconds."""

    captured_at: int
    status: str
    trigger: str
    walked_to_end: bool | None
    reported_count: int | None
    video_count: int
    message: str | None


_COLUMNS: Final = tuple(captures.c[name] for name in StoredCapture.__dataclass_fields__)


def captures_of(connection: Connection, key: Key) -> list[StoredCapture]:
    """All captures of an account, oldest first, failed ones among them."""
    statement = select(*_COLUMNS).where(of(captures, key)).order_by(captures.c.captured_at)
    return [StoredCapture(*row) for row in connection.execute(statement)]


def counts_at(connection: Connection, key: Key, at: int) -> dict[int, Counts]:
    """The counters of each video of one capture, by video id and in its order."""
    statement = (
        select(readings.c.video_id, *COUNTS)
        .where(readings_of(key), readings.c.captured_at == bindparam("at"))
        .order_by(readings.c.video_id)
    )
    rows = connection.execute(statement, {"at": at})
    return {video_id: tuple(counts) for video_id, *counts in rows}


def profiles_of(connection: Connection, key: Key) -> dict[int, Counts]:
    """The account's own counters by instant, in the order of `PROFILE_COLUMNS`."""
    columns = [account_snapshots.c[name] for name in ("captured_at", *PROFILE_COLUMNS)]
    rows = connection.execute(select(*columns).where(of(account_snapshots, key)))
    return {at: tuple(counts) for at, *counts in rows}


def view_counts(connection: Connection, key: Key) -> list[int]:
    """All known counts of views, in no order."""
    views = readings.c.view_count
    return list(connection.scalars(select(views).where(readings_of(key), views.is_not(None))))
