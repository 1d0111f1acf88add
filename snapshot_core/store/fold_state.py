"""The state of the fold, read back from the tables for the next fold."""

from collections.abc import Sequence
from itertools import chain
from typing import Any

import numpy as np
from sqlalchemy import Connection, and_, func, or_, select, true

from snapshot_core.growth.acceptance import Track, judge
from snapshot_core.growth.fold_types import ACCOUNT, CaptureInput, FoldState
from snapshot_core.growth.listing import NO_COUNTS, NO_IDS, UNKNOWN, Counts, Ids, Listing, rows_of
from snapshot_core.metrics import FOLLOWERS, VIDEO_METRICS
from snapshot_core.store.dialects import among
from snapshot_core.store.keys import Key, of, readings_of
from snapshot_core.store.tables import (
    COUNTS,
    account_snapshots,
    captures,
    quarantine,
)
from snapshot_core.store.tables import video_snapshots as readings


def arrays(rows: Sequence[Sequence[int | None]]) -> tuple[Ids, Counts]:
    """Rows of ``video_id, *counters``, ascending, as the arrays of the fold."""
    width = 1 + len(VIDEO_METRICS)
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


def load(connection: Connection, key: Key, capture: CaptureInput, new: set[int]) -> FoldState:
    """The state that ``capture``, later than every capture stored, will be folded into.

    ``new``: the videos of ``capture`` that no earlier capture listed.
    """
    state = FoldState()
    for stored in _since_last_complete(connection, key, capture.captured_at):
        ids, counts = listing(connection, key, stored.captured_at)
        if stored.scope == "complete" and stored.walked_to_end is not False:
            state.listed_before = ids
        if stored.status == "complete":
            state.walk_confirmed = stored.walked_to_end is True
            accepted = _overrule(connection, key, stored.captured_at, ids, counts)
            state.last_complete = Listing(stored.captured_at, ids, accepted)
            state.ids, state.accepted = ids, accepted.copy()
        else:
            accepted = _overrule(connection, key, stored.captured_at, ids, counts)
            _overlay(state, ids, accepted)
    _recall(connection, key, state, capture, new)
    _complete_before(connection, key, state, capture, new)
    _held(connection, key, state)
    state.followers = _followers(connection, key, capture.captured_at)
    return state


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
            accepted[row, VIDEO_METRICS.index(metric)] = UNKNOWN if count is None else count
    return accepted


def _overlay(state: FoldState, ids: Ids, accepted: Counts) -> None:
    at, there = rows_of(state.ids, ids)
    known = accepted[there] >= 0
    state.accepted[at[there]] = np.where(known, accepted[there], state.accepted[at[there]])
    every = np.concatenate([state.ids, ids[~there]])
    order = np.argsort(every)
    state.ids = every[order]
    state.accepted = np.concatenate([state.accepted, accepted[~there]])[order]


def _recall(
    connection: Connection, key: Key, state: FoldState, capture: CaptureInput, new: set[int]
) -> None:
    """Look further back for videos that return, and for counters that were null of late."""
    at, there = rows_of(state.ids, capture.ids)
    lost = np.zeros(len(capture.ids), np.bool_)
    lost[there] = ((capture.counts[there] >= 0) & (state.accepted[at[there]] < 0)).any(axis=1)
    lost[~there] = [int(video) not in new for video in capture.ids[~there]]
    if not lost.any():
        return
    tracks = last_tracks(connection, key, capture.ids[lost].tolist(), capture.captured_at)
    for row in np.flatnonzero(lost):
        video = int(capture.ids[row])
        of_video = tracks.get(video, [Track()] * len(VIDEO_METRICS))
        counts = [UNKNOWN if track.accepted is None else track.accepted for track in of_video]
        if there[row]:
            state.accepted[at[row]] = counts
        else:
            state.gone[video] = counts


def _complete_before(
    connection: Connection, key: Key, state: FoldState, capture: CaptureInput, new: set[int]
) -> None:
    """The complete capture before the last one, with the videos that the last one did not count."""
    if (last := state.last_complete) is None:
        return
    at, there = rows_of(last.ids, capture.ids)
    missed = ~there
    missed[there] = ((capture.counts[there] >= 0) & (last.counts[at[there]] < 0)).any(axis=1)
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
    if asked := [int(video) for video in capture.ids[missed] if int(video) not in new]:
        ids, counts = listing(connection, key, before, asked)
        counts = _overrule(connection, key, before, ids, counts)
    state.complete_before = Listing(before, ids, counts)


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
        of_video = tracks.setdefault(video_id, [Track()] * len(VIDEO_METRICS))
        for column, count in enumerate(counts):
            if count is not None:
                of_video[column], _ = judge(of_video[column], captured_at, count)
    return tracks


def _held(connection: Connection, key: Key, state: FoldState) -> None:
    for video_id, metric, accepted_count, captured_at, count in connection.execute(
        select(
            quarantine.c.video_id,
            quarantine.c.metric,
            quarantine.c.accepted_count,
            quarantine.c.captured_at,
            quarantine.c["count"],
        ).where(of(quarantine, key), quarantine.c.verdict == "held")
    ):
        state.held[video_id, metric] = Track(accepted_count, captured_at, count)


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
