"""What an account's captures teach of its hours, and from when on it holds.

A lesson comes of the short brackets up to a complete capture and holds from that instant on. The
first comes as soon as there is enough to learn from, the others with the first complete capture of
a local day: so the last hours of a learning day teach too, whatever is read after them.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from snapshot_core.growth.listing import UNKNOWN_COUNT, Counts
from snapshot_core.growth.rhythms.rhythm import (
    LAUNCH_SECONDS,
    LEARNING_WINDOW_SECONDS,
    HourlyGains,
    hourly_gains,
    is_enough,
    leaps,
    learn,
    learn_without,
    pool,
)
from snapshot_core.growth.shape import Instants, Rhythm, Shares
from snapshot_core.growth.uncertainty import (
    MIN_CASES,
    NO_CASES,
    UNLEARNED_FACTOR,
    cases,
    learned_factor,
)
from snapshot_core.growth.value import NEVER
from snapshot_core.windows import local_date

MAX_CASE_CAPTURES: Final = 192
"""The latest that the factors of the range are learned from: eight days of one an hour."""

CountsOf = Callable[[Instants, int], tuple[Counts, Instants]]
"""The views of some videos at the captures of some instants, (captures, videos), and when each was
published: videos that were there by the instant that is given second."""


@dataclass(frozen=True, slots=True)
class ShortBrackets:
    """Short brackets of an account, oldest first. Shape (brackets,)."""

    begins: Instants
    ends: Instants
    gains: Counts

    def part(self, begin: int, end: int) -> "ShortBrackets":
        """Those at some positions."""
        some = slice(begin, end)
        return ShortBrackets(self.begins[some], self.ends[some], self.gains[some])

    def upto(self, at: int) -> "ShortBrackets":
        """Those that are learned from at an instant."""
        first, end = np.searchsorted(self.ends, (at - LEARNING_WINDOW_SECONDS, at + 1)).tolist()
        return self.part(first, end)

    def by_hour(self, zone: ZoneInfo) -> HourlyGains:
        """What was gained by local hour."""
        return hourly_gains(self.begins, self.ends, self.gains, zone)

    def chains(self) -> Iterator["ShortBrackets"]:
        """Those that follow one another without a gap, together."""
        if not len(self.ends):
            return
        gaps = np.flatnonzero(self.begins[1:] != self.ends[:-1]) + 1
        limits = [0, *gaps.tolist(), len(self.ends)]
        for begin, end in pairwise(limits):
            yield self.part(begin, end)

    @property
    def instants(self) -> Instants:
        """Of the captures of a chain."""
        return np.append(self.begins[:1], self.ends)


@dataclass(frozen=True, slots=True)
class Pooled:
    """What the accounts of a platform and zone have learned together."""

    hours: Shares | None = None
    """24 values; None where they have learned nothing."""
    video_factor: float = UNLEARNED_FACTOR
    total_factor: float = UNLEARNED_FACTOR


@dataclass(frozen=True, slots=True)
class Lesson:
    """What holds of an account from an instant on, and how many cases its factors come from."""

    since: int
    rhythm: Rhythm
    video_factor: float
    total_factor: float
    video_cases: int = 0
    total_cases: int = 0


def pool_lessons(gains: Sequence[HourlyGains], latest: Sequence[Lesson]) -> Pooled | None:
    """What accounts of a platform and zone teach together; None where they teach no rhythm.

    ``gains``: of each account, however little; ``latest``: of those that have learned.
    """
    hours = pool(gains)
    if hours is None:
        return None
    of_videos = [(lesson.video_factor, lesson.video_cases) for lesson in latest]
    of_totals = [(lesson.total_factor, lesson.total_cases) for lesson in latest]
    return Pooled(hours, _middle(of_videos), _middle(of_totals))


def _middle(factors: Iterable[tuple[float, int]]) -> float:
    """The median of those that come from enough cases of their own."""
    own = [factor for factor, cases in factors if cases >= MIN_CASES]
    return median(own) if own else UNLEARNED_FACTOR


@dataclass(frozen=True, slots=True)
class Lessons:
    """What an account's complete captures teach, one after the other."""

    brackets: ShortBrackets
    zone: ZoneInfo
    pooled: Pooled
    counts_of: CountsOf

    def after(
        self, last: int | None, captured_at: Sequence[int], *, late: bool = False
    ) -> Iterator[Lesson]:
        """The lessons of the complete captures at some instants, ascending.

        ``last``: the instant of the lesson before them. What others have learned serves an account
        with too little of its own from the newest of these captures on, for it was not known
        before; nor is it known of one that was taken a while ago (``late``).
        """
        ends, tried = self.brackets.ends, 0
        for at in captured_at:
            known = int(np.searchsorted(ends, at, "right"))
            newest = not late and at == captured_at[-1]
            if last is None:
                new = known > tried or (newest and self.pooled.hours is not None)
            else:
                new = known > max(tried, int(np.searchsorted(ends, last, "right")))
                new = new and local_date(at, self.zone) != local_date(last, self.zone)
            if not new:
                continue
            tried = known
            brackets = self.brackets.upto(at)
            by_hour = brackets.by_hour(self.zone)
            rhythm = learn(by_hour, self.zone, self.pooled.hours)
            if rhythm is not None and (newest or is_enough(by_hour)):
                yield self._lesson(at, rhythm, brackets, by_hour)
                last = at

    def _lesson(
        self, at: int, rhythm: Rhythm, brackets: ShortBrackets, by_hour: HourlyGains
    ) -> Lesson:
        def without(left: int, right: int) -> Rhythm | None:
            """What was to be learned without what lies between two captures."""
            begin, end = np.searchsorted(brackets.ends, (left, right), "right").tolist()
            inside = brackets.part(begin, end).by_hour(self.zone)
            return learn_without(by_hour, inside, self.zone, self.pooled.hours)

        own = self._cases(brackets, without)
        factors = [learned_factor(errors, days) for errors, days in own]
        return Lesson(
            at,
            rhythm,
            self.pooled.video_factor if factors[0] is None else factors[0],
            self.pooled.total_factor if factors[1] is None else factors[1],
            *(len(errors) for errors, _ in own),
        )

    def _cases(
        self, brackets: ShortBrackets, without: Callable[[int, int], Rhythm | None]
    ) -> list[tuple[Shares, int]]:
        """Errors of guesses at single videos and at their sum, and the days they are of.

        The account's total gains like one old video, and is known where brackets follow one
        another. Where the nights are left out, the sum over some videos stands in for it.
        """
        if not len(brackets.ends):
            return [(NO_CASES.videos, 0)] * 2
        recent = brackets.part(max(0, len(brackets.ends) - MAX_CASE_CAPTURES), len(brackets.ends))
        instants = np.unique(np.concatenate((recent.begins, recent.ends)))
        counts, published = self.counts_of(instants, int(instants[-1]) - LAUNCH_SECONDS)
        settled = published <= instants[:, None] - LAUNCH_SECONDS
        fine = ~(leaps(counts) | (counts < 0)).all(axis=0)
        counts = np.where(settled, counts, UNKNOWN_COUNT)[:, fine]
        of_videos = cases(instants, counts, published[fine], without)
        of_total = NO_CASES
        for chain in recent.chains():
            total = np.append(0, np.cumsum(chain.gains))[:, None]
            of_total += cases(chain.instants, total, np.array([NEVER]), without)
        totals = of_total.totals, of_total.days
        if len(of_total.totals) < MIN_CASES:
            totals = of_videos.totals, of_videos.days
        return [(of_videos.videos, of_videos.days), totals]
