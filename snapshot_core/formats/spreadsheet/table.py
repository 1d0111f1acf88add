"""A table as a file holds it, and the CSV that is read as one."""

import csv
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import IO, Final, TypeAlias
from zipfile import BadZipFile
from zlib import error as ZlibError

from snapshot_core.errors import InputError
from snapshot_core.formats.csv_text import Row, csv_rows, text_lines

_SAMPLE_LINES: Final = 20
"""Looked at to find out how a CSV is separated."""
_DELIMITERS: Final = (",", ";", "\t", "|")

Open: TypeAlias = Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that can be read more than once."""

    name: str
    """The file, or the file in the zip, as its owner knows it."""
    header: list[str]
    """As it is written; without spaces around."""
    rows: Callable[[], Iterator[Row]]
    """Raises `InputError`, also while it is iterated."""
    lines: Callable[[], Iterator[str]] | None = None
    """The text below the header, line by line, where it is a CSV."""
    delimiter: str = ","


@dataclass(frozen=True, slots=True)
class FileContents:
    """What a file holds."""

    tables: list[Table] = field(default_factory=list)
    written_on: list[date] = field(default_factory=list)
    """The days on which the files of a zip were written, by its own word."""
    others: list[str] = field(default_factory=list)
    """Files of a zip that hold no table."""
    names: list[str] = field(default_factory=list)
    """What the files of a zip are called."""


def folded(name: str) -> str:
    """A column's name as it is compared: an old export ends one in a no-break space."""
    return " ".join(name.split()).casefold()


def csv_table(name: str, open_file: Open) -> Table:
    """The CSV that ``open_file`` opens. Raises `InputError`."""

    def lines() -> Iterator[str]:
        with open_file() as file:
            yield from text_lines(file, name)

    sample = list(islice(lines(), _SAMPLE_LINES))
    if not sample:
        raise InputError(f"{name} is empty: the first line should name the columns")
    delimiter = _delimiter(sample)
    try:
        header = next(csv.reader(sample[:1], delimiter=delimiter))
    except csv.Error:
        raise InputError(f"{name}, line 1 is not CSV: save the file as CSV UTF-8") from None

    def rows() -> Iterator[Row]:
        return (row for row in csv_rows(lines(), name, delimiter) if row[0] > 1)

    def below() -> Iterator[str]:
        return islice(lines(), 1, None)

    return Table(name, [cell.strip() for cell in header], rows, below, delimiter)


def _delimiter(sample: list[str]) -> str:
    """The sign that gives most lines as many fields as the header."""

    def fit(sign: str) -> tuple[bool, int, int]:
        try:
            widths = [len(cells) for cells in csv.reader(sample, delimiter=sign) if cells]
        except csv.Error:
            return False, 0, 0
        header_width = widths[0] if widths else 0
        return header_width > 1, widths.count(header_width), header_width

    return max(_DELIMITERS, key=fit)


@contextmanager
def damage_explained(name: str) -> Iterator[None]:
    """Turn what the libraries say of a damaged file into what its owner can do."""
    try:
        yield
    except (InputError, MemoryError):
        raise
    except Exception as error:  # of a damaged workbook openpyxl raises whatever it ran into
        if isinstance(error, OSError) and error.errno:
            raise
        what = "a zip" if isinstance(error, (BadZipFile, ZlibError)) else "a file"
        wrong = f"{name} is {what} that cannot be read: download or export it again"
        raise InputError(wrong) from error
