"""Videos in a period: ``GET /videos``."""

from collections.abc import Sequence
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field

from snapshot_core.growth.growth import Estimate
from snapshot_core.view.documents import fields
from snapshot_core.view.documents.fields import (
    AccountName,
    Instant,
    PeriodDays,
    copied,
    days_of,
    document,
)
from snapshot_core.view.documents.left_out import LeftOut, SinceTracking
from snapshot_core.view.videos_table import RANKED_BY, Totals, VideoRow, VideoTable
from snapshot_core.view.wording.accounts import table_reason
from snapshot_core.view.wording.growth import gain


@document
class Video:
    """A video in a period, with its counts by counter."""

    account: AccountName
    video: str = Field(description="The platform's id.", examples=["7554971395553052634"])
    title: str | None = Field(examples=["Soup"])
    cover_url: str | None
    share_url: str | None
    published_at: Instant | None
    line: Literal["like_for_like", "published", "newly_tracked", "removed"] | None = Field(
        description="The line of the ledger it belongs to.", examples=["like_for_like"]
    )
    current: dict[fields.MetricName, int | None] = Field(examples=[fields.EXAMPLE_COUNTS])
    growth: dict[fields.MetricName, int | None] = Field(examples=[{"views": 900, "likes": 12}])
    percentage: dict[fields.MetricName, fields.Percentage | None] = Field(
        examples=[{"views": 1.59, "likes": 1.07}]
    )
    range: dict[fields.MetricName, tuple[int, int] | None] = Field(
        description="Between these two the true growth lies, 9 times in 10.",
        examples=[{"views": [880, 910], "likes": [12, 12]}],
    )
    resolution: dict[fields.MetricName, int] = Field(
        description="A smaller growth cannot be told from 0.", examples=[{"views": 0, "likes": 0}]
    )
    estimated: dict[fields.MetricName, tuple[Estimate, ...]] = Field(
        description="Why half the range is more than a tenth of growth.",
        examples=[{"views": [], "likes": []}],
    )
    engagement: fields.Percentage | None = Field(
        description="Likes, comments, shares and saves, those that the source gives, per view, of "
        "the totals, in per cent; null at 0 views.",
        examples=[2.09],
    )
    share: fields.Percentage | None = Field(
        description="Of the views that all videos asked for gained, in per cent.", examples=[8.1]
    )
    tags: tuple[str, ...] = Field(examples=[["birds"]])
    texts: dict[fields.MetricName, str] = Field(
        description="The growth as pages show it: `< 100K` below the resolution.",
        examples=[{"views": "+900", "likes": "+12"}],
    )

    @classmethod
    def of(cls, table: VideoTable, row: VideoRow) -> "Video":
        """One row of a table of videos."""
        return copied(
            cls,
            row.about,
            account=row.account.name,
            video=row.about.platform_id,
            line=row.line,
            engagement=row.engagement,
            share=table.share(row.growth[RANKED_BY]),
            tags=tuple(row.tags),
            current=row.counts,
            growth={name: growth.growth for name, growth in row.growth.items()},
            percentage={name: growth.percentage for name, growth in row.growth.items()},
            range={name: growth.range for name, growth in row.growth.items()},
            resolution={name: growth.resolution for name, growth in row.growth.items()},
            estimated={name: growth.estimated for name, growth in row.growth.items()},
            texts={name: gain(growth) for name, growth in row.growth.items()},
        )


@document
class VideoTotals:
    """Some videos together; without a range, as for an account's total."""

    videos: int = Field(description="Without those removed.", examples=[24])
    current: dict[fields.MetricName, int | None] = Field(examples=[fields.EXAMPLE_COUNTS])
    growth: dict[fields.MetricName, int | None] = Field(examples=[{"views": 900, "likes": 12}])
    percentage: dict[fields.MetricName, fields.Percentage | None] = Field(
        examples=[{"views": 1.59, "likes": 1.07}]
    )
    engagement: fields.Percentage | None = Field(examples=[2.09])
    share: fields.Percentage | None = Field(
        description="Of the views that all videos asked for gained, in per cent.", examples=[8.1]
    )

    @classmethod
    def of(cls, totals: Totals, **others: str) -> Self:
        """The totals of some rows; ``others``: the fields that a document adds."""
        return copied(
            cls,
            totals,
            current={name: growth.current for name, growth in totals.growth.items()},
            growth={name: growth.growth for name, growth in totals.growth.items()},
            percentage={name: growth.percentage for name, growth in totals.growth.items()},
            **others,
        )


@document
class Videos:
    """A page of videos, those that grew most first."""

    period: PeriodDays = Field(examples=[7])
    account: AccountName | None
    timestamp: Instant
    sort: fields.MetricName
    tag: str | None = Field(description="The tag that all of them have.", examples=[None])
    totals: VideoTotals = Field(description="The videos on all pages together.")
    total: int = Field(description="The number of videos on all pages.", examples=[24])
    reason: str | None = Field(description="Why growth is not ready.", examples=[None])
    message: str | None = Field(examples=[None])
    since_tracking: SinceTracking | None = Field(
        description="The growth of views, where it is not ready.", examples=[None]
    )
    left_out: tuple[LeftOut, ...] = Field(
        description="Of several accounts, those whose videos have no growth.", examples=[[]]
    )
    videos: tuple[Video, ...]
    next: str | None = Field(description="The cursor of the next page; null on the last page.")

    @classmethod
    def of(
        cls,
        table: VideoTable,
        rows: Sequence[VideoRow],
        shown: Sequence[VideoRow],
        zone: ZoneInfo,
        now: int,
        *,
        account: str | None,
        sort: str,
        tag: str | None,
        next: str | None = None,
    ) -> Self:
        """The ``shown`` ones of ``rows``: those with the ``tag``, in the order of ``sort``."""
        reason = table.reason
        return cls(
            period=days_of(table.period),
            timestamp=now,
            totals=VideoTotals.of(table.totals(rows)),
            total=len(rows),
            reason=reason.code if reason else None,
            message=table_reason(table, zone, now) or None,
            since_tracking=SinceTracking.of(table.since_tracking),
            left_out=tuple(LeftOut.of(each, table.period, zone, now) for each in table.left_out),
            videos=tuple(Video.of(table, row) for row in shown),
            account=account,
            sort=sort,
            tag=tag,
            next=next,
        )
