"""The columns of somebody else's table: which of our fields each may be, by its name and cells."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from typing import Final

from snapshot_core.errors import InputError
from snapshot_core.formats.cells import DateForm, form_of, separator_of
from snapshot_core.formats.csv_text import Row
from snapshot_core.formats.mapped.guess import guessed_columns
from snapshot_core.formats.mapped.names import known_fields
from snapshot_core.formats.spreadsheet.files import tables_of
from snapshot_core.formats.spreadsheet.table import Table, shown_name
from snapshot_core.metrics import COUNTERS

DATES: Final = ("captured_at", "published_at")
_SAMPLE_ROWS: Final = 2_000
"""Looked at to find out what the columns are."""
_READ_ROWS: Final = 50_000
"""Looked at to find out how dates and numbers are written: one row can decide."""
_HEADER_ROWS: Final = 10
"""Among which the names of the columns stand."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a table looks like."""

    columns: dict[str, int]
    """The position of the column of each of our fields; those that there are."""
    form: DateForm | None
    """None where its dates could be read in two ways: only their owner knows."""
    separator: str
    """Between thousands."""


def table_of(path: Path) -> Table:
    """The table of the file at ``path``: of several the first that names most of our fields.

    Raises `InputError`.
    """
    tables = [_named(table) for table in tables_of(path).tables if len(table.header) > 1]
    if not tables:
        raise InputError(f"{path.name} is no table: it needs columns, named in the first line")
    table = max(tables, key=lambda table: len(known_fields(table.header)))
    return replace(table, unread=tuple(other.name for other in tables if other is not table))


def _named(table: Table) -> Table:
    """``table`` with the row that names most columns as its header.

    A line with a title may stand above it, or one that groups the columns.
    """
    first: Row = (table.header_line, table.header)
    rows = [first, *islice(table.rows(), _HEADER_ROWS - 1)]
    line, cells = max(rows, key=lambda row: len(known_fields(row[1])))
    if line == table.header_line or len(known_fields(cells)) < 2:
        return table

    def below() -> Iterator[Row]:
        return (row for row in table.rows() if row[0] > line)

    return replace(
        table, header=list(map(shown_name, cells)), rows=below, lines=None, header_line=line
    )


def suggest(table: Table, chosen: Mapping[str, int] | None = None) -> Suggestion:
    """What the columns are by their names and cells, and how dates and numbers are written.

    Where the columns are ``chosen`` already, only their dates and numbers are looked at.
    """
    if chosen is None:
        width = len(table.header)
        sample = [cells for _, cells in islice(table.rows(), _SAMPLE_ROWS) if len(cells) == width]
        columns = guessed_columns(table.header, sample)
    else:
        columns = dict(chosen)
    return Suggestion(
        columns,
        form_of(_cells(table, columns, DATES)),
        separator_of(_cells(table, columns, COUNTERS)),
    )


def _cells(table: Table, columns: Mapping[str, int], fields: Sequence[str]) -> list[str]:
    """What the columns of some fields hold, each text once."""
    positions = [columns[field] for field in fields if field in columns]
    texts = {
        cells[position].strip()
        for _, cells in islice(table.rows(), _READ_ROWS)
        for position in positions
        if position < len(cells)
    }
    return [text for text in texts if text and not text.isdigit()]
