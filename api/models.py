"""The documents of the API as OpenAPI describes them. Unknown is null, never 0."""

from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field

from snapshot_core.metrics import VIDEO_METRICS

Instant = Annotated[
    str,
    Field(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$",
        description="ISO 8601 in UTC.",
        examples=["2026-11-22T15:02:11Z"],
    ),
]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\d$", examples=["2026-11-22"])]

PeriodName = Literal["1", "7", "30", "24h", "7d", "30d"]
PeriodInPath = Annotated[PeriodName, Path(description="Days, or 24h, 7d, 30d.", examples=["7"])]
PeriodInQuery = Annotated[PeriodName, Query(description="Days, or 24h, 7d, 30d.", examples=["7"])]
AccountName = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=200,
        description="The name of an account. Without it: the only one, or all together.",
        examples=["creator_01"],
    ),
]
Metric = Literal["views", "likes", "comments", "shares"]
assert Metric.__args__ == VIDEO_METRICS  # type: ignore[attr-defined]


class Document(BaseModel):
    """What all have in common: nothing beyond what is described is ever sent."""

    model_config = ConfigDict(extra="forbid")


class Problem(Document):
    """What is wrong and what to do about it (RFC 9457)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Not Found",
                "status": 404,
                "detail": "There is no account 'creator_02'. Accounts: 'creator_01'.",
            }
        },
    )

    type: str
    title: str
    status: int
    detail: str
    errors: list[dict[Literal["where", "message"], str]] | None = Field(
        None, description="Places in the request that are wrong."
    )


class Window(Document):
    """The period: it ends at the latest complete snapshot."""

    start: Instant | None
    end: Instant | None
    estimated: bool
    stale: bool = Field(description="The latest complete snapshot is older than it should be.")
    coverage: float = Field(ge=0, le=1, examples=[1.0])


class Ledger(Document):
    """`growth = likeForLike + published`; `current - previous` is all four together."""

    likeForLike: int = Field(examples=[7000])
    published: int = Field(examples=[1000])
    newlyTracked: int = Field(examples=[0])
    removed: int = Field(examples=[0])
    corrections: int = Field(examples=[12])


class CounterGrowth(Document):
    """One counter; where `growth` is null, `reason` and `message` say why."""

    current: int | None = Field(examples=[150000])
    previous: int | None = Field(examples=[142000])
    growth: int | None = Field(examples=[8000])
    percentage: float | None = Field(description="Of `previous - removed`.", examples=[5.63])
    change: float | None = Field(
        description="Against the growth of the period before, in per cent.", examples=[14.29]
    )
    isIncrease: bool | None
    ledger: Ledger | None
    range: list[int] | None = Field(
        min_length=2, max_length=2, description="What growth lies between.", examples=[[7950, 8050]]
    )
    estimated: list[Literal["interpolated", "carried", "partial", "resolution"]] = Field(
        examples=[[]]
    )
    reason: str | None = Field(examples=[None])
    message: str | None = Field(examples=[None])


class Counters(Document):
    """The growth of every counter."""

    views: CounterGrowth
    likes: CounterGrowth
    comments: CounterGrowth
    shares: CounterGrowth
    followers: CounterGrowth


class Growth(Document):
    """What grew in a period."""

    period: Literal[1, 7, 30] = Field(examples=[7])
    account: str | None = Field(description="null: all together.", examples=["creator_01"])
    timestamp: Instant
    window: Window
    growth: Counters


class Difference(Document):
    """What an account gained since the complete snapshot before; null where it is not known."""

    account: str = Field(examples=["creator_01"])
    since: Instant | None = Field(description="null: this was the first.")
    views: int | None
    likes: int | None
    comments: int | None
    shares: int | None
    followers: int | None


class Snapshot(Document):
    """What came of a snapshot."""

    success: bool = Field(description="Whether every account's is complete.")
    message: str = Field(examples=["creator_01: complete snapshot of 24 videos."])
    timestamp: Instant
    differences: list[Difference] = Field(description="Of each account whose is complete.")


class Account(Document):
    """An account and how its snapshots stand."""

    account: str = Field(examples=["creator_01"])
    source: str = Field(examples=["tiktok"])
    last_capture: Instant | None = Field(description="The latest complete one.")
    next_capture: Instant | None = Field(description="null: none comes by itself.")
    last_attempt: Instant | None
    last_error: str | None = Field(examples=[None])
    paused: bool
    stale: bool
    gaps: list[dict[Literal["start", "end"], Instant]] = Field(examples=[[]])


class Accounts(Document):
    """All accounts of the caller, oldest first."""

    timestamp: Instant
    accounts: list[Account]


class Video(Document):
    """A video in a period. Counts by counter."""

    account: str = Field(examples=["creator_01"])
    video: str = Field(description="The platform's id.", examples=["7554971395553052634"])
    title: str | None = Field(examples=["Soup"])
    cover_url: str | None
    share_url: str | None
    published_at: Instant | None
    line: Literal["like_for_like", "published", "newly_tracked", "removed"] | None = Field(
        description="Where it stands in the ledger.", examples=["like_for_like"]
    )
    current: dict[Metric, int | None] = Field(examples=[{"views": 57600, "likes": 1135}])
    growth: dict[Metric, int | None] = Field(examples=[{"views": 900, "likes": 12}])
    percentage: dict[Metric, float | None] = Field(examples=[{"views": 1.59, "likes": 1.07}])


class Videos(Document):
    """Videos, those that grew most first."""

    period: Literal[1, 7, 30] = Field(examples=[7])
    account: str | None = Field(examples=["creator_01"])
    timestamp: Instant
    sort: Metric
    total: int = Field(description="Of all pages.", examples=[24])
    reason: str | None = Field(description="Why growth is not ready.", examples=[None])
    message: str | None = Field(examples=[None])
    videos: list[Video]
    next: str | None = Field(description="The cursor of the next page; null: this is the last.")


class Reading(Document):
    """The counts of one snapshot, as the platform gave them."""

    captured_at: Instant
    capture: Literal["complete", "partial"]
    views: int | None = Field(examples=[57600])
    likes: int | None = Field(examples=[1135])
    comments: int | None = Field(examples=[48])
    shares: int | None = Field(examples=[21])
    doubts: dict[str, str] = Field(
        description="Counters that growth leaves out, and why.", examples=[{}]
    )


class History(Document):
    """Every reading of a video, newest first."""

    account: str = Field(examples=["creator_01"])
    video: str = Field(examples=["7554971395553052634"])
    title: str | None = Field(examples=["Soup"])
    published_at: Instant | None
    readings: list[Reading]
    next: str | None


class DayGrowth(Document):
    """The growth of one counter on a calendar day."""

    growth: int | None = Field(examples=[1200])
    estimated: bool


class DayOfGrowth(Document):
    """A calendar day."""

    date: Day
    hours: float = Field(description="23 or 25 when the clocks change.", examples=[24.0])
    so_far: bool = Field(description="The latest snapshot came before its end.")
    views: DayGrowth
    likes: DayGrowth
    comments: DayGrowth
    shares: DayGrowth
    followers: DayGrowth


class Daily(Document):
    """Growth by calendar day, oldest first."""

    period: Literal[1, 7, 30] = Field(examples=[30])
    account: str | None = Field(examples=["creator_01"])
    timestamp: Instant
    time_zone: str = Field(description="Whose days these are.", examples=["Europe/Berlin"])
    days: list[DayOfGrowth]


class Capture(Document):
    """One snapshot that was tried."""

    account: str = Field(examples=["creator_01"])
    captured_at: Instant
    ended_at: Instant
    trigger: str = Field(examples=["nightly"])
    scope: Literal["complete", "recent"]
    status: Literal["complete", "partial", "failed"]
    videos: int = Field(examples=[24])
    rejected: int = Field(description="Impossible counts left out.", examples=[0])
    message: str | None = Field(examples=[None])


class Captures(Document):
    """Snapshots, newest first."""

    timestamp: Instant
    captures: list[Capture]
    next: str | None


class Job(Document):
    """The nightly job."""

    alive: bool
    last_beat: Instant | None
    next_run: Instant | None
    doing: str | None = Field(examples=[None])


class Ill(Document):
    """Something wrong, and what to do about it."""

    what: str
    remedy: str
    account: str | None


class Alive(Document):
    """What everybody may know."""

    status: Literal["ok"]


class Health(Alive):
    """What the bearer of a token may know."""

    timestamp: Instant
    accounts: list[Account]
    job: Job
    problems: list[Ill]
