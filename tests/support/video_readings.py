"""Readings of videos in memory, and the engine's answers for them without a database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np

from snapshot_core.growth.bracket import Bracket, Falls, Videos
from snapshot_core.growth.ledger import Ledger
from snapshot_core.growth.lines import lines
from snapshot_core.growth.rounding import Rounding, Roundings
from snapshot_core.growth.value import NEVER, Series
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.windows import Window

METRIC: Final = VIDEO_METRICS[0]
"""The metric that stands for all: each has the same readings."""


@dataclass(frozen=True, slots=True)
class VideoReadings:
    """What is known of one video for one counter."""

    video_id: int
    published_at: int | None
    series: Series
    """Accepted readings, oldest first."""
    may_carry: bool = True
    """False when the video is gone, or was listed at the end without a count."""
    uncounted: bool = False
    """True in the second case: unknown, which must not be shown as gone or as 0."""


def adds_up(ledger: Ledger) -> bool:
    """The identity. It holds for every ledger."""
    change = ledger.like_for_like + ledger.published + ledger.newly_tracked - ledger.removed
    return ledger.current - ledger.previous == change


def ledger_of(
    videos: Iterable[VideoReadings], window: Window, rounding: Rounding = Rounding.EXACT
) -> Ledger:
    """The ledger of ``videos`` for ``window``."""
    (video_lines,) = lines(videos_of(list(videos), [window], rounding), [window])
    return video_lines.ledgers()[METRIC]


def videos_of(
    videos: Sequence[VideoReadings],
    windows: Sequence[Window],
    rounding: Rounding = Rounding.EXACT,
) -> Videos:
    """``videos`` as the engine takes them, for some windows."""
    instants = {at for window in windows for at in (window.start, window.end)}
    published = [NEVER if v.published_at is None else v.published_at for v in videos]
    return Videos(
        np.array([video.video_id for video in videos], np.int64),
        np.array(published, np.int64),
        {at: _bracket(videos, at) for at in instants},
        _falls(videos),
        Roundings({METRIC: rounding}),
    )


def _bracket(videos: Sequence[VideoReadings], at: int) -> Bracket:
    bracket = Bracket.empty(at, len(videos))
    readings = sorted(
        (read_at, row, count) for row, video in enumerate(videos) for read_at, count in video.series
    )
    if readings:
        read_at, rows, counts = np.array(readings, np.int64).T
        bracket.add(read_at, rows, np.tile(counts, (len(VIDEO_METRICS), 1)))
    for row, video in enumerate(videos):
        bracket.uncounted[:, row] = video.uncounted
        bracket.gone[row] = not video.may_carry and not video.uncounted
    return bracket


def _falls(videos: Sequence[VideoReadings]) -> Falls:
    falls = [
        (at, metric, row, before - count)
        for row, video in enumerate(videos)
        for (_, before), (at, count) in pairwise(video.series)
        for metric in range(len(VIDEO_METRICS))
        if count < before
    ]
    table: Any = np.array(falls, np.int64).reshape(-1, 4).T
    return Falls(*table)
