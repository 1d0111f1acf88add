"""What TikTok Studio exports: top posts, followers by day, and amounts by day.

Days have no year in them, and no account: both are found out or asked for. Pure parsing; which
instants the days are is decided by `snapshot_core.transfer.import_studio_plan`.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from snapshot_core.errors import InputError
from snapshot_core.formats.readings.cells import Refused, count_of, shortened
from snapshot_core.formats.readings.parse import Refusal
from snapshot_core.formats.spreadsheet.files import Bundle, Table, folded, tables_of
from snapshot_core.formats.tiktok_studio.days import (
    BEFORE_UPLOAD,
    FIRST_YEAR,
    DayOfYear,
    day_of,
    latest,
    published,
    resolved,
)
from snapshot_core.formats.tiktok_studio.rows import LINK, content_rows, rows_within
from snapshot_core.readings import Counts, VideoReading, video_counts

Kind = Literal["content", "followers", "amounts"]

SLACK: Final = timedelta(days=31)
"""By how much a file may seem older than the days in it: its name may tell the first of them."""
LONGEST_TITLE: Final = 5_000

AMOUNTS: Final = {
    "video views": "views",
    "profile views": "profile_views",
    "likes": "likes",
    "comments": "comments",
    "shares": "shares",
}
"""The columns of Overview.csv, and what we call them."""
_TOTALS: Final = ("total views", "total likes", "total comments", "total shares")
_CONTENT: Final = frozenset(["time", "video title", "video link", "post time", *_TOTALS])
_DIFFERENCE: Final = "difference in followers from previous day"
_UNKNOWN: Final = frozenset(["", "undefined", "null", "-", "--"])
"""What stands for a number that Studio does not know."""


@dataclass(frozen=True, slots=True)
class StudioVideo:
    """A video of Content.csv. ``posted`` is its day, where that is not the day of the upload."""

    line: int
    day: date
    """Of the export: the totals are of that day."""
    reading: VideoReading
    uploaded: int | None
    """Instant, from the video's id; None of one older than TikTok itself."""
    posted: date | None


@dataclass(slots=True)
class StudioFile:
    """All that a file says, by day."""

    videos: list[StudioVideo] = field(default_factory=list)
    followers: list[tuple[int, date, int | None]] = field(default_factory=list)
    """``(line, day, count)``; None where Studio does not know."""
    amounts: list[tuple[int, date, dict[str, int]]] = field(default_factory=list)
    """``(line, day, amounts by metric)``, without those that are unknown."""
    rows_read: int = 0
    duplicates: int = 0
    refused: list[Refusal] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


def kind_of(table: Table) -> Kind | None:
    """Which table of Studio this is; None where it is none."""
    names = {folded(name) for name in table.header}
    if names >= _CONTENT:
        return "content"
    if "date" in names and "video views" in names:
        return "amounts"
    known = {"date", "followers", _DIFFERENCE}
    return "followers" if {"date", "followers"} <= names <= known else None


def parse(
    path: Path, today: date, *, name: str | None = None, exported: date | None = None
) -> StudioFile:
    """Read the export at ``path``, which its owner calls ``name``.

    ``today`` is that of the account's zone: no export is newer. ``exported``: the day of the
    export where the user gives it; else a zip's own dates and those in the name are asked, then
    the file's own; where they say nothing, the days are taken for the latest there can be.
    Raises `InputError` where the whole file is of no use.
    """
    bundle = tables_of(path)
    hints = [[*bundle.written, *_days_in(name or path.name)]]
    if name is None:  # else it is a copy, as old as the upload
        hints.append([datetime.fromtimestamp(path.stat().st_mtime, UTC).date()])
    return _Reader(_until(hints, today, exported)).read(bundle)


def _until(hints: Sequence[Sequence[date]], today: date, exported: date | None) -> date:
    """The latest day that the file can speak of. The day may have begun there and not here."""
    tomorrow = today + timedelta(days=1)
    if exported is not None:
        return min(exported + timedelta(days=1), tomorrow)
    first = date(FIRST_YEAR, 1, 1)
    for group in hints:  # the better ones come first
        if possible := [day for day in group if first <= day <= tomorrow]:
            return min(max(possible) + SLACK, tomorrow)
    return tomorrow


def _days_in(name: str) -> Iterator[date]:
    for year, month, day in re.findall(r"(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)", name):
        try:
            yield date(int(year), int(month), int(day))
        except ValueError:  # eight digits that are no day
            continue


