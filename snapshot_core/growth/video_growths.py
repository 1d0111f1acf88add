"""The growth of single videos, from the lines in which they stand: rows of a table, a page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, get_args

import numpy as np

from snapshot_core.growth.growth import Growth, estimates, inexact
from snapshot_core.growth.history import Reason, ReasonCode
from snapshot_core.growth.ledger import Line
from snapshot_core.growth.lines import LIKE_FOR_LIKE, NO_LINE, PUBLISHED, REMOVED, Lines
from snapshot_core.growth.listing import UNKNOWN_COUNT, Ids
from snapshot_core.growth.margins import Ends, squared
from snapshot_core.growth.several_accounts import latest_window, root_of_squares
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.windows import Window

LINES: Final[tuple[Line, ...]] = get_args(Line)
_REASONS: Final[Mapping[Line, ReasonCode]] = {
    "newly_tracked": "newly_tracked",
    "removed": "removed",
}


@dataclass(frozen=True, slots=True)
class VideoGrowth:
    """What one video did in a window."""

    video_id: int
    line: Line | None
    """By the first metric that has one; None where it has none at all."""
    growth: Mapping[str, Growth]
    """By metric."""


def video_growths(lines: Lines, window: Window, rows: Ids) -> list[VideoGrowth]:
    """The growths of the videos at ``rows`` of ``lines``, in that order.

    Their ledgers are left out: `Lines.ledgers` gives that of one video loaded by itself.
    """
    line = lines.line[:, rows]
    stayed = line == LIKE_FOR_LIKE
    published = line == PUBLISHED
    gains = stayed | published
    start, end = lines.start.only(rows), lines.end.only(rows)
    growth = end.count * gains - start.count * stayed
    ends = Ends(start, end, stayed, gains, growth, lines.rounding, lines.window)
    margins = squared(ends, lines.factors[0], lines.published[rows])
    below, above = (np.rint(np.sqrt(part)) for part in margins)
    columns = (
        line,
        np.where((line == REMOVED) | (line == NO_LINE), UNKNOWN_COUNT, end.count),
        np.where(stayed | (line == REMOVED), start.count, np.where(published, 0, UNKNOWN_COUNT)),
        growth,
        start.count * stayed,
        growth - below.astype(np.int64),
        growth + above.astype(np.int64),
        lines.rounding.resolution(start.count * stayed, end.count) * gains,
        ((end.spread > 0) & gains) | ((start.spread > 0) & stayed),
        end.carried,
        (line == REMOVED) & lines.uncounted[:, rows],
        np.broadcast_to(lines.published[rows] > window.end, line.shape),
    )
    by_video = zip(*(column.T.tolist() for column in columns), strict=True)
    first = line[(line != NO_LINE).argmax(axis=0), np.arange(len(rows))]
    return [
        VideoGrowth(
            video_id,
            _line(number),
            {
                metric: _growth(metric, window, *of_metric)
                for metric, *of_metric in zip(VIDEO_METRICS, *of_video, strict=True)
            },
        )
        for video_id, number, of_video in zip(
            lines.ids[rows].tolist(), first.tolist(), by_video, strict=True
        )
    ]


def sum_of_videos(metric: str, growths: Sequence[Growth]) -> Growth:
    """One counter of some videos together: their gains, their counts of now, their bases.

    Without a range: what videos share of their errors is known of an account's total only.
    ``growth`` is None where no video's is known; ``current`` leaves out those removed.
    """
    known = [growth for growth in growths if growth.growth is not None]
    current = [growth.current for growth in growths if growth.current is not None]
    return Growth(
        metric,
        latest_window(growth.window for growth in growths),
        current=sum(current) if current else None,
        growth=sum(growth.growth or 0 for growth in known) if known else None,
        base=sum(growth.base for growth in known),
        resolution=root_of_squares(growth.resolution for growth in known),
    )


def _line(number: int) -> Line | None:
    return None if number == NO_LINE else LINES[number]


def _growth(
    metric: str,
    window: Window,
    number: int,
    current: int,
    previous: int,
    growth: int,
    base: int,
    low: int,
    high: int,
    resolution: int,
    interpolated: bool,
    carried: bool,
    uncounted: bool,
    to_come: bool,
) -> Growth:
    line = _line(number)
    known_now = None if current == UNKNOWN_COUNT else current
    known_then = None if previous == UNKNOWN_COUNT else previous
    if line is None or line in _REASONS:
        code: ReasonCode = "not_published" if to_come else "not_read"
        if line is not None:
            code = "uncounted" if uncounted else _REASONS[line]
        return Growth(metric, window, known_now, known_then, line=line, reason=Reason(code))
    sources = inexact(resolution, interpolated=interpolated, carried=carried)
    return Growth(
        metric,
        window,
        known_now,
        known_then,
        growth,
        base,
        low=low,
        high=high,
        resolution=resolution,
        coverage=1.0,
        estimated=estimates(growth, (low, high), resolution, sources),
        line=line,
    )
