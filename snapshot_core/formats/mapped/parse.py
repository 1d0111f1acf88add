"""Any table of readings: its columns are mapped to ours by its owner, after a suggestion.

What comes out is what a readings file gives: captures, and rows refused with their lines.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from zoneinfo import ZoneInfo

from snapshot_core.errors import InputError
from snapshot_core.formats.captures import ParsedFile, Refusal, Refusals
from snapshot_core.formats.cells import (
    DateForm,
    Refused,
    RunningSums,
    count_of,
    is_cut,
    is_link,
    is_summary,
    is_unknown,
    video_id_of,
    video_in_link,
)
from snapshot_core.formats.csv_text import Row
from snapshot_core.formats.mapped.dates import TableDates
from snapshot_core.formats.mapped.names import ACCOUNT
from snapshot_core.formats.mapped.repeated_hours import later_lines
from snapshot_core.formats.mapped.times import time_column, with_times
from snapshot_core.formats.readings.columns import COLUMNS
from snapshot_core.formats.readings.parse import Reader, left_out
from snapshot_core.formats.readings.safe_text import unescaped
from snapshot_core.formats.spreadsheet.table import Table
from snapshot_core.metrics import COUNTERS, FOLLOWERS
from snapshot_core.windows import iso


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How a table is to be read."""

    account: str
    """Where no column names it."""
    zone: ZoneInfo
    """Of dates that name none."""
    columns: Mapping[str, int]
    """The position of the column of each of our fields; those that there are."""
    form: DateForm = "year first"
    separator: str = ""
    """Between thousands."""
    read_at: int | None = None
    """The instant of all rows, where no column has it."""


def parse_mapped(table: Table, mapping: TableMapping, now: int) -> ParsedFile:
    """Read ``table`` by ``mapping``; nothing is stored.

    Raises `InputError` where the mapping lacks what every reading needs, or the file is damaged.
    """
    _check(mapping)
    columns = dict(mapping.columns)
    if columns.get("video_id") in table.link_columns:
        columns["video_id"] = table.link_columns[columns["video_id"]]
        mapping = replace(mapping, columns=columns)
    times = time_column(table, mapping.columns)
    if times is not None:
        table = with_times(table, mapping.columns["captured_at"], times)
    reader = Reader(table.name, list(COLUMNS), now, names_videos=False)
    mapped = _MappedRows(table, mapping, now, reader)
    parsed = reader.read(mapped.rows())
    parsed.rows_read += mapped.refused.total
    parsed.refused = parsed.refused.with_more(mapped.refused)
    for capture in parsed.captures:
        capture.dated_by_day = (
            capture.captured_at in mapped.dates.of_days or capture.captured_at == mapping.read_at
        )
    if times is not None:
        parsed.notices.append(
            f"the times of the days are those of the column {table.header[times]}"
        )
    if table.unread:
        unread = ", ".join(table.unread)
        parsed.notices.append(f"not read, save what you need as a file of its own: {unread}")
    if mapped.empty:
        parsed.notices.append(left_out("neither a video nor a count", mapped.empty))
    return parsed


def _check(mapping: TableMapping) -> None:
    columns = mapping.columns
    counters = set(columns) & set(COUNTERS)
    if not counters:
        raise InputError("Choose the column of at least one count.")
    if "captured_at" not in columns and mapping.read_at is None:
        raise InputError("Choose the column that says when the counts were read, or give the day.")
    if "video_id" not in columns and counters != {FOLLOWERS}:
        raise InputError("Choose the column with the videos' ids or links.")
    position, times = Counter(columns.values()).most_common(1)[0]
    if times > 1:
        fields = [field for field, at in columns.items() if at == position]
        raise InputError(f"One column is chosen twice, for {' and '.join(fields)}.")


