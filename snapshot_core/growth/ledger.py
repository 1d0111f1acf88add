"""The ledger: growth split into lines that always add up, in exact integers.

    current - previous = like_for_like + published + newly_tracked - removed

A video belongs to one line. Ledgers of accounts add up to that of a user, so none of them can
disagree with another.
"""

from dataclasses import dataclass, fields
from math import sqrt
from operator import attrgetter
from typing import Final, Literal

Line = Literal["like_for_like", "published", "newly_tracked", "removed"]


@dataclass(frozen=True, slots=True)
class Ledger:
    """The growth of one counter in one window. All amounts are counts (integers)."""

    current: int = 0
    previous: int = 0
    like_for_like: int = 0
    published: int = 0
    newly_tracked: int = 0
    removed: int = 0
    corrections: int = 0
    gained: int = 0
    """What the videos gained that gained anything: coverage's numerator."""
    untracked: int = 0
    """What the newly tracked videos will have gained in the window, as far as can be told."""
    below_squared: int = 0
    """Of how far the true growth may lie below. The errors of accounts add as squares."""
    above_squared: int = 0
    blur_squared: int = 0
    """Of what the source's rounding hides."""
    videos: int = 0
    """Videos that have a value at either end."""
    carried: int = 0
    """Videos whose value at the end is carried forward from an earlier reading."""
    interpolated: int = 0
    """Videos with an end between two readings of which the count was not the same."""
    uncounted: int = 0
    """Videos of ``removed`` that are still listed, only without a count."""

    @property
    def growth(self) -> int:
        """What was gained: like for like and by new videos."""
        return self.like_for_like + self.published

    @property
    def gains(self) -> int:
        """What like-for-like would be without the platform's corrections."""
        return self.like_for_like + self.corrections

    @property
    def base(self) -> int:
        """What the percentage is of: the videos of the start that are still there."""
        return self.previous - self.removed

    @property
    def low(self) -> int:
        """The range holds the true growth in 9 of 10 cases."""
        return self.growth - round(sqrt(self.below_squared))

    @property
    def high(self) -> int:
        """The range's other end."""
        return self.growth + round(sqrt(self.above_squared))

    @property
    def resolution(self) -> int:
        """The part of it that is the source's rounding: a smaller growth may be none."""
        return round(sqrt(self.blur_squared))

    @property
    def coverage(self) -> float:
        """The share of what was gained that ``growth`` has: 0 to 1."""
        return self.gained / (self.gained + self.untracked) if self.untracked else 1.0

    def __add__(self, other: "Ledger") -> "Ledger":
        return Ledger(*(a + b for a, b in zip(_amounts(self), _amounts(other), strict=True)))


_amounts: Final = attrgetter(*(amount.name for amount in fields(Ledger)))

EMPTY: Final = Ledger()
