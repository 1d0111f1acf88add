"""Readings: the counters of a video and of an account as they were stated. Unknown is None."""

from dataclasses import dataclass
from typing import Final

LARGEST_COUNT: Final = 2**53 - 1
"""No platform counts further, and beyond it JSON numbers are no longer exact."""


@dataclass(frozen=True, slots=True)
class VideoReading:
    """One video as listed: counters are totals (>= 0; a negative one will be refused)."""

    platform_id: str
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    title: str | None = None
    published_at: int | None = None
    """Instant (UTC seconds)."""
    cover_url: str | None = None
    share_url: str | None = None
    duration: int | None = None
    """Seconds."""


@dataclass(frozen=True, slots=True)
class ProfileReading:
    """The account's own counters, totals."""

    followers: int | None = None
    following: int | None = None
    likes: int | None = None
    videos: int | None = None
    """How many videos the source says there are: it may show that a listing is complete."""
