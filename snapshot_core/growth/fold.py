"""Folding captures, oldest first, into what growth needs beside the readings.

    standing, capture -> settlement (and the standing that the next capture meets)

The same fold serves a capture as it is taken and a whole history as it is imported, so the
two cannot come to different conclusions. Arrays hold a row per video and a column per
counter of `METRICS`; -1 stands for unknown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from snapshot_core.growth.acceptance import Judgement, Track, judge
from snapshot_core.growth.completeness import Scope, Status, status_of
from snapshot_core.growth.listing import (
    NO_COUNTS,
    NO_IDS,
    UNKNOWN,
    Counts,
    Ids,
    Listing,
    rows_of,
)
from snapshot_core.growth.totals import totals_of
from snapshot_core.growth.value import FOLLOWERS, METRICS

ACCOUNT: Final = 0
"""The id under which the account's own counter is judged beside the videos'."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A capture as it was taken. ``ids`` ascend; ``counts`` has shape (videos, metrics)."""

    captured_at: int
    scope: Scope
    walked_to_end: bool | None
    reported_count: int | None
    ids: Ids
    counts: Counts
    published: Mapping[int, int] = field(default_factory=dict)
    """Instants of publication, where known, of the videos that enter the listing at least."""
    followers: int | None = None


@dataclass(slots=True)
class Standing:
    """What the captures so far have left: the fold's memory, updated in place."""

    ids: Ids = field(default_factory=lambda: NO_IDS)
    """Videos seen by the last complete capture or since, ascending."""
    accepted: Counts = field(default_factory=lambda: NO_COUNTS)
    """Their last accepted counts."""
    gone: dict[int, list[int]] = field(default_factory=dict)
    """Last accepted counts of videos that a complete capture no longer saw."""
    held: dict[tuple[int, str], Track] = field(default_factory=dict)
    followers: int | None = None
    last_complete: Listing | None = None
    complete_before: Listing | None = None
    """The complete capture before the last one."""
    listed_before: Ids | None = None
    vouched: bool = False
    """Whether the last complete listing's own source said that it was walked to its end."""


@dataclass(slots=True)
class Settlement:
    """What a capture changes, as the tables of `snapshot_core.store.tables` hold it."""

    captured_at: int
    status: Status
    appeared: list[int] = field(default_factory=list)
    vanished: list[int] = field(default_factory=list)
    corrections: list[tuple[int, int, str, int]] = field(default_factory=list)
    """``(captured_at, video_id, metric, amount)``."""
    held: list[tuple[int, str, int, int | None]] = field(default_factory=list)
    """``(video_id, metric, count, accepted_count)`` of this capture."""
    decided: list[tuple[int, int, str, str]] = field(default_factory=list)
    """``(captured_at, video_id, metric, verdict)`` on readings held earlier."""
    totals: list[tuple[str, int, int, int]] = field(default_factory=list)
    """``(metric, total, entered, left)``; complete captures only."""
    amended: list[tuple[int, str, int]] = field(default_factory=list)
    """``(captured_at, metric, left)``: to be added to what left an earlier complete capture."""


def fold(standing: Standing, taken: Taken) -> Settlement:
    """Take ``taken`` into ``standing`` and say what follows from it."""
    out = Settlement(taken.captured_at, _status(standing, taken))
    before = _accept(standing, taken, out)
    if out.status == "complete":
        _close(standing, taken, before, out)
        standing.vouched = taken.walked_to_end is True
    if taken.scope == "complete" and taken.walked_to_end is not False:
        standing.listed_before = taken.ids
    return out


def _status(standing: Standing, taken: Taken) -> Status:
    last, before = standing.last_complete, standing.listed_before
    if taken.walked_to_end is None and standing.vouched:
        before = None  # a file of some videos, however often it misses the others
    return status_of(
        set(taken.ids.tolist()),
        scope=taken.scope,
        walked_to_end=taken.walked_to_end,
        reported_count=taken.reported_count,
        last_complete=None if last is None else set(last.ids.tolist()),
        listed_before=None if before is None else set(before.tolist()),
    )