class _Reader:
    """Turns the tables of an export into days. One per file."""

    def __init__(self, until: date) -> None:
        self.file = StudioFile()
        self.until = until
        self.where = ""

    def read(self, bundle: Bundle) -> StudioFile:
        takes: dict[Kind, Callable[[Table], None]] = {
            "content": self._content,
            "followers": self._followers,
            "amounts": self._amounts,
        }
        known = [(table, kind) for table in bundle.tables if (kind := kind_of(table))]
        seen: set[Kind] = set()
        for table, kind in known:
            self.where = f"{table.name}: " if len(known) > 1 else ""
            if kind in seen:
                raise InputError(f"{table.name} is there twice: import the two one after the other")
            seen.add(kind)
            takes[kind](table)
        if not known:
            raise InputError(
                "there is no Content, FollowerHistory or Overview of TikTok Studio in it"
            )
        others = [table.name for table in bundle.tables if kind_of(table) is None]
        if unused := [*others, *bundle.passed_over]:
            more = f" and {len(unused) - 5} more" if len(unused) > 5 else ""
            self.file.notices.append(f"not used: {', '.join(unused[:5])}{more}")
        return self.file

    def _refuse(self, line: int, message: str) -> None:
        self.file.refused.append(Refusal(line, f"{self.where}{message}"))

    def _content(self, table: Table) -> None:
        at = _columns(table)
        said: dict[str, StudioVideo] = {}
        rows = rows_within(table, content_rows(table, at["video title"], at["video link"]))
        for line, cells in rows:
            self.file.rows_read += 1
            try:
                video = self._video(line, _by_name(table, at, cells))
                first = said.setdefault(video.reading.platform_id, video)
                if first is not video:
                    if _counts(first) != _counts(video):
                        raise Refused(
                            f"says something else than line {first.line} of the same video"
                        )
                    self.file.duplicates += 1
            except Refused as error:
                self._refuse(line, str(error))
        self.file.videos = list(said.values())

    def _video(self, line: int, row: dict[str, str]) -> StudioVideo:
        link = LINK.fullmatch(row["video link"])
        if link is None:
            wrong = f"Video link {shortened(row['video link'])} is no address of a video"
            raise Refused(f"{wrong}: export again and do not change the file")
        platform_id = link["id"]
        day = latest(_day("Time", row["time"]), self.until)
        uploaded = int(platform_id) >> 32  # seconds, in the upper half
        upload_day = datetime.fromtimestamp(uploaded, UTC).date()
        if day is None or upload_day > day + BEFORE_UPLOAD:
            raise Refused(
                f"by its link the video is of {upload_day}, which does not go with an export of "
                f"{day or row['time']}: give the day of the export"
            )
        dated = upload_day.year >= FIRST_YEAR
        views, likes, comments, shares = (_count(name, row[name]) for name in _TOTALS)
        title = row["video title"][:LONGEST_TITLE] or None
        reading = VideoReading(
            platform_id,
            video_counts(views=views, likes=likes, comments=comments, shares=shares),
            title,
            share_url=row["video link"],
        )
        posted = published(day_of(row["post time"]), upload_day) if dated else None
        # Of a post that was not scheduled the id tells the very second.
        near = posted is None or abs(posted - upload_day) <= BEFORE_UPLOAD
        return StudioVideo(
            line, day, reading, uploaded if dated else None, None if near else posted
        )

    def _followers(self, table: Table) -> None:
        for line, day, row in self._days(table):
            try:
                self.file.followers.append((line, day, _count("Followers", row["followers"])))
            except Refused as error:
                self._refuse(line, str(error))

    def _amounts(self, table: Table) -> None:
        for line, day, row in self._days(table):
            try:
                said = {AMOUNTS[name]: _amount(name, row[name]) for name in AMOUNTS if name in row}
            except Refused as error:
                self._refuse(line, str(error))
                continue
            known = {metric: amount for metric, amount in said.items() if amount is not None}
            self.file.amounts.append((line, day, known))

    def _days(self, table: Table) -> Iterator[tuple[int, date, dict[str, str]]]:
        """The rows of a table of one row a day, with their dates."""
        at = _columns(table)
        rows: list[tuple[int, DayOfYear, dict[str, str]]] = []
        whole = True
        for line, cells in rows_within(table, table.rows()):
            self.file.rows_read += 1
            try:
                row = _by_name(table, at, cells)
                rows.append((line, _day("Date", row["date"]), row))
            except Refused as error:
                self._refuse(line, str(error))
                whole = False
        try:
            dates = resolved([(line, day) for line, day, _ in rows], self.until, whole=whole)
        except InputError as error:
            raise InputError(f"{table.name}, {error}") from None
        for (line, _, row), day in zip(rows, dates, strict=True):
            yield line, day, row


def _columns(table: Table) -> dict[str, int]:
    return {folded(name): position for position, name in enumerate(table.header)}


def _by_name(table: Table, at: dict[str, int], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(table.header):
        raise Refused(
            f"{len(cells)} fields where the header has {len(table.header)}: export the file again "
            "and do not change it"
        )
    return {name: cells[position].strip() for name, position in at.items()}


def _day(name: str, text: str) -> DayOfYear:
    found = day_of(text)
    if found is None:
        raise Refused(
            f"{name} {shortened(text)} is not a day that we can read: set TikTok Studio to English "
            "and export again"
        )
    return found


def _count(name: str, text: str) -> int | None:
    return None if text.casefold() in _UNKNOWN else count_of(name.capitalize(), text)


def _amount(name: str, text: str) -> int | None:
    """An amount of a day; likes and the like can be taken back, views cannot."""
    if text[:1] == "-" and text[1:].isdigit() and name not in ("video views", "profile views"):
        size = count_of(name, text[1:])
        return None if size is None else -size
    return _count(name, text)


def _counts(video: StudioVideo) -> tuple[date, Counts]:
    return video.day, video.reading.counts
