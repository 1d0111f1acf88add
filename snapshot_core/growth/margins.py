"""How far the growth of videos in a window may be from the truth: of each, and of their sum."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from snapshot_core.growth.bracket import Flags, Values
from snapshot_core.growth.expected import MIN_TRACKED_SECONDS, Expectation, gains_by_age
from snapshot_core.growth.listing import Counts, Ids
from snapshot_core.growth.rounding import EXACT, Roundings
from snapshot_core.growth.shape import Shares
from snapshot_core.growth.uncertainty import carried_margin, margins
from snapshot_core.growth.value import NEVER
from snapshot_core.windows import Window

Squares = npt.NDArray[np.float64]

UNIFORM: Final = 3.0
"""Half a step, squared, by the variance of what lies anywhere in it."""


@dataclass(frozen=True, slots=True)
class Ends:
    """What growth is the difference of. Arrays have the shape (metrics, videos)."""

    start: Values
    end: Values
    stayed: Flags
    """The videos that have a growth and a value at the start."""
    grows: Flags
    """Those, and the ones published since."""
    gains: Counts
    """The growth of each; 0 where it has none."""
    rounding: Roundings
    window: Window

    def blurs(self) -> list[list[Counts]]:
        """How far the true counts may lie below and above those at the start, and at the end."""
        down, up = self.rounding.down, self.rounding.up
        start = self.start.count * self.stayed
        return [
            [down(start) * self.stayed, up(start) * self.stayed],
            [down(self.end.count), up(self.end.count)],
        ]


@dataclass(frozen=True, slots=True)
class RoundingMargin:
    """How far rounding hides the truth of a sum of gains."""

    shift: float
    """How much more than what was read was gained, most likely; negative where it was less."""
    below: float
    """The square of how far the truth may lie below that, and above it."""
    above: float
    read: float
    """What was read to be gained. What grew did not grow by less than nothing."""
    blur: float
    """The square of the least sum that can be told from none, beside the shift."""
    believed: Shares
    """The part of each gain that is believed: 0 to 1. Shape (videos,)."""


def rounding_margin(
    start: tuple[Counts, Counts], end: tuple[Counts, Counts], gains: Counts, expected: Expectation
) -> RoundingMargin:
    """Of a sum of gains between rounded readings. Arrays of shape (videos,).

    ``start`` and ``end``: how far the true counts may lie below and above the readings (0 where
    they are exact, or where a video began in the window). Those of different videos are
    independent. A gain is known twice, by its readings and by what is ``expected`` of it: the
    surer of the two weighs more, each by the inverse of its square error.
    """
    below, above = (
        np.square(end[side], dtype=np.float64) + np.square(start[1 - side], dtype=np.float64)
        for side in (0, 1)
    )
    steps = end[0] + end[1]
    guessed = (expected.gains > 0) & (expected.gains < np.inf) & (gains >= 0) & (steps > 0)
    likely = np.where(guessed, expected.gains, 0.0)
    # Read at all, a gain of less than a step is off by a whole one, once in step / gain windows.
    seldom = np.where(guessed, UNIFORM * steps * likely, np.inf)
    wide = np.maximum(below, above)
    by_reading = np.minimum(wide, seldom)
    by_age = UNIFORM * expected.own * np.square(likely)
    weights = np.divide(by_reading, by_reading + by_age, out=np.zeros_like(likely), where=guessed)
    shifts = np.clip(weights * (likely - gains), -steps, steps)
    left = 1.0 - weights
    shared = UNIFORM * expected.shared * float((weights * likely).sum()) ** 2
    width = np.maximum(end[1] + start[0], end[0] + start[1])
    part = np.divide(by_reading * left, wide, out=np.zeros_like(wide), where=wide > 0)
    believed = np.divide(gains + shifts, gains, out=np.ones_like(wide), where=gains > 0)
    return RoundingMargin(
        shift=float(shifts.sum()),
        below=float((np.minimum(by_reading, below) * left).sum()) + shared,
        above=float((np.minimum(by_reading, above) * left).sum()) + shared,
        read=float(np.where(gains >= 0, gains, width).sum(dtype=np.float64)),
        blur=float((np.square(width, dtype=np.float64) * part).sum()) + 2.0 * shared,
        believed=np.clip(believed, 0.0, 1.0),
    )


@dataclass(frozen=True, slots=True)
class SumMargins:
    """How far true sums may lie below and above, squared. Shape (metrics,)."""

    below: Squares
    above: Squares
    blur: Squares
    """Of the least sums that a source's rounding can tell from none."""


