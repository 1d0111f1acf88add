"""Growth of videos, all of an account's at once: the only implementation of the ledger's lines.

An account's ledger, a table's row and one video's page are sums over the same arrays.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

import numpy as np
import numpy.typing as npt

from snapshot_core.growth.bracket import Flags, Values, Videos
from snapshot_core.growth.expected import Expectation, expectation, expected_gains, missed_gains
from snapshot_core.growth.ledger import Ledger, Line
from snapshot_core.growth.listing import Counts, Ids
from snapshot_core.growth.margins import Ends, margins_of_sum
from snapshot_core.growth.rhythms.rhythm import COARSE_STEP
from snapshot_core.growth.rounding import EXACT, Roundings
from snapshot_core.growth.shape import Shares
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.windows import Window

LIKE_FOR_LIKE, PUBLISHED, NEWLY_TRACKED, REMOVED = range(len(get_args(Line)))
"""Positions of the words of `Line`."""
NO_LINE: Final = -1


@dataclass(frozen=True, slots=True)
class Lines:
    """Where every video stands in a window. Shapes (metrics, videos)."""

    ids: Ids
    line: npt.NDArray[np.int8]
    """Positions in `Line`'s words; -1 where there is a value at neither end, or the video was
    published after the window."""
    start: Values
    """To be read where a line says that it counts: not of a video published after it."""
    end: Values
    corrections: Counts
    """The falls of videos that are like for like."""
    uncounted: Flags
    """Listed at the end without a count."""
    rounding: Roundings
    first_at: Counts
    """The first reading at or after the window's start; only to be read of newly tracked ones."""
    first: Counts
    published: Ids
    factors: tuple[float, float]
    """Of the range: for single videos, and for their sum."""
    window: Window

    def ends(self) -> Ends:
        """What the range follows from."""
        stayed = self.line == LIKE_FOR_LIKE
        grows = stayed | (self.line == PUBLISHED)
        gains = self.end.count * grows - self.start.count * stayed
        return Ends(self.start, self.end, stayed, grows, gains, self.rounding, self.window)

    def ledgers(self) -> dict[str, Ledger]:
        """The ledger of each metric."""
        start, end, line = self.start, self.end, self.line
        stayed, published = line == LIKE_FOR_LIKE, line == PUBLISHED
        newly_tracked, removed = line == NEWLY_TRACKED, line == REMOVED
        grows, uncounted = stayed | published, removed & self.uncounted
        interpolated = ((end.spread > 0) & grows) | ((start.spread > 0) & stayed)
        ends = self.ends()
        sums = _Sums(self)
        known, new = sums.of(end.count, stayed), sums.of(end.count, published)
        tracked, gone = sums.of(end.count, newly_tracked), sums.of(start.count, removed)
        before = sums.of(start.count, stayed)
        gained = sums.of(np.maximum(ends.gains, 0), grows)
        measured = ends.grows & ~end.carried
        unread = bool(newly_tracked.any() or end.carried.any())
        expected = self._expected(ends, measured) if unread else None
        hidden = None
        if self.rounding != EXACT:
            hidden = self._hidden(ends, measured & self._moves(ends))
        margins = margins_of_sum(ends, self.factors[1], expected, hidden)
        amounts = {
            "current": known + new + tracked,
            "previous": before + gone,
            "like_for_like": known - before,
            "published": new,
            "newly_tracked": tracked,
            "removed": gone,
            "corrections": sums.of(self.corrections, stayed),
            "gained": gained,
            "untracked": self._untracked(newly_tracked, expected),
            "below_squared": np.rint(margins.below),
            "above_squared": np.rint(margins.above),
            "blur_squared": np.rint(margins.blur),
            "videos": (line != NO_LINE).sum(axis=1),
            "carried": end.carried.sum(axis=1),
            "interpolated": interpolated.sum(axis=1),
            "uncounted": uncounted.sum(axis=1),
        }
        by_metric = zip(*(of_all.tolist() for of_all in amounts.values()), strict=True)
        return {
            metric: Ledger(**dict(zip(amounts, map(int, of_metric), strict=True)))
            for metric, of_metric in zip(VIDEO_METRICS, by_metric, strict=True)
        }

    def _moves(self, ends: Ends) -> Flags:
        """Where a counter is read finely enough to tell what it gained."""
        steps = self.rounding.down(self.end.count) + self.rounding.up(self.end.count)
        moves: Flags = (steps <= COARSE_STEP) & (ends.gains >= steps)
        return moves

    def _expected(self, ends: Ends, measured: Flags) -> list[Shares]:
        """By metric, what each video should have gained, given what the measured ones did."""
        return [
            expected_gains(counts, ends.gains[row], measured[row], self.published, self.window)
            for row, counts in enumerate(self.end.count)
        ]

    def _hidden(self, ends: Ends, measured: Flags) -> list[Expectation]:
        """The same of what counters hide that are rounded."""
        return [
            expectation(counts, ends.gains[row], measured[row], self.published, self.window)
            for row, counts in enumerate(self.end.count)
        ]

    def _untracked(
        self, newly_tracked: Flags, expected: list[Shares] | None
    ) -> npt.NDArray[np.float64]:
        """What newly tracked videos are thought to have gained in the window, by metric."""
        missed = np.zeros(len(newly_tracked))
        for row, of_metric in enumerate(expected or ()):
            its = newly_tracked[row]
            counts, first = self.end.count[row, its], self.first[row, its]
            # One whose first reading is of before the window, or not known, tells nothing itself.
            first_at = np.where(first >= 0, self.first_at[row, its], self.window.end)
            gains = missed_gains(counts, first, first_at, of_metric[its], self.window)
            # Where nothing else is measured it may be all that there is.
            missed[row] = np.minimum(gains, counts).sum()
        return np.rint(missed)

    def top(self, metric: str, count: int) -> Ids:
        """The rows of the videos that gained most of ``metric``, best first, gains only."""
        number = VIDEO_METRICS.index(metric)
        stayed = self.line[number] == LIKE_FOR_LIKE
        grows = stayed | (self.line[number] == PUBLISHED)
        gains = self.end.count[number] * grows - self.start.count[number] * stayed
        best = np.argsort(-gains, kind="stable")[:count]
        rows: Ids = best[gains[best] > 0]
        return rows

    def listed(self) -> Ids:
        """The rows of the videos that have a line in some metric, by id."""
        return np.flatnonzero((self.line != NO_LINE).any(axis=0))


