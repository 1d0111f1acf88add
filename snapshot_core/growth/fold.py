"""Folding captures, oldest first, into what growth needs beside the readings.

    state, capture -> effects (and the state that the next capture meets)

The same fold serves a capture as it is taken and a whole history as it is imported, so the
two cannot come to different conclusions.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from snapshot_core.growth.acceptance import Judgement, Track, judge
from snapshot_core.growth.completeness import Status, status_of
from snapshot_core.growth.fold_types import (
    ACCOUNT,
    Amendment,
    CaptureEffects,
    CaptureInput,
    CaptureTotal,
    Correction,
    Decision,
    FoldState,
    HeldReading,
)
from snapshot_core.growth.listing import UNKNOWN_COUNT, Counts, Ids, Listing, rows_of
from snapshot_core.growth.totals import short_bracket, totals_of
from snapshot_core.metrics import FOLLOWERS, VIDEO_METRICS

VIEWS: Final = VIDEO_METRICS.index("views")


def fold(state: FoldState, capture: CaptureInput) -> CaptureEffects:
    """Take ``capture`` into ``state`` and say what follows from it."""
    counted = np.flatnonzero((capture.counts >= 0).any(axis=0)).tolist()
    metrics = [VIDEO_METRICS[column] for column in counted]
    effects = CaptureEffects(capture.captured_at, _status(state, capture), metrics)
    before = _accept(state, capture, effects)
    if effects.status == "complete":
        _close(state, capture, before, effects)
        state.walk_confirmed = capture.walked_to_end is True
    state.look(capture.scope, capture.walked_to_end, capture.ids)
    return effects


def _status(state: FoldState, capture: CaptureInput) -> Status:
    last, before = state.last_complete, state.listed_before
    if capture.walked_to_end is None and state.walk_confirmed:
        before = None  # a file of some videos, however often it misses the others
    return status_of(
        set(capture.ids.tolist()),
        scope=capture.scope,
        walked_to_end=capture.walked_to_end,
        reported_count=capture.reported_count,
        last_complete=None if last is None else set(last.ids.tolist()),
        listed_before=None if before is None else set(before.tolist()),
        uncounted=0 if last is None else _uncounted(last, capture),
        confirmed=capture.confirmed,
    )


def _uncounted(last: Listing, capture: CaptureInput) -> int:
    """How many videos are listed without any of the counts that ``last`` had of them, or without
    views, which no platform lets people hide.
    """
    at, there = rows_of(last.ids, capture.ids)
    before, now = last.counts[at[there]] >= 0, capture.counts[there] >= 0
    without = before.any(axis=1) & ~now.any(axis=1)
    return int((without | (before[:, VIEWS] & ~now[:, VIEWS])).sum())


def _accept(state: FoldState, capture: CaptureInput, effects: CaptureEffects) -> Counts:
    """Judge every reading, remember what is accepted, note what appeared.

    Gives the counts that were accepted before.
    """
    at, there = rows_of(state.ids, capture.ids)
    old = np.full_like(capture.counts, UNKNOWN_COUNT)
    old[there] = state.accepted[at[there]]
    effects.appeared = capture.ids[~there].tolist()
    for row in np.flatnonzero(~there).tolist():
        old[row] = state.gone.pop(int(capture.ids[row]), UNKNOWN_COUNT)

    known = capture.counts >= 0
    fell = known & (old > capture.counts)
    # 10 * count < 9 * accepted, written so that no product can overflow.
    doubtful = fell & ((capture.counts == 0) | (old - capture.counts > old // 10))
    for video, metric in state.held:
        row = int(np.searchsorted(capture.ids, video))
        if metric != FOLLOWERS and row < len(capture.ids) and capture.ids[row] == video:
            column = VIDEO_METRICS.index(metric)
            doubtful[row, column] = known[row, column]

    accepted = np.where(known, capture.counts, old)
    for row, column in np.argwhere(doubtful):
        before, count = int(old[row, column]), int(capture.counts[row, column])
        video, metric = int(capture.ids[row]), VIDEO_METRICS[column]
        stands = _judge(state, effects, video, metric, None if before < 0 else before, count)
        accepted[row, column] = UNKNOWN_COUNT if stands is None else stands
    for row, column in np.argwhere(fell & ~doubtful):
        video, metric = int(capture.ids[row]), VIDEO_METRICS[column]
        amount = int(old[row, column] - capture.counts[row, column])
        effects.corrections.append(Correction(effects.captured_at, video, metric, amount))
    if capture.followers is not None:
        state.followers = _judge(
            state, effects, ACCOUNT, FOLLOWERS, state.followers, capture.followers
        )
    _remember(state, capture.ids, accepted, at, there)
    return old


def _judge(
    state: FoldState,
    effects: CaptureEffects,
    video: int,
    metric: str,
    accepted: int | None,
    count: int,
) -> int | None:
    """Judge one doubtful reading: the count that stands accepted after it."""
    track = state.held.pop((video, metric), Track(accepted))
    track, verdicts = judge(track, effects.captured_at, count)
    for judgement in verdicts:
        _note(effects, video, metric, judgement)
        if judgement.verdict == "confirmed":
            _believe(state, video, metric, judgement)
    if track.held_at is not None:
        state.held[video, metric] = track
    return track.accepted


def _note(effects: CaptureEffects, video: int, metric: str, judgement: Judgement) -> None:
    at, count, accepted = judgement.at, judgement.count, judgement.accepted
    if judgement.verdict == "held":
        effects.held.append(HeldReading(video, metric, count, accepted))
        return
    if judgement.verdict in ("confirmed", "rejected"):
        effects.decided.append(Decision(at, video, metric, judgement.verdict))
    if judgement.verdict != "rejected" and accepted is not None and count < accepted:
        effects.corrections.append(Correction(at, video, metric, accepted - count))


def _believe(state: FoldState, video: int, metric: str, confirmed: Judgement) -> None:
    """A reading of a complete capture counts after all, for what enters and leaves.

    It may be of the one before the last, which was the last to list the video.
    """
    for listing in (state.last_complete, state.complete_before):
        if listing is None or confirmed.at != listing.captured_at or metric not in VIDEO_METRICS:
            continue
        row = int(np.searchsorted(listing.ids, video))
        if row < len(listing.ids) and listing.ids[row] == video:
            listing.counts[row, VIDEO_METRICS.index(metric)] = confirmed.count


def _remember(
    state: FoldState, ids: Ids, accepted: Counts, at: Ids, there: npt.NDArray[np.bool_]
) -> None:
    state.accepted[at[there]] = accepted[there]
    if not there.all():
        all_ids = np.concatenate([state.ids, ids[~there]])
        order = np.argsort(all_ids)
        state.ids = all_ids[order]
        state.accepted = np.concatenate([state.accepted, accepted[~there]])[order]


def _close(
    state: FoldState, capture: CaptureInput, before: Counts, effects: CaptureEffects
) -> None:
    """A complete capture: whoever is not listed has vanished; the totals are drawn up."""
    _, listed = rows_of(capture.ids, state.ids)
    effects.vanished = state.ids[~listed].tolist()
    for row in np.flatnonzero(~listed):
        state.gone[int(state.ids[row])] = state.accepted[row].tolist()
    state.ids, state.accepted = state.ids[listed], state.accepted[listed]

    # A null is not carried into a total: the platform gave no count to add up.
    now = np.where(capture.counts >= 0, state.accepted, UNKNOWN_COUNT)
    last, here = state.last_complete, Listing(capture.captured_at, capture.ids, now)
    effects.short_bracket = short_bracket(last, here, capture.published)
    by_metric = totals_of(here, before, capture.published, last, state.complete_before)
    for metric, totals in by_metric.items():
        effects.totals.append(CaptureTotal(metric, totals.total, totals.entered, totals.left))
        effects.amended += [
            Amendment(at, metric, left) for at, left in totals.lacked.items() if left
        ]
    state.complete_before, state.last_complete = last, here
