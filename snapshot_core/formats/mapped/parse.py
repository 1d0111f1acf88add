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
from snapshot_core.formats.cells import Refused, shortened
from snapshot_core.formats.csv_text import Row
from snapshot_core.formats.mapped.cells import DateForm, moment_of, number_of, video_of
from snapshot_core.formats.readings.columns import COLUMNS
from snapshot_core.formats.readings.parse import Reader
from snapshot_core.formats.spreadsheet.table import Table
from snapshot_core.metrics import COUNTERS, FOLLOWERS
from snapshot_core.windows import iso, midnight, noon

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
    reader = _MappedRows(table, mapping)
    parsed = Reader(table.name, list(COLUMNS), now).read(reader.rows())
    parsed.rows_read += reader.refused.total
    parsed.refused = parsed.refused.with_more(reader.refused)
    for capture in parsed.captures:
        # The readings of those rows are missing from it.
        capture.refused += reader.missing[capture.captured_at]
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

    def __init__(self, table: Table, mapping: TableMapping) -> None:
        self.table, self.mapping = table, mapping
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
                if "captured_at" in self.mapping.columns:
                    at = self._instant("captured_at", cells)
                yield line, self._row(cells, at)
            except Refused as error:
                self.refused.append(Refusal(line, str(error)))
                if at is not None:
                    self.missing[at] += 1

    def _row(self, cells: list[str], at: int | None) -> list[str]:
        if at is None:
            raise Refused("there is no date: every row says when it was read")
        mapping, row = self.mapping, dict.fromkeys(COLUMNS, "")
        row["account"], row["captured_at"] = mapping.account, iso(at)
        row["title"] = self._cell("title", cells)
        row["video_id"] = video_of(self._name("video_id"), self._cell("video_id", cells))
        published = self._instant("published_at", cells)
        row["published_at"] = "" if published is None else iso(published)
        for metric in COUNTERS:
            if text := self._cell(metric, cells):
                row[metric] = str(number_of(self._name(metric), text, mapping.separator))
        return list(row.values())

    def _instant(self, field: str, cells: list[str]) -> int | None:
        """The instant in a cell: of a day alone, its noon, or its beginning for a publication."""
        text, name, zone = self._cell(field, cells), self._name(field), self.mapping.zone
        if not text:
            return None
        day, at = moment_of(name, text, self.mapping.form, zone)
        if day.year not in _YEARS:
            raise Refused(f"{name} {shortened(text)} is before 2005: check the date")
        if at is not None:
            return at
        return noon(day, zone) if field == "captured_at" else midnight(day, zone)

    def _cell(self, field: str, cells: list[str]) -> str:
        at = self.mapping.columns.get(field)
        return "" if at is None else cells[at].strip()

    def _name(self, field: str) -> str:
        """What the owner of the table calls the field."""
        at = self.mapping.columns.get(field)
        return field if at is None else self.table.header[at] or field