class _Sums:
    """Sums over videos: in Python's integers where 64 bits may not hold them."""

    def __init__(self, of: Lines) -> None:
        parts = of.start.high, of.end.high, of.corrections
        largest = max(int(part.max(initial=0)) for part in parts)
        self._large = 2 * largest * len(of.ids) >= 2**63

    def of(self, counts: Counts, chosen: Flags) -> npt.NDArray[Any]:
        """By metric, over the chosen videos."""
        numbers = counts.astype(object) if self._large else counts
        sums: npt.NDArray[Any] = (numbers * chosen).sum(axis=1)  # half the time of a sum by mask
        return sums


def lines(videos: Videos, windows: Sequence[Window]) -> list[Lines]:
    """Where the videos stand in each of the windows whose ends they were loaded for."""
    values: dict[tuple[int, int], Values] = {}
    by_window = []
    for window in windows:
        gap = window.max_gap
        for at in (window.start, window.end):
            if (at, gap) not in values:
                values[at, gap] = videos.values(at, gap)
        end = videos.values_carried(window.end, gap, values[window.end, gap])
        by_window.append(_lines(videos, window, values[window.start, gap], end))
    return by_window


def _lines(videos: Videos, window: Window, start: Values, end: Values) -> Lines:
    new = videos.published > window.start
    known_then, known_now = (start.count >= 0) & ~new, end.count >= 0
    # One that is published after the window is 0 at its end, and has no part in it.
    published = known_now & new & (videos.published <= window.end)
    stayed = known_then & known_now
    newly_tracked, removed = known_now & ~(known_then | new), known_then & ~known_now
    line = np.full(known_now.shape, NO_LINE, np.int8)
    for number, chosen in enumerate((stayed, published, newly_tracked, removed)):
        line[chosen] = number
    corrections = _corrections(videos, window, start, end) * stayed
    uncounted, first = videos.brackets[window.end].uncounted, videos.brackets[window.start]
    return Lines(
        videos.ids,
        line,
        start,
        end,
        corrections,
        uncounted,
        videos.rounding,
        first.right_at,
        first.right,
        videos.published,
        videos.learned.factors(window.end),
        window,
    )


def _corrections(videos: Videos, window: Window, start: Values, end: Values) -> Counts:
    """The falls from the value at the start over the readings inside to the value at the end."""
    first, last = videos.brackets[window.start], videos.brackets[window.end]
    exact = last.right_at == window.end
    until = np.where(exact, last.right_at, last.left_at)
    before_end = np.where(exact, last.right, last.left)
    total = np.maximum(start.count - first.right, 0) + np.maximum(before_end - end.count, 0)
    total += videos.falls.inside(first.right_at, until)
    empty = first.right_at >= window.end
    falls: Counts = np.where(empty, np.maximum(start.count - end.count, 0), total)
    return falls
