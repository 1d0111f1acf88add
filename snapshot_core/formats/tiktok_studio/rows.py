"""The rows of a Studio CSV. Some exports leave quotation marks in a title as they are."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from snapshot_core.errors import InputError
from snapshot_core.formats.csv_text import MAX_LINE_BYTES, Row
from snapshot_core.formats.spreadsheet.table import Table

MAX_ROWS: Final = 5_000
"""Studio writes a row a day for a year, or the top posts."""
_ID: Final = r"/(?:video|photo|v)/(?P<id>\d{15,20})"
_ADDRESS: Final = rf'https?://(?:(?!{_ID.replace("?P<id>", "?:")})[^\s"])*+{_ID}(?:[/?#][^\s"]*+)?'
LINK: Final = re.compile(_ADDRESS, re.ASCII)
"""The address of a video, which no part of a title looks like."""
_MAX_ROW_LINES: Final = 40
"""A title may have line breaks."""


def checked_length(table: Table, rows: Iterator[Row]) -> Iterator[Row]:
    """The rows; `InputError` where there are far more than an export has."""
    for number, row in enumerate(rows):
        if number == MAX_ROWS:
            raise InputError(f"{table.name} has more rows than TikTok Studio writes")
        yield row


def content_rows(table: Table, title: int, link: int) -> Iterator[Row]:
    """The rows of a list of videos, whose ``title`` and ``link`` stand in these columns.

    A row that is no CSV is put together from its link: what stands between the cells before the
    title and the link is the title. What is no row either way comes as a single cell.
    """
    if table.lines is None:
        yield from table.rows()
        return
    shape = _RowShape(table, title, link)
    pending = ""
    pending_lines = first_line = 0
    for line, text in enumerate(table.lines(), table.header_line + 1):
        cells = shape.row(text)
        # A row of its own ends one before it that never came to its end.
        if pending and cells is not None:
            yield first_line, [pending]
            pending, pending_lines = "", 0
        if not pending:
            first_line = line
            if not text.strip(f'{table.delimiter}" \t\r\n'):
                continue
        pending += text
        pending_lines += 1
        if cells is None:
            cells = shape.row(pending) if pending_lines > 1 else None
            cells = cells or shape.cells(pending)
            room = pending_lines < _MAX_ROW_LINES and len(pending) <= MAX_LINE_BYTES
            if cells is None and room:
                continue  # the lines that follow may belong to it
        yield first_line, cells or [pending]
        pending, pending_lines = "", 0
    if pending:
        yield first_line, [pending]


@dataclass(slots=True)
class _RowShape:
    """What a row of a list of videos looks like."""

    table: Table
    title: int
    link: int

    def row(self, text: str) -> list[str] | None:
        """The cells of ``text``, None where it is no whole row."""
        cells = self.cells(text)
        whole = cells and len(cells) == len(self.table.header)
        if cells and whole and LINK.fullmatch(cells[self.link].strip()):
            return cells
        if self.link != self.title + 1 or len(text) > MAX_LINE_BYTES:
            return None
        match = around_link(self.table, self.title, self.link).fullmatch(text.rstrip("\r\n"))
        return None if match is None else self._unquoted(match)

    def cells(self, text: str) -> list[str] | None:
        """The cells of one row; None where it is no CSV, as with a quotation mark left open."""
        try:
            rows = list(csv.reader([text], delimiter=self.table.delimiter, strict=True))
        except csv.Error:
            return None
        return rows[0] if rows else []

    def _unquoted(self, match: re.Match[str]) -> list[str]:
        cells = [cell.strip().strip('"') for cell in match.groups()]
        title = match[self.title + 1]
        # Where every quotation mark stands twice they were escaped after all.
        escaped = '"' not in title.replace('""', "")
        cells[self.title] = title.replace('""', '"') if escaped else title
        return cells


def around_link(table: Table, title: int, link: int) -> re.Pattern[str]:
    """A row that is put together from its link: its cells, of which the title may be anything."""
    sign = re.escape(table.delimiter)
    before = rf'"([^"\n]*)"{sign}' * title
    after = rf'{sign}("[^"\n]*"|[^"\n{sign}]*)' * (len(table.header) - link - 1)
    address = _ADDRESS.replace("?P<id>", "?:")
    return re.compile(f'{before}"(.*)"{sign}"?({address})"?{after}', re.DOTALL | re.ASCII)
