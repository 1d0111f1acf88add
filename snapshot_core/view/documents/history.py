"""Every reading of a video: ``GET /videos/{platform_id}/history`` and ``history --json``."""

from collections.abc import Sequence
from typing import Literal, Self

from pydantic import Field

from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.readings import Reading as StoredReading
from snapshot_core.view.documents import fields
from snapshot_core.view.documents.fields import (
    AccountName,
    Instant,
    copied,
    document,
)
from snapshot_core.view.video import VideoView


@document
class _Captured:
    captured_at: Instant
    capture: Literal["complete", "partial"]


@document
class Reading(fields.with_each(fields.EachCount, _Captured)):  # type: ignore[misc]
    """The counts of one snapshot, as the platform gave them."""

    doubts: dict[str, str] = Field(
        description="The counters that growth leaves out, and why.", examples=[{}]
    )

    @classmethod
    def of(cls, reading: StoredReading) -> "Reading":
        """One reading as stored."""
        counts = dict(zip(VIDEO_METRICS, reading.counts, strict=True))
        return copied(cls, reading, capture=reading.status, **counts)


@document
class VideoHistory:
    """Every reading of a video, newest first."""

    account: AccountName
    video: str = Field(examples=["7554971395553052634"])
    title: str | None = Field(examples=["Soup"])
    published_at: Instant | None
    readings: tuple[Reading, ...]

    @classmethod
    def of(
        cls, story: VideoView, newest_first: Sequence[StoredReading], **page: str | None
    ) -> Self:
        """Some or all readings of a video; ``page`` has the fields that a page adds."""
        account, video = story.account.name, story.about.platform_id
        readings = tuple(map(Reading.of, newest_first))
        return copied(cls, story.about, account=account, video=video, readings=readings, **page)


@document
class History(VideoHistory):
    """A page of the readings of a video, newest first."""

    next: str | None
