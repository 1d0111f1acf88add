"""The ledger: growth split into lines that always add up, in exact integers.

    current - previous = like_for_like + published + newly_tracked - removed

A video belongs to one line. A ledger is a sum over videos, so ledgers add: videos make an
account, accounts make a user, and none of them can disagree with another.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Final, Literal

from snapshot_core.growth.rounding import half_step
from snapshot_core.growth.value import Series, Value, carried_to, decreases, value_at
from snapshot_core.windows import Window

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

    @property
    def adds_up(self) -> bool:
        """The identity. It holds for every ledger this module makes."""
        change = self.like_for_like + self.published + self.newly_tracked - self.removed
        return self.current - self.previous == change

    def __add__(self, other: "Ledger") -> "Ledger":
        return Ledger(*(a + b for a, b in zip(_amounts(self), _amounts(other), strict=True)))


_amounts: Final = attrgetter(*(amount.name for amount in fields(Ledger)))

EMPTY: Final = Ledger()


@dataclass(frozen=True, slots=True)
class VideoReadings:
    """What is known of one video for one counter."""

    video_id: int
    published_at: int | None
    series: Series
    """Accepted readings, reaching at least ``max_gap`` beyond both ends of the window."""
    may_carry: bool = True
    """False when the video is gone, or was listed at the end without a count."""
    uncounted: bool = False
    """True in the second case: unknown, which must not be shown as gone or as 0."""


@dataclass(frozen=True, slots=True)
class VideoGrowth:
    """One video's line in the ledger, with its values at both ends."""

    video_id: int
    line: Line
    start: Value | None
    end: Value | None
    ledger: Ledger


def video_growth(video: VideoReadings, window: Window, *, rounded: bool) -> VideoGrowth | None:
    """The line of ``video`` for ``window``; None where it has no value at either end."""
    start, end = window.start, window.end
    gap = window.max_gap
    new = video.published_at is not None and video.published_at > start
    v0 = None if new else value_at(video.series, start, gap, video.published_at)
    v1 = value_at(video.series, end, gap, video.published_at)
    if v1 is None and video.may_carry:
        v1 = carried_to(video.series, end, gap)
    if new and v1 is not None:
        line: Line = "published"
        ledger = _published(v1, rounded)
    elif v0 is not None and v1 is not None:
        line = "like_for_like"
        falls = decreases(video.series, start, end, v0.count, v1.count)
        ledger = _like_for_like(v0, v1, falls, rounded)
    elif v1 is not None:
        line = "newly_tracked"
        ledger = Ledger(current=v1.count, newly_tracked=v1.count, videos=1, carried=int(v1.carried))
    elif v0 is not None:
        line = "removed"
        ledger = _removed(v0, uncounted=video.uncounted)
    else:
        return None
    return VideoGrowth(video.video_id, line, v0, v1, ledger)


def ledger_of(videos: Iterable[VideoReadings], window: Window, *, rounded: bool = False) -> Ledger:
    """The ledger of all ``videos`` for ``window``."""
    lines = (video_growth(video, window, rounded=rounded) for video in videos)
    amounts = [_amounts(line.ledger) for line in lines if line is not None]
    # Column by column: a sum of ledgers would make one for every video.
    return Ledger(*map(sum, zip(*amounts, strict=True)))


def _published(v1: Value, rounded: bool) -> Ledger:
    return Ledger(
        current=v1.count,
        published=v1.count,
        low=v1.low,
        high=v1.high,
        resolution=half_step(v1.count) if rounded else 0,
        videos=1,
        carried=int(v1.carried),
        interpolated=int(v1.estimated and not v1.carried),
    )


def _removed(v0: Value, *, uncounted: bool) -> Ledger:
    return Ledger(
        previous=v0.count,
        removed=v0.count,
        videos=1,
        uncounted=int(uncounted),
        withheld=v0.count if uncounted else 0,
    )


def _like_for_like(v0: Value, v1: Value, falls: int, rounded: bool) -> Ledger:
    return Ledger(
        current=v1.count,
        previous=v0.count,
        like_for_like=v1.count - v0.count,
        corrections=falls,
        low=v1.low - v0.high,
        high=v1.high - v0.low,
        resolution=half_step(v0.count) + half_step(v1.count) if rounded else 0,
        known=v1.count,
        videos=1,
        carried=int(v1.carried),
        interpolated=int(v0.estimated or (v1.estimated and not v1.carried)),
    )
