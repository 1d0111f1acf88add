"""Readings: the counters of a video and of an account as they were stated. Unknown is None."""

from dataclasses import dataclass
from typing import Final, TypeAlias

from snapshot_core.metrics import VIDEO_METRICS

LARGEST_COUNT: Final = 2**53 - 1
"""No platform counts further, and beyond it JSON numbers are no longer exact."""

Counts: TypeAlias = tuple[int | None, ...]
"""Counters in a fixed order, that of `VIDEO_METRICS` for a video."""

NO_COUNTS: Final[Counts] = (None,) * len(VIDEO_METRICS)


def video_counts(**by_metric: int | None) -> Counts:
    """The counters of a video in order, from those that are known by name."""
    if unknown := by_metric.keys() - set(VIDEO_METRICS):
        raise TypeError(f"no metrics of a video: {', '.join(sorted(unknown))}")
    return tuple(by_metric.get(metric) for metric in VIDEO_METRICS)


def is_count(count: int | None) -> bool:
    """Whether a platform can have counted that; unknown can always be."""
    return count is None or 0 <= count <= LARGEST_COUNT


@dataclass(frozen=True, slots=True)
class VideoReading:
    """One video as listed: counters are totals (>= 0; a negative one will be refused)."""

    platform_id: str
    counts: Counts = NO_COUNTS
    title: str | None = None
    published_at: int | None = None
    """Instant (UTC seconds)."""
    cover_url: str | None = None
    share_url: str | None = None
    duration: int | None = None
    """Seconds."""

    def count(self, metric: str) -> int | None:
        """The counter of that metric."""
        return self.counts[VIDEO_METRICS.index(metric)]


@dataclass(frozen=True, slots=True)
class ProfileReading:
    """The account's own counters, totals."""

    followers: int | None = None
    following: int | None = None
    likes: int | None = None
    videos: int | None = None
    """How many videos the source says there are: it may show that a listing is complete."""


NO_PROFILE: Final = ProfileReading()