class _MappedRows:
    """Turns the rows of a table into those of a readings file."""

    def __init__(self, table: Table, mapping: TableMapping, now: int, reader: Reader) -> None:
        """``reader``: of these rows. It is told of those that do not come to it."""
        self.table, self.mapping, self.reader = table, mapping, reader
        self.later_lines = later_lines(table, mapping.columns, mapping.form, mapping.zone)
        self.refused = Refusals()
        self.dates = TableDates(mapping.form, mapping.zone, now, table.serial_day_zero)
        # Rows share their instants; texts of any length are refused, and not remembered.
        self.read_at = lru_cache(maxsize=4096)(self.dates.read_at)
        self.published_at = lru_cache(maxsize=4096)(self.dates.published_at)
        self.sums = RunningSums()
        self.empty: list[int] = []
        """Lines that say nothing of a video or the account, but for a day, say."""

    def rows(self) -> Iterator[Row]:
        width = len(self.table.header)
        for line, cells in self.table.rows():
            account, at = self.mapping.account, self.mapping.read_at
            try:
                if len(cells) != width:
                    raise Refused(f"{len(cells)} fields where the header has {width}: mend the row")
                if self._sums_up(cells):
                    self.reader.summaries.append(line)
                    continue
                if self._says_nothing(cells):
                    self.empty.append(line)
                    continue
                if ACCOUNT in self.mapping.columns:
                    account = self.reader.account(self._cell(ACCOUNT, cells))
                if "captured_at" in self.mapping.columns:
                    later = line in self.later_lines
                    name, text = self._name("captured_at"), self._cell("captured_at", cells)
                    at = self.read_at(name, text, later=later)
                yield line, self._row(account, at, cells)
            except Refused as error:
                self.refused.append(Refusal(line, str(error)))
                if account and at is not None:
                    self.reader.miss(account, at, line)

    def _sums_up(self, cells: list[str]) -> bool:
        of_videos, video = "video_id" in self.mapping.columns, self._cell("video_id", cells)
        if video or (of_videos and self._cell(FOLLOWERS, cells)):
            return is_summary(video)
        return any(map(is_summary, cells)) or (of_videos and self._adds_up(cells))

    def _adds_up(self, cells: list[str]) -> bool:
        """Whether the counts of a row that names no video are the sums of those above."""
        try:
            counts = self._counts(cells)
        except Refused:
            return False
        return self.sums.make_up(counts)

    def _says_nothing(self, cells: list[str]) -> bool:
        fields = ("video_id", *COUNTERS)
        return all(is_unknown(self._cell(field, cells)) for field in fields)

    def _row(self, account: str, at: int | None, cells: list[str]) -> list[str]:
        counts = self._counts(cells)
        self.sums.add(counts)
        video = self._video(self._cell("video_id", cells))
        if is_cut(video):
            self.reader.linked.update(filter(None, map(video_in_link, filter(is_link, cells))))
        if at is None:
            raise Refused("there is no date: every row says when it was read")
        row = dict.fromkeys(COLUMNS, "")
        row["account"], row["captured_at"] = account, iso(at)
        row["title"], row["video_id"] = self._cell("title", cells), video
        name, text = self._name("published_at"), self._cell("published_at", cells)
        published = self.published_at(name, text)
        row["published_at"] = "" if published is None else iso(published)
        for metric, count in counts.items():
            row[metric] = "" if count is None else str(count)
        return list(row.values())

    def _counts(self, cells: list[str]) -> dict[str, int | None]:
        """The counts of a row, by metric. Raises `Refused`."""
        return {
            metric: count_of(self._name(metric), text, self.mapping.separator)
            for metric in COUNTERS
            if (text := self._cell(metric, cells))
        }

    def _video(self, text: str) -> str:
        """The id of a video, or its address."""
        name, text = self._name("video_id"), unescaped(text, inside=False)
        video = video_id_of(name, text)
        return text if is_link(text) else video

    def _cell(self, field: str, cells: list[str]) -> str:
        at = self.mapping.columns.get(field)
        return "" if at is None else cells[at].strip()

    def _name(self, field: str) -> str:
        """What the owner of the table calls the field."""
        at = self.mapping.columns.get(field)
        return field if at is None else self.table.header[at] or field
