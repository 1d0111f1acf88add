"""CSV as text: lines of a bounded length, and rows with the line that each begins on."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Final, TypeAlias

from snapshot_core.errors import InputError
from snapshot_core.formats.cells import is_blank

MAX_LINE_BYTES: Final = 65_536
"""A video's title has some thousands; a longer line is not a table of readings."""
DELIMITERS: Final = (",", ";", "\t", "|")

Row: TypeAlias = tuple[int, list[str]]
"""The line (in Parquet and workbooks the row, from 1) and its cells."""

_MARK: Final = "\ufeff"
"""A byte order mark. Files that were joined have some inside."""
_STATED: Final = re.compile(r'"?sep=([,;|\t])"?[,;|\s]*', re.IGNORECASE)
"""The first line by which Excel says how a file is separated."""


def text_lines(file: IO[bytes], name: str) -> Iterator[str]:
    """The lines of a text, each read only as far as a sane line goes. Raises `InputError`."""
    number = 0
    while raw := file.readline(MAX_LINE_BYTES + 1):
        number += 1
        where = f"{name}, line {number}"
        if b"\0" in raw:
            raise InputError(f"{where}: this is not text; save the file as CSV UTF-8")
        if len(raw) > MAX_LINE_BYTES:
            raise InputError(
                f"{where} is longer than {MAX_LINE_BYTES:,} bytes: this is not a readings file"
            )
        try:
            yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise InputError(f"{where} is not UTF-8: save the file as CSV UTF-8") from None


def csv_rows(lines: Iterable[str], name: str, delimiter: str = ",") -> Iterator[Row]:
    """The rows in which anything is written, the header among them. Raises `InputError`."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if cells and cells[0][:1] == _MARK:
                cells[0] = cells[0].lstrip(_MARK).strip('"')
            if not is_blank(cells):
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        remedy = 'is a quotation mark left open? Inside a quoted field write it twice: ""'
        if "new-line" in str(error):
            remedy = "end each line with LF or CRLF, not with CR alone"
        raise InputError(f"{name}, line {line} is not CSV: {remedy}") from None


def header_index(sample: Sequence[str]) -> int | None:
    """Which of a file's first lines names its columns; None where all are empty."""
    for index, line in enumerate(sample):
        stated = index == 0 and _STATED.fullmatch(line.lstrip(_MARK))
        if not stated and line.strip(f"{_MARK} \t\r\n,;|\"'"):
            return index
    return None


def delimiter_of(sample: Sequence[str], index: int) -> str:
    """The sign between the cells of a file: that which gives most lines as many as the header.

    ``index``: that of the header in ``sample``, the first lines. Where a title stands in its place,
    the other lines tell.
    """
    stated = _STATED.fullmatch(sample[0].lstrip(_MARK)) if index else None
    below = sample[index:]
    if stated and _widths(below[:1], stated[1])[0] > 1:
        return stated[1]

    def fit(sign: str) -> tuple[bool, int, int]:
        widths = _widths(below, sign)
        if widths[0] > 1:
            return True, widths.count(widths[0]), widths[0]
        width, lines = Counter([0, *(width for width in widths if width > 1)]).most_common(1)[0]
        return False, lines if width else 0, width

    return max(DELIMITERS, key=fit)


def cells_of(line: str, delimiter: str) -> list[str]:
    """The cells of one line; none of what is no CSV."""
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _widths(lines: Sequence[str], sign: str) -> list[int]:
    """How many cells each row has; 0 of what is no CSV."""
    try:
        return [len(cells) for cells in csv.reader(lines, delimiter=sign) if cells] or [0]
    except csv.Error:
        return [0]