def _accept(standing: Standing, taken: Taken, out: Settlement) -> Counts:
    """Judge every reading, remember what is accepted, note what appeared.

    Gives the counts that were accepted before.
    """
    at, there = rows_of(standing.ids, taken.ids)
    old = np.full_like(taken.counts, UNKNOWN)
    old[there] = standing.accepted[at[there]]
    out.appeared = taken.ids[~there].tolist()
    for row in np.flatnonzero(~there).tolist():
        old[row] = standing.gone.pop(int(taken.ids[row]), UNKNOWN)

    known = taken.counts >= 0
    fell = known & (old > taken.counts)
    # 10 * count < 9 * accepted, written so that no product can overflow.
    doubtful = fell & ((taken.counts == 0) | (old - taken.counts > old // 10))
    for video, metric in standing.held:
        row = int(np.searchsorted(taken.ids, video))
        if metric != FOLLOWERS and row < len(taken.ids) and taken.ids[row] == video:
            column = METRICS.index(metric)
            doubtful[row, column] = known[row, column]

    accepted = np.where(known, taken.counts, old)
    for row, column in np.argwhere(doubtful):
        before, count = int(old[row, column]), int(taken.counts[row, column])
        stands = _judge(
            standing,
            out,
            int(taken.ids[row]),
            METRICS[column],
            None if before < 0 else before,
            count,
        )
        accepted[row, column] = UNKNOWN if stands is None else stands
    for row, column in np.argwhere(fell & ~doubtful):
        amount = int(old[row, column] - taken.counts[row, column])
        video = int(taken.ids[row])
        out.corrections.append((out.captured_at, video, METRICS[column], amount))
    if taken.followers is not None:
        standing.followers = _judge(
            standing, out, ACCOUNT, FOLLOWERS, standing.followers, taken.followers
        )
    _remember(standing, taken.ids, accepted, at, there)
    return old


def _judge(
    standing: Standing, out: Settlement, video: int, metric: str, accepted: int | None, count: int
) -> int | None:
    """Judge one doubtful reading: the count that stands accepted after it."""
    track = standing.held.pop((video, metric), Track(accepted))
    track, verdicts = judge(track, out.captured_at, count)
    for judgement in verdicts:
        _note(out, video, metric, judgement)
        if judgement.verdict == "confirmed":
            _believe(standing, video, metric, judgement)
    if track.held_at is not None:
        standing.held[video, metric] = track
    return track.accepted


def _note(out: Settlement, video: int, metric: str, judgement: Judgement) -> None:
    at, count, accepted = judgement.at, judgement.count, judgement.accepted
    if judgement.verdict == "held":
        out.held.append((video, metric, count, accepted))
        return
    if judgement.verdict in ("confirmed", "rejected"):
        out.decided.append((at, video, metric, judgement.verdict))
    if judgement.verdict != "rejected" and accepted is not None and count < accepted:
        out.corrections.append((at, video, metric, accepted - count))


def _believe(standing: Standing, video: int, metric: str, confirmed: Judgement) -> None:
    """A reading of the last complete capture counts after all, for what enters and leaves."""
    last = standing.last_complete
    if last is not None and confirmed.at == last.captured_at and metric in METRICS:
        row = int(np.searchsorted(last.ids, video))
        if row < len(last.ids) and last.ids[row] == video:
            last.counts[row, METRICS.index(metric)] = confirmed.count


def _remember(
    standing: Standing,
    ids: Ids,
    accepted: Counts,
    at: Ids,
    there: npt.NDArray[np.bool_],
) -> None:
    standing.accepted[at[there]] = accepted[there]
    if not there.all():
        every = np.concatenate([standing.ids, ids[~there]])
        order = np.argsort(every)
        standing.ids = every[order]
        standing.accepted = np.concatenate([standing.accepted, accepted[~there]])[order]


def _close(standing: Standing, taken: Taken, before: Counts, out: Settlement) -> None:
    """A complete capture: whoever is not listed has vanished; the totals are drawn up."""
    _, listed = rows_of(taken.ids, standing.ids)
    out.vanished = standing.ids[~listed].tolist()
    for row in np.flatnonzero(~listed):
        standing.gone[int(standing.ids[row])] = standing.accepted[row].tolist()
    standing.ids, standing.accepted = standing.ids[listed], standing.accepted[listed]

    # A null is not carried into a total: the platform gave no count to add up.
    now = np.where(taken.counts >= 0, standing.accepted, UNKNOWN)
    last, here = standing.last_complete, Listing(taken.captured_at, taken.ids, now)
    found = totals_of(here, before, taken.published, last, standing.complete_before)
    for metric, totals in found.items():
        out.totals.append((metric, totals.total, totals.entered, totals.left))
        out.amended += [(at, metric, left) for at, left in totals.lacked.items() if left]
    standing.complete_before, standing.last_complete = last, here
