"""What a source gives: readings as the platform stated them. Unknown is None, never 0."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

from snapshot_core.growth.completeness import Scope


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


@dataclass(slots=True)
class Listing:
    """One walk through an account.

    ``videos`` is consumed once, outside any transaction, and may raise `SourceError` in the
    middle: what came before it is kept as a partial capture. ``walked_to_end`` is read when
    ``videos`` is exhausted; a source that stops short sets it to False and says why.
    """

    profile: ProfileReading
    videos: Iterator[VideoReading]
    walked_to_end: bool = True
    notices: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class AccountRef:
    """What a source needs to know of the account it reads."""

    user_id: int
    account_id: int
    name: str
    external_id: str | None
    created_at: int


class Source(Protocol):
    """A platform that can be read."""

    name: str
    label: str
    """As people call it."""
    rounded: bool
    """Whether its counters are rounded (see `growth.resolution`)."""
    counts: frozenset[str]
    """The metrics it can give, of ``views likes comments shares followers``."""
    scopes: frozenset[Scope]

    def read(self, account: AccountRef, scope: Scope, now: int) -> Listing:
        """List the account as it is at ``now``. Raises `SourceError`."""
        ...


Progress = Callable[[int, int | None], None]
"""Called with the number of videos read so far and the number expected, if known."""
