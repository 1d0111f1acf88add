"""The state of the fold, read back from the tables for the next fold."""

from collections.abc import Sequence
from itertools import chain
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, bindparam, func, select

from snapshot_core.growth.acceptance import Track, judge
from snapshot_core.growth.fold_types import ACCOUNT, CaptureInput, FoldState
from snapshot_core.growth.listing import (
    NO_COUNTS,
    NO_IDS,
    UNKNOWN_COUNT,
    Counts,
    Ids,
    Listing,
    rows_of,
)
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.captures import READINGS_AT
from snapshot_core.store.dialects import among
from snapshot_core.store.keys import Key, not_ahead, of, rows
from snapshot_core.store.readings import COUNTED, followers_before
from snapshot_core.store.tables import captures, quarantine
from snapshot_core.store.tables import video_snapshots as readings

_SOME_READINGS_AT: Final = READINGS_AT.where(among(readings.c.video_id, "ids"))
_HISTORIES: Final = COUNTED.where(
    among(readings.c.video_id, "ids"), captures.c.captured_at < bindparam("before")
)


def arrays(readings: Sequence[Sequence[int | None]]) -> tuple[Ids, Counts]:
    """Rows of ``video_id, *counters``, ascending, as the arrays of the fold."""
    shape = len(readings), 1 + len(VIDEO_METRICS)
    try:
        table = np.fromiter(chain.from_iterable(readings), np.int64, shape[0] * shape[1])
    except TypeError:  # a null among them
        known = (
            UNKNOWN_COUNT if value is None else value for value in chain.from_iterable(readings)
        )
        table = np.fromiter(known, np.int64, shape[0] * shape[1])
    table = table.reshape(shape)
    return np.ascontiguousarray(table[:, 0]), np.ascontiguousarray(table[:, 1:])


def listing(
    connection: Connection, key: Key, captured_at: int, ids: Sequence[int] | None = None
) -> tuple[Ids, Counts]:
    """The readings of one capture: of all its videos, or of ``ids`` where it has them."""
    if ids is None:
        return arrays(rows(connection, READINGS_AT, key, at=captured_at))
    return arrays(rows(connection, _SOME_READINGS_AT, key, at=captured_at, ids=ids))


def load(connection: Connection, key: Key, capture: CaptureInput, new: set[int]) -> FoldState:
    """The state that ``capture``, later than every capture that counts, will be folded into.

    ``new``: the videos of ``capture`` that no earlier capture listed.
    """
    state = FoldState()
    for stored in _since_last_complete(connection, key, capture.captured_at):
        ids, counts = listing(connection, key, stored.captured_at)
        accepted = _overrule(connection, key, stored.captured_at, ids, counts)
        if stored.status == "complete":
            state.walk_confirmed = stored.walked_to_end is True
            state.last_complete = Listing(stored.captured_at, ids, accepted)
            state.ids, state.accepted = ids, accepted.copy()
        else:
            _overlay(state, ids, accepted)
        state.look(stored.scope, stored.walked_to_end, ids)
    _recall(connection, key, state, capture, new)
    _complete_before(connection, key, state, capture, new)
    _held(connection, key, state)
    state.followers = followers_before(connection, key, capture.captured_at)
    return state


def _since_last_complete(connection: Connection, key: Key, before: int) -> Sequence[Any]:
    """The last complete capture, if any, and all with readings after it."""
    at, status = captures.c.captured_at, captures.c.status
    earlier = of(captures, key), at < before, not_ahead(captures)
    last = select(func.max(at)).where(*earlier, status == "complete").scalar_subquery()
    since = *earlier, at >= func.coalesce(last, 0), status != "failed"
    columns = at, status, captures.c.scope, captures.c.walked_to_end
    return connection.execute(select(*columns).where(*since).order_by(at)).all()


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
            accepted[row, VIDEO_METRICS.index(metric)] = UNKNOWN_COUNT if count is None else count
    return accepted


def _overlay(state: FoldState, ids: Ids, accepted: Counts) -> None:
    at, there = rows_of(state.ids, ids)
    known = accepted[there] >= 0
    state.accepted[at[there]] = np.where(known, accepted[there], state.accepted[at[there]])
    all_ids = np.concatenate([state.ids, ids[~there]])
    order = np.argsort(all_ids)
    state.ids = all_ids[order]
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
        counts = [UNKNOWN_COUNT if track.accepted is None else track.accepted for track in of_video]
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
    complete = of(captures, key), not_ahead(captures), captures.c.status == "complete"
    earlier = captures.c.captured_at < last.captured_at
    before = connection.scalar(select(func.max(captures.c.captured_at)).where(*complete, earlier))
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
    tracks: dict[int, list[Track]] = {}
    for captured_at, _, video_id, *counts in rows(
        connection, _HISTORIES, key, ids=ids, before=before
    ):
        of_video = tracks.setdefault(video_id, [Track()] * len(VIDEO_METRICS))
        for column, count in enumerate(counts):
            if count is not None:
                of_video[column], _ = judge(of_video[column], captured_at, count)
    return tracks


def _held(connection: Connection, key: Key, state: FoldState) -> None:
    names = "video_id", "metric", "accepted_count", "captured_at", "count"
    columns = [quarantine.c[name] for name in names]
    held = select(*columns).where(of(quarantine, key), quarantine.c.verdict == "held")
    for video_id, metric, *track in connection.execute(held):
        state.held[video_id, metric] = Track(*track)
