"""What TikTok Studio exports: top posts, followers by day, and amounts by day.

Days have no year in them, and no account: both are found out or asked for. Pure parsing; which
instants the days are is decided by `snapshot_core.formats.tiktok_studio.plan`.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from snapshot_core.errors import InputError
from snapshot_core.formats.captures import Refusal
from snapshot_core.formats.cells import MAX_VALUE_LENGTH, Refused, shortened
from snapshot_core.formats.spreadsheet.files import tables_of
from snapshot_core.formats.spreadsheet.table import FileContents, Table
from snapshot_core.formats.tiktok_studio.cells import (
    amount_in,
    cells_by_name,
    count_in,
    day_in,
    positions_of,
)
from snapshot_core.formats.tiktok_studio.days import (
    FIRST_YEAR,
    UPLOAD_TOLERANCE,
    DayOfYear,
    dates_of_rows,
    day_of,
    day_posted,
    latest_date,
)
from snapshot_core.formats.tiktok_studio.export_day import days_in, latest_day
from snapshot_core.formats.tiktok_studio.rows import LINK, checked_length, content_rows
from snapshot_core.formats.tiktok_studio.tables import (
    AMOUNTS,
    TOTALS,
    Kind,
    StudioFile,
    StudioVideo,
    kind_of,
)
from snapshot_core.readings import Counts, VideoReading, video_counts

MAX_TITLE_LENGTH: Final = 5_000
MAX_FILES_NAMED: Final = 5


def parse(
    path: Path, today: date, *, name: str | None = None, exported: date | None = None
) -> StudioFile:
    """Read the export at ``path``, which its owner calls ``name``.

    ``today`` is that of the account's zone: no export is newer. ``exported``: the day of the
    export where the user gives it; else a zip's own dates and those in the name are asked, then
    the file's own; where they say nothing, the days are taken for the latest there can be.
    Raises `InputError` where the whole file is of no use.
    """
    contents = tables_of(path)
    hints = [[*contents.written_on, *days_in(name or path.name)]]
    if name is None:  # else it is a copy, as old as the upload
        hints.append([datetime.fromtimestamp(path.stat().st_mtime, UTC).date()])
    return _Reader(latest_day(hints, today, exported)).read(contents)


class _Reader:
    """Turns the tables of an export into days. One per file."""

    def __init__(self, until: date) -> None:
        self.file = StudioFile()
        self.until = until
        self.place = ""

    def read(self, contents: FileContents) -> StudioFile:
        read: dict[Kind, Callable[[Table], None]] = {
            "content": self._content,
            "followers": self._followers,
            "amounts": self._amounts,
        }
        known = [(table, kind) for table in contents.tables if (kind := kind_of(table))]
        seen: set[Kind] = set()
        for table, kind in known:
            self.place = f"{table.name}: " if len(known) > 1 else ""
            if kind in seen:
                raise InputError(f"{table.name} is there twice: import the two one after the other")
            seen.add(kind)
            read[kind](table)
        if not known:
            raise InputError(
                "there is no Content, FollowerHistory or Overview of TikTok Studio in it"
            )
        others = [table.name for table in contents.tables if kind_of(table) is None]
        if unused := [*others, *contents.others]:
            more = len(unused) - MAX_FILES_NAMED
            rest = f" and {more} more" if more > 0 else ""
            self.file.notices.append(f"not used: {', '.join(unused[:MAX_FILES_NAMED])}{rest}")
        return self.file

    def _refuse(self, line: int, error: Refused) -> None:
        self.file.refused.append(Refusal(line, f"{self.place}{error}"))

    def _content(self, table: Table) -> None:
        positions = positions_of(table)
        first: dict[str, StudioVideo] = {}
        rows = content_rows(table, positions["video title"], positions["video link"])
        for line, cells in checked_length(table, rows):
            self.file.rows_read += 1
            try:
                video = self._video(line, cells_by_name(table, positions, cells))
                earlier = first.setdefault(video.reading.platform_id, video)
                if earlier is not video:
                    if _totals(earlier) != _totals(video):
                        raise Refused(
                            f"says something else than line {earlier.line} of the same video"
                        )
                    self.file.duplicates += 1
            except Refused as error:
                self._refuse(line, error)
        self.file.videos = list(first.values())

    def _video(self, line: int, row: dict[str, str]) -> StudioVideo:
        link = LINK.fullmatch(row["video link"])
        if link is None:
            wrong = f"Video link {shortened(row['video link'])} is no address of a video"
            raise Refused(f"{wrong}: export again and do not change the file")
        platform_id = link["id"]
        day = latest_date(day_in("Time", row["time"]), self.until)
        uploaded = int(platform_id) >> 32  # seconds, in the upper half
        upload_day = datetime.fromtimestamp(uploaded, UTC).date()
        if day is None or upload_day > day + UPLOAD_TOLERANCE:
            raise Refused(
                f"by its link the video is of {upload_day}, which does not go with an export of "
                f"{day or row['time']}: give the day of the export"
            )
        dated = upload_day.year >= FIRST_YEAR
        counts = video_counts(
            **{metric: count_in(column, row[column]) for column, metric in TOTALS.items()}
        )
        title = row["video title"][:MAX_TITLE_LENGTH] or None
        reading = VideoReading(platform_id, counts, title, share_url=row["video link"])
        posted_on = day_of(row["post time"][:MAX_VALUE_LENGTH])
        posted = day_posted(posted_on, upload_day) if dated else None
        # Of a post that was not scheduled the id tells the very second.
        near = posted is None or abs(posted - upload_day) <= UPLOAD_TOLERANCE
        return StudioVideo(
            line, day, reading, uploaded if dated else None, None if near else posted
        )

    def _followers(self, table: Table) -> None:
        for line, day, row in self._days(table):
            try:
                self.file.followers.append((line, day, count_in("Followers", row["followers"])))
            except Refused as error:
                self._refuse(line, error)

    def _amounts(self, table: Table) -> None:
        for line, day, row in self._days(table):
            try:
                amounts = {
                    metric: amount
                    for column, metric in AMOUNTS.items()
                    if column in row and (amount := amount_in(column, row[column])) is not None
                }
            except Refused as error:
                self._refuse(line, error)
            else:
                self.file.amounts.append((line, day, amounts))

    def _days(self, table: Table) -> Iterator[tuple[int, date, dict[str, str]]]:
        """The rows of a table of one row a day, with their dates."""
        positions = positions_of(table)
        rows: list[tuple[int, DayOfYear, dict[str, str]]] = []
        whole = True
        for line, cells in checked_length(table, table.rows()):
            self.file.rows_read += 1
            try:
                row = cells_by_name(table, positions, cells)
                rows.append((line, day_in("Date", row["date"]), row))
            except Refused as error:
                self._refuse(line, error)
                whole = False
        try:
            dates = dates_of_rows([(line, day) for line, day, _ in rows], self.until, whole=whole)
        except InputError as error:
            raise InputError(f"{table.name}, {error}") from None
        for (line, _, row), day in zip(rows, dates, strict=True):
            yield line, day, row


def _totals(video: StudioVideo) -> tuple[date, Counts]:
    return video.day, video.reading.counts
