"""The sheets of a workbook (xlsx) as tables: all cells as text."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Any, Final
from zipfile import ZipFile, ZipInfo

from openpyxl import load_workbook

from snapshot_core.errors import InputError
from snapshot_core.sources.readings_format import Row
from snapshot_core.sources.sheets_table import Open, Table, explained

TAGS: Final = 1_000_000
"""Elements of a workbook: each becomes an object in memory."""
MOST_ROWS: Final = 20_000
MOST_COLUMNS: Final = 60


def check_markup(archive: ZipFile, members: list[ZipInfo], name: str) -> None:
    """Refuse a workbook that would fill the memory or that brings its own entities."""
    tags = 0
    for member in members:
        if not member.filename.lower().endswith((".xml", ".rels")):
            continue
        data = archive.read(member)
        tags += data.count(b"<")
        if b"<!DOCTYPE" in data[:4096] or tags > TAGS:
            raise InputError(f"{name} is no plain table: save it as CSV UTF-8 and import that")


def book_tables(name: str, open_it: Open) -> list[Table]:
    """The sheets of a workbook that have something in their first row."""
    tables: list[Table] = []
    for sheet in _sheets(name, open_it):
        first = next(_sheet_rows(name, open_it, sheet), None)
        if first is not None and any(first[1]):
            own = name if not tables else f"{name}, sheet {sheet}"
            tables.append(_sheet_table(own, open_it, sheet, first))
    return tables


def _sheet_table(name: str, open_it: Open, sheet: str, first: Row) -> Table:
    line, header = first
    while header and not header[-1]:
        header.pop()
    width = len(header)

    def rows() -> Iterator[Row]:
        for at, cells in _sheet_rows(name, open_it, sheet):
            if at > line and any(cells):
                yield at, [*cells, *[""] * (width - len(cells))][:width]

    return Table(name, header, rows)


def _sheets(name: str, open_it: Open) -> list[str]:
    with explained(name), open_it() as file:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            return [sheet.title for sheet in book.worksheets]
        finally:
            book.close()


def _sheet_rows(name: str, open_it: Open, sheet: str) -> Iterator[Row]:
    """The rows of a sheet as text, from the first with something in it."""
    with explained(name), open_it() as file:
        book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            page = book[sheet]
            page.reset_dimensions()
            begun = False
            for line, values in enumerate(
                page.iter_rows(max_col=MOST_COLUMNS, values_only=True), 1
            ):
                if line > MOST_ROWS:
                    raise InputError(
                        f"{name} has more than {MOST_ROWS:,} rows: save it as CSV UTF-8 instead"
                    )
                cells = [_text(value) for value in values]
                if begun := begun or any(cells):
                    yield line, cells
        finally:
            book.close()


def _text(value: Any) -> str:
    """A cell as a CSV file would have it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        plain = value.time() == datetime.min.time()
        return value.date().isoformat() if plain else value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value).strip()
