"""The sheets of a workbook (xlsx) as tables: all cells as text."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from io import BytesIO
from itertools import islice
from typing import Any, Final
from zipfile import ZipFile

from snapshot_core.errors import InputError
from snapshot_core.formats.cells import is_blank
from snapshot_core.formats.csv_text import Row
from snapshot_core.formats.spreadsheet.hyperlinks import (
    Links,
    linked_columns,
    video_links,
    with_links,
)
from snapshot_core.formats.spreadsheet.table import (
    Table,
    damage_explained,
    folded,
    repeats,
    shown_name,
    titles_above,
)

MAX_TAGS: Final = 1_000_000
"""Elements of a workbook, and attributes: each becomes an object in memory."""
MAX_TAG_ATTRIBUTES: Final = 1_000
"""Of one element: far more would be compared with each other."""
MAX_SHEETS: Final = 20
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 60

_FIRST_ROWS: Final = 20
"""Among which the header stands."""
_SHEET: Final = re.compile(rb"<(?:[^<>\s/:]+:)?sheet[\s/>]")
"""What a workbook lists its sheets with."""
_LONG_FORMAT: Final = re.compile(rb"formatCode\s*+=\s*+[\"'][^\"']{2000}")
"""A format of numbers, of which a spreadsheet allows 255 characters: openpyxl takes the square of
its length to tell whether it is one of dates."""

_VALUELESS: Final = re.compile(
    rb"<c(?:\s+(?!t=)[\w:]+=\"[^\"<>]*\")*+\s*+>"
    rb"<f[^<>]*(?:/>|(?<!/)>[^<]*+</f>)(?:<v\s*+/>|<v></v>)?+</c>"
)
"""A formula as programs write it that cannot work it out; an empty text as its value has a type."""


def repacked(files: Mapping[str, bytes], name: str) -> bytes:
    """The workbook of these files, packed anew: what is parsed is what was looked at.

    Raises `InputError` where it would fill the memory or brings its own entities.
    """
    attributes = sheets = 0
    tags = [0]
    out = BytesIO()
    with ZipFile(out, "w") as clean:
        for file, data in files.items():
            plain = data.replace(b"\0", b"")  # UTF-16 too
            tags.append(plain.count(b"<"))
            attributes += plain.count(b"=")
            if _VALUELESS.search(plain):
                raise InputError(
                    f"{name} has formulas without their values: open it in a spreadsheet, save it "
                    "there, and import it again"
                )
            hostile = b"<!DOCTYPE" in plain or _LONG_FORMAT.search(plain) or _crowded(plain)
            if hostile or max(sum(tags), attributes) > MAX_TAGS:
                raise InputError(f"{name} is no plain table: save it as CSV UTF-8 and import that")
            sheets += sum(1 for _ in _SHEET.finditer(plain))
            clean.writestr(file, data)
    # Each sheet costs its reading, and all of them may be the same one.
    if sheets > MAX_SHEETS or sheets * max(tags) > 2 * MAX_TAGS:
        raise InputError(f"{name} has too many large sheets: save one as CSV UTF-8 and import that")
    return out.getvalue()


def _crowded(plain: bytes) -> bool:
    return max(part.count(b"=") for part in plain.split(b"<")) > MAX_TAG_ATTRIBUTES


def book_tables(name: str, packed: bytes) -> list[Table]:
    """The sheets of a workbook that somebody sees something in."""
    with _opened(name, packed) as book:
        firsts = [
            (page.title, list(islice(_page_rows(name, page), _FIRST_ROWS)), video_links(page))
            for page in book.worksheets
            if page.sheet_state == "visible"
        ]
        day_zero = book.excel_base_date.date()
    written = [page for page in firsts if page[1]]
    return [
        _sheet_table(
            name if len(written) == 1 else f"{name}, sheet {sheet}",
            packed,
            sheet,
            first,
            day_zero,
            links,
        )
        for sheet, first, links in written
    ]


def _sheet_table(
    name: str, packed: bytes, sheet: str, first: list[Row], serial_day_zero: date, links: Links
) -> Table:
    titles = titles_above([cells for _, cells in first])
    line, header = first[titles]
    # What groups the columns may stand above them, and end before they do.
    width = max(_written_width(cells) for _, cells in first[titles : titles + 2])

    def of_width(cells: list[str]) -> list[str]:
        return [*cells, *[""] * (width - len(cells))][:width]

    names = of_width(header)
    compared = list(map(folded, names))

    def rows() -> Iterator[Row]:
        for at, cells in own_rows():
            yield at, with_links(at, cells, linked, links)

    def own_rows() -> Iterator[Row]:
        with _opened(name, packed) as book:
            for at, cells in _page_rows(name, book[sheet]):
                row = of_width(cells)
                if at > line and not is_blank(cells) and not repeats(row, compared):
                    yield at, row

    linked = linked_columns(links, list(own_rows())) if links else []
    names += [f"{names[column]} (link)".strip() for column in linked]
    return Table(
        name,
        list(map(shown_name, names)),
        rows,
        header_line=line,
        serial_day_zero=serial_day_zero,
        link_columns={column: width + n for n, column in enumerate(linked)},
    )


def _written_width(cells: list[str]) -> int:
    return max((at for at, cell in enumerate(cells, 1) if cell), default=0)


@contextmanager
def _opened(name: str, packed: bytes) -> Iterator[Any]:
    from openpyxl import load_workbook  # late: to look at a CSV needs a third of the time without

    with damage_explained(name):
        book = load_workbook(BytesIO(packed), read_only=True, data_only=True, keep_links=False)
        try:
            yield book
        finally:
            book.close()


def _page_rows(name: str, page: Any) -> Iterator[Row]:
    """The rows of a sheet as text, from the first with something in it."""
    page.reset_dimensions()
    started = False
    for line, values in enumerate(page.iter_rows(max_col=MAX_COLUMNS, values_only=True), 1):
        if line > MAX_ROWS:
            raise InputError(
                f"{name} has more than {MAX_ROWS:,} rows: save it as CSV UTF-8 instead"
            )
        cells = [_text(value) for value in values]
        if started := started or any(cells):
            yield line, cells


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