def margins_of_sum(
    ends: Ends, factor: float, expected: list[Shares] | None, hidden: list[Expectation] | None
) -> SumMargins:
    """Of the growth of all videos together.

    The errors of interpolation are shared by an account's videos, so they add up as they are, by
    the ``factor`` of the account's total; those of rounding are not, and add as squares.
    ``expected``: what videos like each gained, by metric; not needed where all were read.
    ``hidden``: the same, as far as counters tell that moved; not needed of an exact source's.
    """
    rounded = _rounding(ends, hidden) if hidden else []
    spreads = ends.end.spread * ends.grows, ends.start.spread * ends.stayed
    for row, margin in enumerate(rounded):
        # Of a full step that was read, only what is believed may have come at another time.
        for of_end in spreads:
            of_end[row, ends.grows[row]] *= margin.believed
    below, above = _bounded(factor, ends.end, ends.grows, spreads[0])
    down, up = _bounded(factor, ends.start, ends.stayed, spreads[1])
    lower, higher, blur = below**2 + up**2, above**2 + down**2, np.zeros(len(below))
    for metric, of_metric in enumerate(expected or ()):
        carried = ends.end.carried[metric] & ends.grows[metric]
        if carried.any():
            counts, ages = ends.end.count[metric, carried], ends.end.age[metric, carried]
            missed = carried_margin(counts, of_metric[carried], ages, ends.window.seconds)
            higher[metric] += missed.above**2
    for row, margin in enumerate(rounded):
        least, most = max(-margin.shift, 0.0), max(margin.shift, 0.0)
        lowest = margin.read + sqrt(lower[row])
        lower[row] = min(least + sqrt(lower[row] + margin.below), lowest) ** 2
        higher[row] = (most + sqrt(higher[row] + margin.above)) ** 2
        blur[row] = (least + sqrt(margin.blur)) ** 2
    return SumMargins(lower, higher, blur)


def _rounding(ends: Ends, hidden: list[Expectation]) -> list[RoundingMargin]:
    """Of each counter."""
    blurs, margins_of = ends.blurs(), []
    for row, expected in enumerate(hidden):
        grows = ends.grows[row]
        start, end = ((below[row, grows], above[row, grows]) for below, above in blurs)
        margins_of.append(rounding_margin(start, end, ends.gains[row, grows], expected.only(grows)))
    return margins_of


def _bounded(
    factor: float, values: Values, chosen: Flags, spreads: Shares
) -> tuple[Squares, Squares]:
    """How far a sum may lie below and above, inside the sums of the hard bounds."""
    width = factor * spreads.sum(axis=1)
    below = ((values.count - values.low) * chosen).sum(axis=1, dtype=np.float64)
    above = ((values.high - values.count) * chosen).sum(axis=1, dtype=np.float64)
    return np.minimum(width, below), np.minimum(width, above)


def squared(ends: Ends, factor: float, published: Ids) -> tuple[Squares, Squares]:
    """How far the truth of each video may lie below and above. Shape (metrics, videos)."""
    of_end, of_start, gains = ends.end, ends.start, ends.gains
    below, above = margins(factor, of_end.spread, of_end.count, of_end.low, of_end.high)
    down, up = margins(factor, of_start.spread, of_start.count, of_start.low, of_start.high)
    lower: Squares = below**2 * ends.grows + up**2 * ends.stayed
    higher: Squares = above**2 * ends.grows + down**2 * ends.stayed
    if of_end.carried.any():
        higher += _missed(ends, published) ** 2 * (of_end.carried & ends.grows)
    if ends.rounding != EXACT:
        blurs = ends.blurs()
        for metric in range(len(lower)):
            grows = ends.grows[metric]
            start, end = ([side[metric, grows] for side in sides] for sides in blurs)
            own = gains[metric, grows]
            least = np.square(end[0], dtype=np.float64) + np.square(start[1], dtype=np.float64)
            # What grew did not grow by less than nothing.
            lower[metric, grows] += np.where(own >= 0, np.minimum(least, own**2.0), least)
            higher[metric, grows] += np.square(end[1], dtype=np.float64)
            higher[metric, grows] += np.square(start[0], dtype=np.float64)
    return lower, higher


def _missed(ends: Ends, published: Ids) -> Shares:
    """What each carried video may have gained since its last reading: as much as before it, or by
    its age where it was not read for long before.
    """
    counts, age = ends.end.count, ends.end.age
    read_for = ends.window.seconds - age
    pace = np.maximum(ends.gains, 0) / np.maximum(read_for, 1)
    dated = (published != NEVER) & (published < ends.window.end)
    parts = gains_by_age(np.ones_like(published), published, ends.window)
    by_age = np.maximum(counts, 0) * np.where(dated, parts, 1.0) / ends.window.seconds
    missed: Shares = np.where(read_for >= MIN_TRACKED_SECONDS, pace, by_age) * age
    return np.minimum(missed, np.maximum(counts, 0))
