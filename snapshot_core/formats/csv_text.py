"""CSV as text: lines of a bounded length, and rows with the line that each begins on."""

import csv
from collections.abc import Iterable, Iterator
from typing import IO, Final, TypeAlias

from snapshot_core.errors import InputError

MAX_LINE_BYTES: Final = 65_536
"""A video's title has some thousands; a longer line is not a table of readings."""

Row: TypeAlias = tuple[int, list[str]]
"""The line (in Parquet and workbooks the row, from 1) and its cells."""


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
    """The rows that are not empty, the header among them. Raises `InputError`."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    line = 1
    try:
        for cells in reader:
            if cells:
                yield line, cells
            line = reader.line_num + 1
    except csv.Error as error:
        remedy = 'is a quotation mark left open? Inside a quoted field write it twice: ""'
        if "new-line" in str(error):
            remedy = "end each line with LF or CRLF, not with CR alone"
        raise InputError(f"{name}, line {line} is not CSV: {remedy}") from None
