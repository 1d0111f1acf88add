"""The rows of a Studio CSV. Some exports leave quotation marks in a title as they are."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from snapshot_core.errors import InputError
from snapshot_core.formats.readings.rows import LONGEST_LINE, Row
from snapshot_core.formats.spreadsheet.files import Table

MOST_ROWS: Final = 5_000
"""Studio writes a row a day for a year, or the top posts."""
_ADDRESS: Final = r'https?://[^\s"]*?/(?:video|photo|v)/(?P<id>\d{15,20})(?:[/?#][^\s"]*)?'
LINK: Final = re.compile(_ADDRESS, re.ASCII)
"""The address of a video, which no part of a title looks like."""
_TALLEST: Final = 40
"""Lines of one row: a title may have line breaks."""


def rows_within(table: Table, rows: Iterator[Row]) -> Iterator[Row]:
    """The rows; `InputError` where there are far more than an export has."""
    for number, row in enumerate(rows):
        if number == MOST_ROWS:
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
    shape = _Shape(table, title, link)
    pending: list[str] = []
    begun = 0
    for line, text in enumerate(table.lines(), 2):
        alone = shape.row(text)
        # A row of its own ends one before it that never came to its end.
        if pending and alone is not None:
            yield begun, ["".join(pending)]
            pending = []
        if not pending:
            begun = line
            if not text.strip():
                continue
        pending.append(text)
        said = "".join(pending)
        cells = alone if len(pending) == 1 else shape.row(said)
        if cells is None:
            cells = shape.cells(said)
            if cells is None and len(pending) < _TALLEST and len(said) <= LONGEST_LINE:
                continue  # the lines that follow may belong to it
        yield begun, cells or [said]
        pending = []
    if pending:
        yield begun, ["".join(pending)]


@dataclass(slots=True)
class _Shape:
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
        if self.link != self.title + 1 or len(text) > LONGEST_LINE:
            return None
        found = self._anchored().fullmatch(text.rstrip("\r\n"))
        return None if found is None else self._unquoted(found)

    def cells(self, text: str) -> list[str] | None:
        """The cells of one row; None where it is no CSV, as with a quotation mark left open."""
        try:
            rows = list(csv.reader([text], delimiter=self.table.delimiter, strict=True))
        except csv.Error:
            return None
        return rows[0] if rows else []

    def _anchored(self) -> re.Pattern[str]:
        sign = re.escape(self.table.delimiter)
        before = rf'"([^"\n]*)"{sign}' * self.title
        after = rf'{sign}("[^"\n]*"|[^"\n{sign}]*)' * (len(self.table.header) - self.link - 1)
        address = _ADDRESS.replace("?P<id>", "?:")
        return re.compile(f'{before}"(.*)"{sign}"?({address})"?{after}', re.DOTALL | re.ASCII)

    def _unquoted(self, found: re.Match[str]) -> list[str]:
        cells = [cell.strip().strip('"') for cell in found.groups()]
        named = found[self.title + 1]
        # Where every quotation mark stands twice they were escaped after all.
        escaped = '"' not in named.replace('""', "")
        cells[self.title] = named.replace('""', '"') if escaped else named
        return cells
