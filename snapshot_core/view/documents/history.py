"""Every reading of a video: ``GET /videos/{platform_id}/history`` and ``history --json``."""

from collections.abc import Mapping, Sequence
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
from snapshot_core.view.video import Step, VideoView


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

    steps: dict[fields.MetricName, int] = Field(
        description="What came since the reading before, of counters that growth counts at both.",
        examples=[{"views": 120, "likes": 3}],
    )
    per_hour: dict[fields.MetricName, fields.Percentage] = Field(
        description="The same per hour between the two.", examples=[{"views": 20.0, "likes": 0.5}]
    )

    @classmethod
    def of(cls, reading: StoredReading, steps: Mapping[str, Step]) -> "Reading":
        """One reading as stored, and what came since the one before."""
        counts = dict(zip(VIDEO_METRICS, reading.counts, strict=True))
        gained = {metric: step.gained for metric, step in steps.items()}
        per_hour = {metric: step.per_hour for metric, step in steps.items()}
        return copied(
            cls, reading, capture=reading.status, steps=gained, per_hour=per_hour, **counts
        )


@document
class VideoHistory:
    """Every reading of a video, newest first."""

    account: AccountName
    video: str = Field(examples=["7554971395553052634"])
    title: str | None = Field(examples=["Soup"])
    published_at: Instant | None
    engagement: fields.Percentage | None = Field(
        description="Likes, comments, shares and saves, those that the source gives, per view, of "
        "the totals, in per cent; null at 0 views.",
        examples=[2.09],
    )
    tags: tuple[str, ...] = Field(examples=[["birds"]])
    readings: tuple[Reading, ...]

    @classmethod
    def of(
        cls, story: VideoView, newest_first: Sequence[StoredReading], **page: str | None
    ) -> Self:
        """Some or all readings of a video; ``page`` has the fields that a page adds."""
        steps = {
            reading.captured_at: of_reading
            for reading, of_reading in zip(story.readings, story.steps, strict=True)
        }
        return copied(
            cls,
            story.about,
            account=story.account.name,
            video=story.about.platform_id,
            engagement=story.engagement,
            tags=tuple(story.tags),
            readings=tuple(Reading.of(each, steps[each.captured_at]) for each in newest_first),
            **page,
        )


@document
class History(VideoHistory):
    """A page of the readings of a video, newest first."""

    next: str | None
