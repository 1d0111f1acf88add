"""What an account's readings have taught so far, and counts shaped by it."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np

from snapshot_core.growth.listing import Counts
from snapshot_core.growth.shape import (
    RHYTHM_SPAN_SECONDS,
    Instants,
    Rhythm,
    Shaped,
    between,
    share,
)
from snapshot_core.growth.uncertainty import UNLEARNED_FACTOR
from snapshot_core.growth.value import NEVER, ShareAt


@dataclass(frozen=True, slots=True)
class Learned:
    """An account's rhythms, each from an instant on until the next one's."""

    since: Sequence[int] = ()
    """Ascending (UTC seconds)."""
    rhythms: Sequence[Rhythm] = ()
    video_factors: Sequence[float] = ()
    """Of the range, for single videos."""
    total_factors: Sequence[float] = ()
    """The same for sums over the account's videos."""

    def between(
        self,
        left: tuple[Instants, Counts],
        right: tuple[Instants, Counts],
        at: int,
        published: Instants,
    ) -> Shaped:
        """`shape.between` with the rhythm that held at each right end."""
        first, last = (self._number(int(end)) for end in (right[0].min(), right[0].max()))
        if first == last:  # nearly always: it is asked for thousands of videos at once
            return between(left, right, at, published, self._rhythm(first))
        held = np.searchsorted(self.since, right[0], "right") - 1
        count, shares = np.empty_like(left[1]), np.empty(left[1].shape)
        for number in np.unique(held).tolist():
            its = np.flatnonzero(held == number)
            some = [(instants[its], counts[..., its]) for instants, counts in (left, right)]
            part = between(some[0], some[1], at, published[its], self._rhythm(number))
            count[..., its], shares[..., its] = part.count, part.share
        return Shaped(count, shares)

    def share_at(self, published_at: int | None = None) -> ShareAt:
        """The shares of one counter: a video's, or the account's own where nothing is published."""

        def share_of(left_at: int, at: int, right_at: int) -> float | None:
            rhythm = self._rhythm(self._number(right_at))
            if published_at is None:
                if rhythm is None or right_at - left_at > RHYTHM_SPAN_SECONDS:
                    return None
                return _share(left_at, at, right_at, NEVER, rhythm)
            return _share(left_at, at, right_at, published_at, rhythm)

        return share_of

    def factors(self, at: int) -> tuple[float, float]:
        """What the range's spread is multiplied with at an instant: for videos, for their sum."""
        number = self._number(at)
        if number < 0:
            return UNLEARNED_FACTOR, UNLEARNED_FACTOR
        return self.video_factors[number], self.total_factors[number]

    def _number(self, at: int) -> int:
        """The position of the lesson that holds at an instant; -1 before the first."""
        return bisect_right(self.since, at) - 1

    def _rhythm(self, number: int) -> Rhythm | None:
        """The one at a position; None before the first."""
        return None if number < 0 else self.rhythms[number]


NOTHING_LEARNED: Final = Learned()


@lru_cache(maxsize=4_096)
def _share(left_at: int, at: int, right_at: int, published: int, rhythm: Rhythm | None) -> float:
    """`shape.share` of one bracket. The counters of an account have theirs at the same instants."""
    begin, end, since = np.array([[left_at], [right_at], [published]], np.int64)
    return float(share(begin, at, end, since, rhythm)[0])
