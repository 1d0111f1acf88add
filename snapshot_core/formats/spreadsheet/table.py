"""A table as a file holds it, and the CSV that is read as one."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import IO, Final, TypeAlias
from zipfile import BadZipFile
from zlib import error as ZlibError

from snapshot_core.errors import InputError
from snapshot_core.formats.cells import SERIAL_DAY_ZERO
from snapshot_core.formats.csv_text import (
    Row,
    cells_of,
    csv_rows,
    delimiter_of,
    header_index,
    text_lines,
)
from snapshot_core.names import without_invisible

_SAMPLE_LINES: Final = 20
"""Looked at to find out how a CSV is separated."""

MAX_COLUMN_NAME_LENGTH: Final = 100
"""Characters."""

Open: TypeAlias = Callable[[], IO[bytes]]


@dataclass(frozen=True, slots=True)
class Table:
    """A table that can be read more than once."""

    name: str
    """The file, or the file in the zip, as its owner knows it."""
    header: list[str]
    """As it is shown."""
    rows: Callable[[], Iterator[Row]]
    """Raises `InputError`, also while it is iterated."""
    lines: Callable[[], Iterator[str]] | None = None
    """The text below the header, line by line, where it is a CSV."""
    delimiter: str = ","
    header_line: int = 1
    serial_day_zero: date = SERIAL_DAY_ZERO
    """The day that a date kept as a number of days counts from."""
    link_columns: Mapping[int, int] = field(default_factory=dict)
    """Columns of a workbook by those whose cells they are the links behind."""
    unread: tuple[str, ...] = ()
    """Other tables of the same file."""


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


def plain_name(name: str) -> str:
    """A column's name without what nobody sees."""
    return without_invisible(name).strip()


def shown_name(name: str) -> str:
    """A column's name as it is shown, also with each row that is refused: of a bearable length."""
    name = plain_name(name)
    fits = len(name) <= MAX_COLUMN_NAME_LENGTH
    return name if fits else f"{name[: MAX_COLUMN_NAME_LENGTH - 1]}…"


def folded(name: str) -> str:
    """A column's name as it is compared: an old export ends one in a no-break space."""
    return " ".join(plain_name(name).split()).casefold()


def repeats(cells: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a row is the header again, as where files were joined; ``names``: `folded`."""
    return (
        len(cells) == len(names)
        and folded(cells[0]) == names[0]
        and all(folded(cell) == name for cell, name in zip(cells, names, strict=True))
    )


def titles_above(rows: Sequence[Sequence[str]]) -> int:
    """How many of the first ``rows`` are titles above a table: a single cell, or none."""
    written = [sum(1 for cell in cells if plain_name(cell)) for cells in rows]
    return next((index for index, count in enumerate(written) if count > 1), 0)


def csv_table(name: str, open_file: Open) -> Table:
    """The CSV that ``open_file`` opens. Raises `InputError`."""

    def lines() -> Iterator[str]:
        with open_file() as file:
            yield from text_lines(file, name)

    sample = list(islice(lines(), _SAMPLE_LINES))
    index = header_index(sample)
    if index is None:
        raise InputError(f"{name} is empty: the first line should name the columns")
    delimiter = delimiter_of(sample, index)
    index += titles_above([cells_of(line, delimiter) for line in sample[index:]])
    header_line = index + 1
    _, header = next(csv_rows(sample[index:header_line], name, delimiter))

    compared = list(map(folded, header))

    def rows() -> Iterator[Row]:
        rows = csv_rows(lines(), name, delimiter)
        return (row for row in rows if row[0] > header_line and not repeats(row[1], compared))

    def below() -> Iterator[str]:
        return islice(lines(), header_line, None)

    names = list(map(shown_name, header))
    return Table(name, names, rows, below, delimiter, header_line)


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
