"""The value of a counter at an instant, from the readings around it.

Counter semantics: a video's counters are cumulative and *may* fall (the platform removes
spam views, people take likes back). A fall is a fact, never a reset.
"""

from bisect import bisect_left
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import floor
from typing import Final, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

WIDE_SPAN_SECONDS: Final = 7_200
"""Seconds between two readings up to which a count between them is as good as read."""

NEAR_READING_SECONDS: Final = 900
"""Seconds from a reading up to which it is, however far away the other one."""

NEVER: Final = -(2**61)
"""The instant of a reading before all others that does not exist, and of no publication."""

LATER: Final = 2**61
"""The instant of a reading after all others that does not exist."""

_Number = TypeVar("_Number", int, npt.NDArray[np.int64])

Series: TypeAlias = Sequence[tuple[int, int]]
"""Accepted readings of one counter: ``(instant, count)``, oldest first, instants unique."""

ShareAt: TypeAlias = Callable[[int, int, int], float | None]
"""The part of a gain between two readings, ``(left_at, at, right_at)``, that is expected by an
instant; None for that of the straight line."""


@dataclass(frozen=True, slots=True)
class Value:
    """A count at an instant, with the bounds that the bracketing readings give it."""

    count: int
    low: int
    high: int
    distance: int = 0
    """Seconds to the nearest reading; 0 where the count was read, not interpolated."""
    bracket: int = field(default=0, compare=False)
    """Seconds between the two readings it lies between."""
    carried: bool = False
    share: float = field(default=0.0, compare=False)
    """The part of the gain between the two that came before it."""

    @property
    def estimated(self) -> bool:
        """Whether a creator should be told that this count was not read."""
        return self.carried or is_estimate(self.bracket, self.distance)


def is_estimate(bracket: int, distance: int) -> bool:
    """Whether a count ``distance`` seconds from a reading, inside ``bracket``, is a guess.

    Measured on real counters (docs/decisions/estimated.md): a quarter of an hour from a
    reading the error is that of two-hour brackets, an hour from it five times that.
    """
    return bracket > WIDE_SPAN_SECONDS and distance > NEAR_READING_SECONDS


def interpolate(left: tuple[_Number, _Number], right: tuple[_Number, _Number], at: int) -> _Number:
    """The count on the straight line between two readings, halves rounded up, exactly.

    Of integers, or of arrays of one shape. It divides before it multiplies, so that counts up
    to 2^53 and their products fit an array's 64 bits.
    """
    (t0, c0), (t1, c1) = left, right
    span, passed = t1 - t0, at - t0
    rate = (c1 - c0) // span
    rest = (c1 - c0) - rate * span
    count: _Number = c0 + rate * passed + (2 * rest * passed + span) // (2 * span)
    return count


def straight(left_at: int, at: int, right_at: int) -> None:
    """The `ShareAt` of the straight line."""


def value_at(
    series: Series,
    at: int,
    max_gap: int,
    published_at: int | None = None,
    share_at: ShareAt = straight,
) -> Value | None:
    """The value at ``at``, or None where the readings do not tell.

    0 before publication; the reading at ``at`` itself; else between the nearest readings on
    either side, if they are at most ``max_gap`` seconds apart. The publication is a reading of 0
    when the first real one follows within ``max_gap``. A fall is a straight line.
    """
    if published_at is not None and at < published_at:
        return Value(0, 0, 0)
    position = bisect_left(series, at, key=lambda reading: reading[0])
    if position == len(series):
        return None
    right = series[position]
    if right[0] == at:
        return Value(right[1], right[1], right[1])
    if position:
        left = series[position - 1]
    elif published_at is not None and published_at < right[0]:
        left = (published_at, 0)
    else:
        return None
    if right[0] - left[0] > max_gap:
        return None
    if left[0] == at:  # the moment of publication: 0 for certain, whatever followed
        return Value(0, 0, 0)
    gain = right[1] - left[1]
    share = share_at(left[0], at, right[0]) if gain > 0 else None
    if share is None:
        shaped, share = interpolate(left, right, at), (at - left[0]) / (right[0] - left[0])
    else:
        shaped = left[1] + min(floor(gain * share + 0.5), gain)
    return Value(
        shaped,
        min(left[1], right[1]),
        max(left[1], right[1]),
        distance=min(at - left[0], right[0] - at),
        bracket=right[0] - left[0],
        share=share,
    )


def carried_to(series: Series, at: int, max_gap: int) -> Value | None:
    """The last reading at or before ``at``, kept for at most ``max_gap`` seconds."""
    position = bisect_left(series, at + 1, key=lambda reading: reading[0])
    if not position or at - series[position - 1][0] > max_gap:
        return None
    read_at, count = series[position - 1]
    return Value(count, count, count, distance=at - read_at, carried=True)
