"""Tags: ``GET /tags``, those of one video, and ``videos tag list --json``."""

from pydantic import Field

from snapshot_core.view.documents.fields import AccountName, Instant, PeriodDays, document
from snapshot_core.view.documents.videos import VideoTotals
from snapshot_core.view.video_selection import TagTotals


@document
class VideoTags:
    """The tags of one video."""

    account: AccountName
    video: str = Field(description="The platform's id.", examples=["7554971395553052634"])
    tags: tuple[str, ...] = Field(examples=[["birds"]])


@document
class Tag(VideoTotals):
    """The videos of one tag together."""

    tag: str = Field(examples=["birds"])

    @classmethod
    def of_tag(cls, each: TagTotals) -> "Tag":
        """One tag of a table of videos."""
        return cls.of(each.totals, tag=each.tag)


@document
class Tags:
    """All tags, the one whose videos gained most views first."""

    period: PeriodDays = Field(examples=[7])
    account: AccountName | None
    timestamp: Instant
    tags: tuple[Tag, ...]
