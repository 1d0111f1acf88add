"""The readings around an instant, and the values of counters there: all videos at once.

Arrays have the shape (metrics, videos), metrics in the order of `VIDEO_METRICS`, or (videos,).
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from snapshot_core.growth.learned import NOTHING_LEARNED, Learned
from snapshot_core.growth.listing import UNKNOWN_COUNT, Counts, Ids
from snapshot_core.growth.rounding import Roundings
from snapshot_core.growth.shape import Shares
from snapshot_core.growth.uncertainty import spread
from snapshot_core.growth.value import LATER, NEVER
from snapshot_core.metrics import VIDEO_METRICS

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Bracket:
    """The accepted readings nearest to the instant ``at``, on either side of it.

    ``right`` may be of the instant itself; ``left`` is earlier, and need not be filled in where
    ``right`` is exact. A count is `UNKNOWN_COUNT` where there is no such reading.
    """

    at: int
    left_at: Counts
    left: Counts
    right_at: Counts
    right: Counts
    uncounted: Flags
    """Listed at the instant, but without this counter. Shape (metrics, videos)."""
    gone: Flags
    """Missed by two complete captures in a row, or more. Shape (videos,)."""

    @classmethod
    def empty(cls, at: int, videos: int) -> "Bracket":
        """A bracket of so many videos without a reading yet."""
        shape = len(VIDEO_METRICS), videos
        return cls(
            at,
            np.full(shape, NEVER),
            np.full(shape, UNKNOWN_COUNT),
            np.full(shape, LATER),
            np.full(shape, UNKNOWN_COUNT),
            np.zeros(shape, np.bool_),
            np.zeros(videos, np.bool_),
        )

    def add(self, read_at: Ids, rows: Ids, counts: Counts) -> None:
        """Take in accepted readings, oldest first, where they are nearer than those known.

        ``read_at`` and ``rows``, the positions of the videos, have the shape (readings,),
        ``counts`` has (metrics, readings); `UNKNOWN_COUNT` is no reading.
        """
        before = int(np.searchsorted(read_at, self.at))
        # Of several readings of a video the last one stays: it has to be the nearest.
        for part, instants, values, sign in (
            (slice(before), self.left_at, self.left, 1),
            (slice(before, None), self.right_at, self.right, -1),
        ):
            at, row, count = read_at[part][::sign], rows[part][::sign], counts[:, part][:, ::sign]
            nearer = (count >= 0) & (sign * instants.take(row, axis=1) < sign * at)
            metrics = np.flatnonzero(nearer.any(axis=1))
            if nearer[metrics].all():
                for known in metrics.tolist():
                    instants[known, row], values[known, row] = at, count[known]
            else:
                metric, place = np.nonzero(nearer)
                instants[metric, row[place]] = at[place]
                values[metric, row[place]] = count[metric, place]


@dataclass(frozen=True, slots=True)
class Values:
    """Counters at an instant. Arrays have the shape (metrics, videos)."""

    count: Counts
    """`UNKNOWN_COUNT` where the readings do not tell."""
    low: Counts
    high: Counts
    """What no count between the two readings lies beyond."""
    spread: Shares
    """`uncertainty.spread`; 0 where the count was read."""
    carried: Flags
    age: Counts
    """Seconds since the reading that is carried; 0 elsewhere."""

    def only(self, rows: slice | Ids) -> "Values":
        """Those of some videos."""
        return Values(*(getattr(self, column.name)[:, rows] for column in fields(self)))


@dataclass(frozen=True, slots=True)
class Falls:
    """Falls between consecutive accepted readings, dated by the later one. Shape (falls,)."""

    at: Ids
    metric: Ids
    """Positions in `VIDEO_METRICS`."""
    row: Ids
    """Positions of the videos."""
    amount: Counts

    def inside(self, after: Counts, until: Counts) -> Counts:
        """The sums of the falls of every counter after one instant, up to another."""
        total = np.zeros_like(after)
        counter = self.metric, self.row
        chosen = (self.at > after[counter]) & (self.at <= until[counter])
        np.add.at(total, (self.metric[chosen], self.row[chosen]), self.amount[chosen])
        return total


@dataclass(frozen=True, slots=True)
class Videos:
    """An account's videos with the readings around the ends of some windows."""

    ids: Ids
    published: Ids
    """`NEVER` where it is not known."""
    brackets: Mapping[int, Bracket]
    """By instant: around both ends of each window."""
    falls: Falls
    rounding: Roundings
    learned: Learned = NOTHING_LEARNED

    def values(self, at: int, max_gap: int) -> Values:
        """The values at ``at``, as `growth.value.value_at` tells them.

        0 before publication; the reading at ``at`` itself; else between the nearest readings
        on either side, if they are at most ``max_gap`` seconds apart. The publication is a
        reading of 0 where there is none before it.
        """
        bracket = self.brackets[at]
        first = bracket.left < 0
        left_at = np.where(first, self.published, bracket.left_at)
        left = np.where(first, 0, bracket.left)
        right_at, right = bracket.right_at, bracket.right
        exact = right_at == at
        between = (right_at - left_at <= max_gap) & (left_at <= at) & ~exact
        known = np.where(exact, right, UNKNOWN_COUNT)
        count, low, high, errors = known, known, known, np.zeros(known.shape)
        if between.any():
            # Elsewhere a bracket stands in that no result is taken from.
            latest = right_at.max(where=between, initial=at + 1)
            t0, t1 = np.where(between, left_at, at), np.where(between, right_at, latest)
            begin, end = (t0, left), (t1, np.where(between, right, left))
            metrics = np.flatnonzero(between.any(axis=1))  # a source may not give one at all
            ends = [(instants[metrics], counts[metrics]) for instants, counts in (begin, end)]
            shaped = self.learned.between(ends[0], ends[1], at, self.published)
            count, errors = known.copy(), np.zeros(known.shape)
            count[metrics] = np.where(between[metrics], shaped.count, known[metrics])
            gains = (ends[1][1] - ends[0][1]) * between[metrics]
            errors[metrics] = spread(gains, shaped.share, ends[1][0] - ends[0][0])
            low = np.where(between, np.minimum(left, right), known)
            # The moment of publication is 0 for certain, whatever followed.
            high = np.where(between, np.maximum(left, right) * (left_at < at), known)
        if (unpublished := self.published > at).any():
            count, low, high = (np.where(unpublished, 0, part) for part in (count, low, high))
            errors = np.where(unpublished, 0.0, errors)
        return Values(
            count, low, high, errors, np.zeros_like(exact), np.zeros(exact.shape, np.int64)
        )

    def values_carried(self, at: int, max_gap: int, values: Values) -> Values:
        """``values`` at ``at``, with the last reading where a video is listed no more but not
        gone, or its reading held back: for at most ``max_gap`` seconds.
        """
        bracket = self.brackets[at]
        age = at - bracket.left_at
        carried = (values.count < 0) & (bracket.left >= 0) & (age <= max_gap)
        carried &= ~(bracket.uncounted | bracket.gone)
        if not carried.any():
            return values
        last = {
            name: np.where(carried, bracket.left, getattr(values, name))
            for name in ("count", "low", "high")
        }
        return replace(values, **last, carried=carried, age=np.where(carried, age, 0))
