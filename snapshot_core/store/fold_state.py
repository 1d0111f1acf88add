"""Where an account's captures stand, read back from the tables for the next fold."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, true

from snapshot_core.growth.acceptance import Track, judge
from snapshot_core.growth.fold import ACCOUNT, Standing, Taken
from snapshot_core.growth.listing import NO_COUNTS, NO_IDS, UNKNOWN, Counts, Ids, Listing, rows_of
from snapshot_core.growth.value import FOLLOWERS, METRICS
from snapshot_core.store.dialects import among
from snapshot_core.store.tables import (
    COUNTS,
    VIDEOS_PER_ACCOUNT,
    account_snapshots,
    captures,
    quarantine,
)
from snapshot_core.store.tables import video_snapshots as readings

Key = tuple[int, int]
"""``(user_id, account_id)``."""


def of(table: Any, key: Key) -> ColumnElement[bool]:
    """The rows of an account in a table that names it."""
    return and_(table.c.user_id == key[0], table.c.account_id == key[1])


def mine(table: Any) -> ColumnElement[bool]:
    """The same for statements that are made once: binds ``user`` and ``account``."""
    return and_(table.c.user_id == bindparam("user"), table.c.account_id == bindparam("account"))


def readings_of(key: Key, table: Any = readings) -> ColumnElement[bool]:
    """The readings of an account: a range of video ids."""
    first = key[1] * VIDEOS_PER_ACCOUNT
    return and_(
        table.c.user_id == key[0], table.c.video_id.between(first, first + VIDEOS_PER_ACCOUNT - 1)
    )


def arrays(rows: Sequence[Sequence[int | None]]) -> tuple[Ids, Counts]:
    """Rows of ``video_id, *counters``, ascending, as the arrays of the fold."""
    width = 1 + len(METRICS)
    flat = chain.from_iterable(rows)
    try:
        table = np.fromiter(flat, np.int64, len(rows) * width)
    except TypeError:  # a null among them
        known = (UNKNOWN if value is None else value for value in chain.from_iterable(rows))
        table = np.fromiter(known, np.int64, len(rows) * width)
    table = table.reshape(-1, width)
    return np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1:])


def listing(
    connection: Connection, key: Key, captured_at: int, ids: Sequence[int] | None = None
) -> tuple[Ids, Counts]:
    """The readings of one capture: of all its videos, or of ``ids`` where it has them."""
    statement = (
        select(readings.c.video_id, *COUNTS)
        .where(readings_of(key), readings.c.captured_at == captured_at)
        .order_by(readings.c.video_id)
    )
    if ids is not None:
        statement = statement.where(among(readings.c.video_id, "ids"))
    bound = {} if ids is None else {"ids": ids}
    return arrays(connection.execute(statement, bound).cursor.fetchall())


def load(connection: Connection, key: Key, taken: Taken, new: set[int]) -> Standing:
    """The standing that ``taken``, later than every capture stored, will be folded into.

    ``new``: the videos of ``taken`` that no earlier capture listed.
    """
    standing = Standing()
    for capture in _since_last_complete(connection, key, taken.captured_at):
        ids, counts = listing(connection, key, capture.captured_at)
        if capture.scope == "complete" and capture.walked_to_end is not False:
            standing.listed_before = ids
        if capture.status == "complete":
            standing.vouched = capture.walked_to_end is True
            accepted = _overrule(connection, key, capture.captured_at, ids, counts)
            standing.last_complete = Listing(capture.captured_at, ids, accepted)
            standing.ids, standing.accepted = ids, accepted.copy()
        else:
            accepted = _overrule(connection, key, capture.captured_at, ids, counts)
            _overlay(standing, ids, accepted)
    _recall(connection, key, standing, taken, new)
    _complete_before(connection, key, standing, taken, new)
    _held(connection, key, standing)
    standing.followers = _followers(connection, key, taken.captured_at)
    return standing


def _since_last_complete(connection: Connection, key: Key, before: int) -> Sequence[Any]:
    """The last complete capture, if any, and all with readings after it."""
    last = (
        select(func.max(captures.c.captured_at))
        .where(of(captures, key), captures.c.status == "complete")
        .scalar_subquery()
    )
    return connection.execute(
        select(
            captures.c.captured_at,
            captures.c.status,
            captures.c.scope,
            captures.c.walked_to_end,
        )
        .where(
            of(captures, key),
            captures.c.captured_at < before,
            captures.c.captured_at >= func.coalesce(last, 0),
            captures.c.status.in_(("complete", "partial")),
        )
        .order_by(captures.c.captured_at)
    ).all()


def _overrule(connection: Connection, key: Key, at: int, ids: Ids, counts: Counts) -> Counts:
    """The accepted counts of a capture: where a reading is held or rejected, the one before."""
    doubts = connection.execute(
        select(quarantine.c.video_id, quarantine.c.metric, quarantine.c.accepted_count).where(
            of(quarantine, key),
            quarantine.c.captured_at == at,
            quarantine.c.verdict.in_(("held", "rejected")),
            quarantine.c.video_id != ACCOUNT,
        )
    ).all()
    accepted = counts.copy()
    for video_id, metric, count in doubts:
        row = int(np.searchsorted(ids, video_id))
        if row < len(ids) and ids[row] == video_id:
            accepted[row, METRICS.index(metric)] = UNKNOWN if count is None else count
    return accepted


def _overlay(standing: Standing, ids: Ids, accepted: Counts) -> None:
    at, there = rows_of(standing.ids, ids)
    known = accepted[there] >= 0
    standing.accepted[at[there]] = np.where(known, accepted[there], standing.accepted[at[there]])
    every = np.concatenate([standing.ids, ids[~there]])
    order = np.argsort(every)
    standing.ids = every[order]
    standing.accepted = np.concatenate([standing.accepted, accepted[~there]])[order]


def _recall(
    connection: Connection, key: Key, standing: Standing, taken: Taken, new: set[int]
) -> None:
    """Look further back for videos that return, and for counters that were null of late."""
    at, there = rows_of(standing.ids, taken.ids)
    lost = np.zeros(len(taken.ids), np.bool_)
    lost[there] = ((taken.counts[there] >= 0) & (standing.accepted[at[there]] < 0)).any(axis=1)
    lost[~there] = [int(video) not in new for video in taken.ids[~there]]
    if not lost.any():
        return
    tracks = last_tracks(connection, key, taken.ids[lost].tolist(), taken.captured_at)
    for row in np.flatnonzero(lost):
        video = int(taken.ids[row])
        found = tracks.get(video, [Track()] * len(METRICS))
        counts = [UNKNOWN if track.accepted is None else track.accepted for track in found]
        if there[row]:
            standing.accepted[at[row]] = counts
        else:
            standing.gone[video] = counts


def _complete_before(
    connection: Connection, key: Key, standing: Standing, taken: Taken, new: set[int]
) -> None:
    """The complete capture before the last one, with the videos that the last one did not count."""
    if (last := standing.last_complete) is None:
        return
    at, there = rows_of(last.ids, taken.ids)
    missed = ~there
    missed[there] = ((taken.counts[there] >= 0) & (last.counts[at[there]] < 0)).any(axis=1)
    if not missed.any():
        return
    before = connection.scalar(
        select(func.max(captures.c.captured_at)).where(
            of(captures, key),
            captures.c.status == "complete",
            captures.c.captured_at < last.captured_at,
        )
    )
    if before is None:
        return
    ids, counts = NO_IDS, NO_COUNTS
    if asked := [int(video) for video in taken.ids[missed] if int(video) not in new]:
        ids, counts = listing(connection, key, before, asked)
        counts = _overrule(connection, key, before, ids, counts)
    standing.complete_before = Listing(before, ids, counts)


def last_tracks(
    connection: Connection, key: Key, ids: list[int], before: int
) -> dict[int, list[Track]]:
    """The tracks of some videos after all their readings before an instant."""
    rows = connection.execute(
        select(readings.c.video_id, readings.c.captured_at, *COUNTS)
        .select_from(captures.join(readings, and_(
            readings.c.user_id == captures.c.user_id,
            readings.c.captured_at == captures.c.captured_at,
        )))
        .where(of(captures, key), readings.c.user_id == key[0],
               among(readings.c.video_id, "ids"), captures.c.captured_at < before)
        .order_by(readings.c.captured_at),
        {"ids": ids},
    )  # fmt: skip
    tracks: dict[int, list[Track]] = {}
    for video_id, captured_at, *counts in rows:
        of_video = tracks.setdefault(video_id, [Track()] * len(METRICS))
        for column, count in enumerate(counts):
            if count is not None:
                of_video[column], _ = judge(of_video[column], captured_at, count)
    return tracks


def _held(connection: Connection, key: Key, standing: Standing) -> None:
    for video_id, metric, accepted_count, captured_at, count in connection.execute(
        select(
            quarantine.c.video_id,
            quarantine.c.metric,
            quarantine.c.accepted_count,
            quarantine.c.captured_at,
            quarantine.c["count"],
        ).where(of(quarantine, key), quarantine.c.verdict == "held")
    ):
        standing.held[video_id, metric] = Track(accepted_count, captured_at, count)


def _followers(connection: Connection, key: Key, before: int) -> int | None:
    """The last accepted follower count."""
    doubtful = (
        select(true())
        .where(
            of(quarantine, key),
            quarantine.c.captured_at == account_snapshots.c.captured_at,
            quarantine.c.video_id == ACCOUNT,
            quarantine.c.metric == FOLLOWERS,
            or_(quarantine.c.verdict == "held", quarantine.c.verdict == "rejected"),
        )
        .exists()
    )
    return connection.scalar(
        select(account_snapshots.c.follower_count)
        .where(
            of(account_snapshots, key),
            account_snapshots.c.captured_at < before,
            account_snapshots.c.follower_count.is_not(None),
            ~doubtful,
        )
        .order_by(account_snapshots.c.captured_at.desc())
        .limit(1)
    )
