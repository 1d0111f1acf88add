"""The readings around an instant, and the values of counters there: all videos at once.

Arrays have the shape (metrics, videos), metrics in the order of `VIDEO_METRICS`, or (videos,).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace

import numpy as np
import numpy.typing as npt

from snapshot_core.growth.listing import UNKNOWN_COUNT, Counts, Ids
from snapshot_core.growth.rhythms.learned import NOTHING_LEARNED, Learned
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
    ``right`` is exact. Where there is no such reading, its count is `UNKNOWN_COUNT` and its
    instant `NEVER` or `LATER`.
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

    def read_together(self) -> Iterator[Ids]:
        """The metrics, by those whose readings are of the same instants: nearly always all."""
        metrics = np.arange(len(self.left_at))
        while len(metrics):
            left_at, right_at = self.left_at[metrics], self.right_at[metrics]
            same = ((left_at == left_at[0]) & (right_at == right_at[0])).all(axis=1)
            yield metrics[same]
            metrics = metrics[~same]


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

    @classmethod
    def unknown(cls, shape: tuple[int, ...]) -> "Values":
        """Of readings that tell nothing yet."""
        count, low, high = (np.full(shape, UNKNOWN_COUNT) for _ in range(3))
        carried, age = np.zeros(shape, np.bool_), np.zeros(shape, np.int64)
        return cls(count, low, high, np.zeros(shape), carried, age)

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
        bracket, values = self.brackets[at], Values.unknown(self.brackets[at].left.shape)
        for metrics in bracket.read_together():
            left_at, right_at = bracket.left_at[metrics[0]], bracket.right_at[metrics[0]]
            if (right_at == LATER).all():  # a source may not give a counter at all
                continue
            left, right = bracket.left[metrics], bracket.right[metrics]
            first = left_at == NEVER
            left_at, left = np.where(first, self.published, left_at), np.where(first, 0, left)
            exact = right_at == at
            between = (right_at - left_at <= max_gap) & (left_at <= at) & ~exact
            count = low = high = np.where(exact, right, UNKNOWN_COUNT)
            if between.any():
                # Elsewhere a bracket stands in that no result is taken from.
                latest = right_at.max(where=between, initial=at + 1)
                begin = np.where(between, left_at, at), left
                end = np.where(between, right_at, latest), np.where(between, right, left)
                shaped = self.learned.between(begin, end, at, self.published)
                values.spread[metrics] = spread(end[1] - left, shaped.share, end[0] - begin[0])
                low = np.where(between, np.minimum(left, right), low)
                # The moment of publication is 0 for certain, whatever followed.
                high = np.where(between, np.maximum(left, right) * (left_at < at), high)
                count = np.where(between, shaped.count, count)
            values.count[metrics], values.low[metrics], values.high[metrics] = count, low, high
        unpublished = np.flatnonzero(self.published > at)
        for of_all in (values.count, values.low, values.high, values.spread):
            of_all[:, unpublished] = 0
        return values

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
