"""What TikTok Studio exports: top posts, followers by day, and amounts by day.

Days have no year in them, and no account: both are found out or asked for. Pure parsing; which
instants the days are is decided by `snapshot_core.formats.tiktok_studio.plan`.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

from snapshot_core.errors import InputError
from snapshot_core.formats.captures import Refusal
from snapshot_core.formats.cells import Refused, shortened
from snapshot_core.formats.cells.named_days import DayOfYear
from snapshot_core.formats.spreadsheet.files import tables_of
from snapshot_core.formats.spreadsheet.table import FileContents, Table
from snapshot_core.formats.tiktok_studio.cells import (
    amount_in,
    cells_by_name,
    count_in,
    day_in,
    positions_of,
)
from snapshot_core.formats.tiktok_studio.content import (
    ContentRow,
    content_row,
    fits,
    totals,
    video_of,
)
from snapshot_core.formats.tiktok_studio.days import latest_date
from snapshot_core.formats.tiktok_studio.export_day import DELAY, ExportHints
from snapshot_core.formats.tiktok_studio.rows import checked_length, content_rows
from snapshot_core.formats.tiktok_studio.tables import (
    AMOUNTS,
    Kind,
    StudioFile,
    StudioVideo,
    column_names,
    kind_of,
)

MAX_FILES_NAMED: Final = 5


class ExportDayNeeded(InputError):
    """A list of videos without the day of its totals, which only its owner knows."""


def parse(
    path: Path, today: date, *, name: str | None = None, exported: date | None = None
) -> StudioFile:
    """Read the export at ``path``, which its owner calls ``name``.

    ``today`` is that of the account's zone: no export is newer. ``exported``: the day of the
    export where the user gives it; else `ExportHints` tell it, and where they say nothing, the
    days are taken for the latest there can be. Raises `InputError` where the whole file is of no
    use, and `ExportDayNeeded` where it needs to be told the day.
    """
    contents = tables_of(path)
    if exported is not None and exported > today + timedelta(days=1):
        raise InputError(f"the day of the export, {exported}, is still to come: check it")
    modified = None
    if name is None:  # else it is a copy, as old as the upload
        modified = datetime.fromtimestamp(path.stat().st_mtime, UTC).date()
    names = name or path.name, *contents.names
    hints = ExportHints.of(names, contents.written_on, modified, today, exported)
    return _Reader(hints).read(contents)


class _Reader:
    """Turns the tables of an export into days. One per file."""

    def __init__(self, hints: ExportHints) -> None:
        self.file = StudioFile()
        self.hints = hints
        self.until = hints.until
        """For the list of videos, whose rows do not tell by themselves."""
        self.place = ""

    def read(self, contents: FileContents) -> StudioFile:
        read: dict[Kind, Callable[[Table], None]] = {
            "content": self._content,
            "followers": self._followers,
            "amounts": self._amounts,
        }
        known = [(table, kind) for table in contents.tables if (kind := kind_of(table))]
        known.sort(key=lambda known_table: known_table[1] == "content")  # after the days
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
        exported = self.hints.exported
        if exported is None and "time" not in column_names(table):
            raise ExportDayNeeded(
                f"{table.name} is a list of videos of TikTok Studio that does not say of which day "
                "its totals are: give the day of the export"
            )
        positions = positions_of(table)
        rows = []
        cells_of_rows = content_rows(table, positions["video title"], positions["video link"])
        for line, cells in checked_length(table, cells_of_rows):
            self.file.rows_read += 1
            try:
                rows.append(content_row(line, cells_by_name(table, positions, cells), exported))
            except Refused as error:
                self._refuse(line, error)
        until = self._until_of(rows)
        first: dict[str, StudioVideo] = {}
        for row in rows:
            try:
                video = video_of(row, until)
                earlier = first.setdefault(row.platform_id, video)
                if earlier is not video:
                    if totals(earlier) != totals(video):
                        raise Refused(
                            f"says something else than line {earlier.line} of the same video"
                        )
                    self.file.duplicates += 1
            except Refused as error:
                self._refuse(row.line, error)
        self.file.videos = list(first.values())

    def _until_of(self, rows: Sequence[ContentRow]) -> date:
        """The latest day of a list: what its videos say goes before the hints of its age."""
        tomorrow = self.hints.tomorrow
        if any(row.day.year for row in rows):
            return tomorrow
        if self.hints.exported is not None or all(fits(row, self.until) for row in rows):
            return self.until
        if not all(fits(row, tomorrow) for row in rows):
            return self.until  # no year goes with all of them
        newest = max(row.upload_day for row in rows)
        self.file.notices.append(
            f"{self.place}it lists a video of {newest}, so its totals are taken for newer than "
            "the file seems to be. If that is wrong, give the day of the export"
        )
        return tomorrow

    def _day_in(self, name: str, text: str) -> DayOfYear:
        """The day that a cell names, which is not in a year to come. Raises `Refused`."""
        day = day_in(name, text)
        if day.year is not None and latest_date(day, self.hints.tomorrow) is None:
            raise Refused(f"{name} {shortened(text)} is no day until {self.hints.today}: check it")
        return day

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
                rows.append((line, self._day_in("Date", row["date"]), row))
            except Refused as error:
                self._refuse(line, error)
                whole = False
        try:
            dates = self.hints.dates_of_rows([(line, day) for line, day, _ in rows], whole=whole)
        except InputError as error:
            raise InputError(f"{table.name}, {error}") from None
        if dates and self.hints.exported is None:
            self.until = max(self.until, dates[-1] + DELAY)
        if dates and not any(day.year for _, day, _ in rows):
            for wrong in self.hints.contradictions(dates[0], dates[-1]):
                self.file.notices.append(
                    f"{self.place}{wrong}, but its days are taken for {dates[0]} to {dates[-1]}. "
                    "If that is wrong, give the day of the export"
                )
        for (line, _, row), day in zip(rows, dates, strict=True):
            yield line, day, row
