"""The ledger: growth split into lines that always add up, in exact integers.

    current - previous = like_for_like + published + newly_tracked - removed

A video belongs to one line. A ledger is a sum over videos, so ledgers add: videos make an
account, accounts make a user, and none of them can disagree with another.
"""

from dataclasses import dataclass, fields
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
    low: int = 0
    high: int = 0
    resolution: int = 0
    known: int = 0
    """The part of ``current`` whose value at the start is known: coverage's numerator."""
    videos: int = 0
    """Videos that have a value at either end."""
    carried: int = 0
    """Videos whose value at the end is carried forward from an earlier reading."""
    interpolated: int = 0
    """Videos with an end too far from a reading to be as good as read."""
    uncounted: int = 0
    """Videos of ``removed`` that are still listed, only without a count."""
    withheld: int = 0
    """The part of ``removed`` that is theirs."""

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
    def coverage(self) -> float:
        """The share of the present value, new videos aside, whose start is known: 0 to 1.

        A listed video whose count is withheld has a present value too, only an unknown one;
        it weighs what it had at the start.
        """
        whole = self.known + self.newly_tracked + self.withheld
        return self.known / whole if whole else 1.0

    def __add__(self, other: "Ledger") -> "Ledger":
        return Ledger(*(a + b for a, b in zip(_amounts(self), _amounts(other), strict=True)))


_amounts: Final = attrgetter(*(amount.name for amount in fields(Ledger)))

EMPTY: Final = Ledger()
