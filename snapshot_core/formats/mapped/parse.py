"""Any table of readings: its columns are mapped to ours by its owner, after a suggestion.

What comes out is what a readings file gives: captures, and rows refused with their lines.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.errors import InputError
from snapshot_core.formats.captures import ParsedFile, Refusal, Refusals
from snapshot_core.formats.cells import (
    PLATFORM_ID,
    DateForm,
    Refused,
    count_of,
    instant_in,
    is_link,
    is_summary,
    is_unknown,
    moment_of,
    shortened,
    video_id_of,
)
from snapshot_core.formats.csv_text import Row
from snapshot_core.formats.mapped.survey import survey
from snapshot_core.formats.readings.columns import COLUMNS
from snapshot_core.formats.readings.parse import Reader
from snapshot_core.formats.readings.safe_text import unescaped
from snapshot_core.formats.spreadsheet.table import Table
from snapshot_core.metrics import COUNTERS, FOLLOWERS
from snapshot_core.windows import iso, local_date, midnight, noon

_YEARS: Final = range(2005, 9991)


@dataclass(frozen=True, slots=True)
class TableMapping:
    """How a table is to be read."""

    account: str
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
    reader = Reader(table.name, list(COLUMNS), now)
    mapped = _MappedRows(table, mapping, now, reader.summaries)
    parsed = reader.read(mapped.rows())
    parsed.rows_read += mapped.refused.total
    parsed.refused = parsed.refused.with_more(mapped.refused)
    for capture in parsed.captures:
        # The readings of those rows are missing from it.
        capture.refused += mapped.missing[capture.captured_at]
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

    def __init__(self, table: Table, mapping: TableMapping, now: int, summaries: list[int]) -> None:
        """``summaries`` is given the lines of the rows that sum others up."""
        self.table, self.mapping, self.now, self.summaries = table, mapping, now, summaries
        self.survey = survey(table, mapping.columns, mapping.form, mapping.zone)
        self.refused = Refusals()
        self.missing: Counter[int] = Counter()
        """By instant, the rows that were refused."""

    def rows(self) -> Iterator[Row]:
        width = len(self.table.header)
        for line, cells in self.table.rows():
            at: int | None = self.mapping.read_at
            try:
                if len(cells) != width:
                    raise Refused(f"{len(cells)} fields where the header has {width}: mend the row")
                if self._sums_up(cells):
                    self.summaries.append(line)
                    continue
                if "captured_at" in self.mapping.columns:
                    at = self._instant("captured_at", cells, line)
                yield line, self._row(cells, at)
            except Refused as error:
                self.refused.append(Refusal(line, str(error)))
                if at is not None:
                    self.missing[at] += 1

    def _sums_up(self, cells: list[str]) -> bool:
        video = self._cell("video_id", cells)
        return is_summary(video) or (not video and any(map(is_summary, cells)))

    def _row(self, cells: list[str], at: int | None) -> list[str]:
        if at is None:
            raise Refused("there is no date: every row says when it was read")
        mapping, row = self.mapping, dict.fromkeys(COLUMNS, "")
        row["account"], row["captured_at"] = mapping.account, iso(at)
        row["title"] = self._cell("title", cells)
        row["video_id"] = self._video(self._cell("video_id", cells))
        published = self._instant("published_at", cells)
        row["published_at"] = "" if published is None else iso(published)
        for metric in COUNTERS:
            if text := self._cell(metric, cells):
                count = count_of(self._name(metric), text, mapping.separator)
                row[metric] = "" if count is None else str(count)
        return list(row.values())

    def _video(self, text: str) -> str:
        """The id of a video, or its address."""
        name, text = self._name("video_id"), unescaped(text, inside=False)
        video = video_id_of(name, text)
        if is_link(text):
            return text
        if video and self.survey.has_platform_ids and not PLATFORM_ID.fullmatch(video):
            raise Refused(
                f"{name} {shortened(text)} is no id of a video, as those of the other rows are: "
                "leave the row out, or correct it"
            )
        return video

    def _instant(self, field: str, cells: list[str], line: int = 0) -> int | None:
        """The instant in a cell: of a day alone, its noon, or its beginning for a publication.

        Today's noon may be still to come; then the counts are those of now.
        """
        text, name, zone = self._cell(field, cells), self._name(field), self.mapping.zone
        if is_unknown(text):
            return None
        moment = moment_of(name, text, self.mapping.form)
        if moment.day.year not in _YEARS:
            raise Refused(f"{name} {shortened(text)} is before 2005: check the date")
        later = field == "captured_at" and line in self.survey.later_lines
        at = instant_in(name, text, moment, zone, later=later)
        if at is not None:
            return at
        if field != "captured_at":
            return midnight(moment.day, zone)
        at = noon(moment.day, zone)
        return min(at, self.now) if moment.day == local_date(self.now, zone) else at

    def _cell(self, field: str, cells: list[str]) -> str:
        at = self.mapping.columns.get(field)
        return "" if at is None else cells[at].strip()

    def _name(self, field: str) -> str:
        """What the owner of the table calls the field."""
        at = self.mapping.columns.get(field)
        return field if at is None else self.table.header[at] or field
