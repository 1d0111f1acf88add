"""A row of Content.csv: a video, its totals, and the day that they are of."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

from snapshot_core.formats.cells import MAX_VALUE_LENGTH, Refused, shortened
from snapshot_core.formats.cells.named_days import DayOfYear, day_of
from snapshot_core.formats.tiktok_studio.cells import count_in, day_in
from snapshot_core.formats.tiktok_studio.days import (
    FIRST_YEAR,
    UPLOAD_TOLERANCE,
    day_posted,
    latest_date,
)
from snapshot_core.formats.tiktok_studio.rows import LINK
from snapshot_core.formats.tiktok_studio.tables import TOTALS, StudioVideo
from snapshot_core.readings import Counts, VideoReading, video_counts

MAX_TITLE_LENGTH: Final = 5_000


@dataclass(frozen=True, slots=True)
class ContentRow:
    """A row of a list of videos, before the year of its day is known."""

    line: int
    cells: dict[str, str]
    platform_id: str
    day: DayOfYear

    @property
    def uploaded(self) -> int:
        """Instant: the upper half of the id."""
        return int(self.platform_id) >> 32

    @property
    def upload_day(self) -> date:
        """In UTC."""
        return datetime.fromtimestamp(self.uploaded, UTC).date()


def content_row(line: int, cells: dict[str, str], exported: date | None) -> ContentRow:
    """A row by its cells; ``exported``: its day, where it has none. Raises `Refused`."""
    link = LINK.fullmatch(cells["video link"])
    if link is None:
        wrong = f"Video link {shortened(cells['video link'])} is no address of a video"
        raise Refused(f"{wrong}: export again and do not change the file")
    if "time" in cells or exported is None:
        day = day_in("Time", cells.get("time", ""))
    else:
        day = DayOfYear(exported.month, exported.day, exported.year)
    return ContentRow(line, cells, link["id"], day)


def fits(row: ContentRow, until: date) -> bool:
    """Whether the day of the row's totals is not before the upload of its video."""
    day = latest_date(row.day, until)
    return day is not None and row.upload_day <= day + UPLOAD_TOLERANCE


def video_of(row: ContentRow, until: date) -> StudioVideo:
    """The video of a row, whose day is the last until then. Raises `Refused`."""
    day, cells = latest_date(row.day, until), row.cells
    if day is None or not fits(row, until):
        raise Refused(
            f"by its link the video is of {row.upload_day}, which does not go with an export of "
            f"{day or cells.get('time')}: give the day of the export"
        )
    dated = row.upload_day.year >= FIRST_YEAR
    counts = video_counts(
        **{
            metric: count_in(column, cells[column])
            for column, metric in TOTALS.items()
            if column in cells
        }
    )
    title = cells["video title"][:MAX_TITLE_LENGTH] or None
    reading = VideoReading(row.platform_id, counts, title, share_url=cells["video link"])
    posted_on = day_of(cells["post time"][:MAX_VALUE_LENGTH])
    posted = day_posted(posted_on, row.upload_day) if dated else None
    # Of a post that was not scheduled the id tells the very second.
    near = posted is None or abs(posted - row.upload_day) <= UPLOAD_TOLERANCE
    return StudioVideo(
        row.line, day, reading, row.uploaded if dated else None, None if near else posted
    )


def totals(video: StudioVideo) -> tuple[date, Counts]:
    """What must not differ between two rows of a video."""
    return video.day, video.reading.counts
