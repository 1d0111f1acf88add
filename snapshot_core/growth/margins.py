"""How far the growth of videos in a window may be from the truth: of each, and of their sum."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from snapshot_core.growth.bracket import Flags, Values
from snapshot_core.growth.expected import MIN_TRACKED_SECONDS, gains_by_age
from snapshot_core.growth.listing import Counts, Ids
from snapshot_core.growth.rounding import EXACT, Roundings
from snapshot_core.growth.shape import Shares
from snapshot_core.growth.uncertainty import carried_margin, margins, rounding_margin
from snapshot_core.growth.value import NEVER
from snapshot_core.windows import Window

Squares = npt.NDArray[np.float64]


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

    def blurs(self, metric: int, rows: Flags) -> tuple[tuple[Counts, Counts], ...]:
        """How far the true counts may lie below and above those at the start, and at the end."""
        down, up = self.rounding.down, self.rounding.up
        start = self.start.count * self.stayed
        then = (down(start) * self.stayed)[metric, rows], (up(start) * self.stayed)[metric, rows]
        return then, (down(self.end.count)[metric, rows], up(self.end.count)[metric, rows])


def squared_of_sum(
    ends: Ends, factor: float, expected: list[Shares] | None
) -> tuple[Squares, Squares]:
    """How far the true sums may lie below and above, squared. Shape (metrics,).

    The errors of interpolation are shared by an account's videos, so they add up as they are, by
    the ``factor`` of the account's total; those of rounding are not, and add as squares.
    ``expected``: what videos like each gained, by metric; not needed of an exact source's that
    were all read.
    """
    below, above = _bounded(factor, ends.end, ends.grows)
    down, up = _bounded(factor, ends.start, ends.stayed)
    lower, higher = below**2 + up**2, above**2 + down**2
    for metric, of_metric in enumerate(expected or ()):
        kept = ends.end.carried[metric] & ends.grows[metric]
        if kept.any():
            counts, ages = ends.end.count[metric, kept], ends.end.age[metric, kept]
            missed = carried_margin(counts, of_metric[kept], ages, ends.window.seconds)
            higher[metric] += missed.above**2
        grows = ends.grows[metric]
        if ends.rounding != EXACT and grows.any():
            start, end = ends.blurs(metric, grows)
            hidden = rounding_margin(start, end, ends.gains[metric, grows], of_metric[grows])
            lower[metric] += hidden.below**2
            higher[metric] += hidden.above**2
    return lower, higher


def _bounded(factor: float, values: Values, chosen: Flags) -> tuple[Squares, Squares]:
    """How far a sum may lie below and above, inside the sums of the hard bounds."""
    width = factor * (values.spread * chosen).sum(axis=1)
    below = ((values.count - values.low) * chosen).sum(axis=1, dtype=np.float64)
    above = ((values.high - values.count) * chosen).sum(axis=1, dtype=np.float64)
    return np.minimum(width, below), np.minimum(width, above)


def squared(ends: Ends, factor: float, published: Ids) -> tuple[Squares, Squares]:
    """The same of each video by itself. Shape (metrics, videos)."""
    of_end, of_start, gains = ends.end, ends.start, ends.gains
    below, above = margins(factor, of_end.spread, of_end.count, of_end.low, of_end.high)
    down, up = margins(factor, of_start.spread, of_start.count, of_start.low, of_start.high)
    lower: Squares = below**2 * ends.grows + up**2 * ends.stayed
    higher: Squares = above**2 * ends.grows + down**2 * ends.stayed
    if of_end.carried.any():
        higher += _missed(ends, published) ** 2 * (of_end.carried & ends.grows)
    if ends.rounding != EXACT:
        for metric in range(len(lower)):
            grows = ends.grows[metric]
            start, end = ends.blurs(metric, grows)
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
