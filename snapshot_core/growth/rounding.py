"""How far the true count may lie from a reading of it: platforms round some of their counters."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Final, TypeVar

import numpy as np

from snapshot_core.growth.listing import Counts
from snapshot_core.metrics import VIDEO_METRICS

_Number = TypeVar("_Number", int, Counts)

_MOST_DIGITS: Final = 18
"""Of the counts that 64 bits hold."""


class Rounding(Enum):
    """How a platform rounds a counter.

    The methods take integers, or arrays of one shape.
    """

    EXACT = "every unit shows"
    WEB = "to the nearest 100 from 10,000 on, to the nearest 100,000 from 1,000,000 on"
    """Of TikTok's public profiles."""
    THREE_DIGITS = "cut down to three significant digits"
    """Of YouTube's subscribers."""

    def down(self, count: _Number) -> _Number:
        """How far the true count may lie below ``count``."""
        return _half_step(count) if self is Rounding.WEB else 0 * count

    def up(self, count: _Number) -> _Number:
        """How far the true count may lie above ``count``."""
        return _third_digit(count) if self is Rounding.THREE_DIGITS else self.down(count)

    def resolution(self, start: _Number, end: _Number) -> _Number:
        """How far the true growth may lie from ``end - start``, on the side where it is farther."""
        above = self.up(end) + self.down(start)
        below = self.down(end) + self.up(start)
        farther: _Number = below + (above - below) * (above > below)
        return farther


@dataclass(frozen=True, slots=True)
class Roundings:
    """How the counters of an account are rounded; one that is not named is exact.

    The methods take counts of videos in the shape (metrics, videos), metrics in the order of
    `VIDEO_METRICS`.
    """

    by_metric: Mapping[str, Rounding]

    def of(self, metric: str) -> Rounding:
        """How one counter is rounded."""
        return self.by_metric.get(metric, Rounding.EXACT)

    def down(self, counts: Counts) -> Counts:
        """How far the true counts may lie below ``counts``."""
        below = np.zeros_like(counts)
        for row, rounding in self._of_rows():
            below[row] = rounding.down(counts[row])
        return below

    def up(self, counts: Counts) -> Counts:
        """How far the true counts may lie above ``counts``."""
        above = np.zeros_like(counts)
        for row, rounding in self._of_rows():
            above[row] = rounding.up(counts[row])
        return above

    def resolution(self, start: Counts, end: Counts) -> Counts:
        """How far the true growth may lie from ``end - start``, on the side where it is farther."""
        blur = np.zeros_like(end)
        for row, rounding in self._of_rows():
            blur[row] = rounding.resolution(start[row], end[row])
        return blur

    def _of_rows(self) -> Iterator[tuple[int, Rounding]]:
        for row, metric in enumerate(VIDEO_METRICS):
            if (rounding := self.of(metric)) is not Rounding.EXACT:
                yield row, rounding


EXACT: Final = Roundings({})
"""Of a source that rounds nothing."""
WEB: Final = Roundings(dict.fromkeys(VIDEO_METRICS, Rounding.WEB))
"""Of TikTok's public profiles, whatever way their readings came."""


def looks_rounded(counts: list[int]) -> bool:
    """Whether readings of unknown origin bear the marks of TikTok's public profiles.

    Twenty counts from 10,000 up that all end in 00 do not happen by chance (1 in 10^40).
    """
    large = [count for count in counts if count >= 10_000]
    return len(large) >= 20 and all(count % 100 == 0 for count in large)


def _half_step(count: _Number) -> _Number:
    return 50 * (count >= 10_000) + 49_950 * (count >= 1_000_000)


def _third_digit(count: _Number) -> _Number:
    """The size of one in the third digit of ``count``; 0 where it has no more than three."""
    size = 10 * (count >= 1_000)
    for digits in range(5, _MOST_DIGITS + 1):
        size = size + 9 * 10 ** (digits - 4) * (count >= 10 ** (digits - 1))
    return size
