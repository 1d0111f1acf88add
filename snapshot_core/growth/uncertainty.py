"""How far a growth may be from the truth: margins that hold in 9 of 10 cases.

Between two readings a counter is known no better than a walk that is pinned at both ends: its
error grows with the square root of the time to the nearer one. By how much is learned, as a
factor, from readings that other readings would have had to guess.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import hypot, sqrt
from typing import Final

import numpy as np
import numpy.typing as npt

from snapshot_core.growth.listing import Counts
from snapshot_core.growth.shape import Instants, Rhythm, Shares, share
from snapshot_core.windows import DAY, HOUR

UNLEARNED_FACTOR: Final = 1.0
"""Of which half a day from two readings of a day apart anything between them may be true."""

MIN_CASES: Final = 30
"""Cases without which there is no factor of an account's own."""

CONFIDENCE: Final = 0.9
"""The part of the cases in which the truth lies inside the range."""

CASE_SPAN_SECONDS: Final = (DAY - 3 * HOUR, DAY + 3 * HOUR)
"""How far apart the readings are that a case guesses between."""

CASE_STEP_SECONDS: Final = 2 * HOUR
"""The least time between two cases: closer ones would tell the same twice."""

MAX_CASE_BRACKETS: Final = 60
"""The latest so many: a week read every three hours."""


@dataclass(frozen=True, slots=True)
class Margin:
    """How far the truth may lie below and above a number. Margins of independent errors add."""

    below: float = 0.0
    above: float = 0.0

    def __add__(self, other: "Margin") -> "Margin":
        return Margin(hypot(self.below, other.below), hypot(self.above, other.above))

    def __neg__(self) -> "Margin":
        """Of the number's negative: what a growth has of its start."""
        return Margin(self.above, self.below)

    def within(self, below: float, above: float) -> "Margin":
        """Not beyond hard bounds that lie so far below and above the number."""
        return Margin(min(self.below, max(below, 0.0)), min(self.above, max(above, 0.0)))


def spread(gains: Counts, shares: Shares, spans: Instants) -> Shares:
    """The error of counts between readings, to be multiplied by a learned factor. Counts.

    ``gains``: from the reading before to the one after, ``shares``: the part expected by then,
    ``spans``: the seconds between the two. Arrays of one shape. With a factor of 1 and readings
    a day apart it reaches from one of them to the other at half the gain.
    """
    # Chance weighs more in a shorter bracket (its root), what a rhythm gets wrong does not.
    often = np.cbrt(DAY / np.maximum(spans, 1))
    errors: Shares = 2.0 * np.abs(gains) * np.sqrt(shares * (1.0 - shares)) * often
    return errors


def margins(
    factor: float, spreads: Shares, counts: Counts, low: Counts, high: Counts
) -> tuple[Shares, Shares]:
    """How far the truth may lie below and above each count, inside its hard bounds."""
    widths = factor * spreads
    return np.minimum(widths, counts - low), np.minimum(widths, high - counts)


def total_margin(
    factor: float, spreads: Shares, counts: Counts, low: Counts, high: Counts
) -> Margin:
    """Of a sum of counts at one end, by the factor of totals: their error is a shared one.

    Arrays of shape (videos,). The end of a window has this margin, its start the negative.
    """
    width = factor * float(spreads.sum())
    below, above = float((counts - low).sum()), float((high - counts).sum())
    return Margin(width, width).within(below, above)


def carried_margin(counts: Counts, expected: Shares, ages: Instants, seconds: int) -> Margin:
    """Of the last readings of videos, kept for ``ages`` seconds: they miss what was gained since.

    ``expected``: what such videos gain in ``seconds``; the whole count where nothing tells.
    """
    missed = np.minimum(expected * (ages / seconds), counts)
    return Margin(0.0, float(missed.sum()))


@dataclass(frozen=True, slots=True)
class Cases:
    """Errors of readings guessed from those a day apart, by their `spread`."""

    videos: Shares
    """Of each video's."""
    totals: Shares
    """Of what the videos have together."""
    days: int
    """On how many days the guesses began."""

    def __add__(self, other: "Cases") -> "Cases":
        return Cases(
            np.concatenate((self.videos, other.videos)),
            np.concatenate((self.totals, other.totals)),
            self.days + other.days,
        )


NO_CASES: Final = Cases(np.empty(0), np.empty(0), 0)


def cases(
    at: Instants,
    counts: Counts,
    published: Instants,
    rhythm_without: Callable[[int, int], Rhythm | None],
) -> Cases:
    """What readings close to each other tell of guesses across them.

    ``at``: (readings,), ascending; ``counts``: (readings, videos), negative where not read;
    ``published``: (videos,). ``rhythm_without`` tells the rhythm as it would have been learned
    without what lies between two instants.
    """
    videos: list[Shares] = []
    totals: list[float] = []
    days = set()
    for left, right in _brackets(at):
        begin, gains = counts[left], counts[right] - counts[left]
        known = (begin >= 0) & (gains >= 0) & (counts[right] >= 0) & (published <= at[left])
        rhythm = rhythm_without(int(at[left]), int(at[right]))
        for case in _apart(at, left, right):
            rows = np.flatnonzero(known & (counts[case] >= 0))
            if not len(rows):
                continue
            begins, ends = (np.full(len(rows), at[end]) for end in (left, right))
            shares = share(begins, int(at[case]), ends, published[rows], rhythm)
            errors = counts[case, rows] - begin[rows] - gains[rows] * shares
            spreads = spread(gains[rows], shares, ends - begins)
            moved = spreads > 0
            if moved.any():
                videos.append(np.abs(errors[moved]) / spreads[moved])
                totals.append(float(abs(errors.sum()) / spreads.sum()))
                days.add(int(at[left]) // DAY)
    if not totals:
        return NO_CASES
    return Cases(np.concatenate(videos), np.array(totals), len(days))


def learned_factor(ratios: Shares, days: int) -> float | None:
    """What the spread is to be multiplied with for 9 of 10; None where too few cases tell.

    Few days say little of the next one: hence the standard error of a prediction.
    """
    if len(ratios) < MIN_CASES:
        return None
    return float(np.quantile(ratios, CONFIDENCE)) * sqrt(1.0 + 1.0 / days)


def _brackets(at: Instants) -> list[tuple[int, int]]:
    """The latest pairs of readings about a day apart with others between, as positions."""
    pairs: list[tuple[int, int]] = []
    for left in _apart(at, -1, len(at)):
        right = int(np.abs(at - (at[left] + DAY)).argmin())
        low, high = CASE_SPAN_SECONDS
        if low <= at[right] - at[left] <= high and right - left > 1:
            pairs.append((left, right))
    return pairs[-MAX_CASE_BRACKETS:]


def _apart(at: npt.NDArray[np.int64], left: int, right: int) -> list[int]:
    """The positions between two, leaving out what is too close to the one before."""
    chosen: list[int] = []
    last = at[left] if left >= 0 else None
    for position in range(left + 1, right):
        if last is None or at[position] - last >= CASE_STEP_SECONDS:
            chosen.append(position)
            last = at[position]
    return chosen
