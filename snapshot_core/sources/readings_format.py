"""The readings file as bytes: rows of text out of CSV or Parquet, and rows into them."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from itertools import islice
from pathlib import Path
from secrets import token_hex
from typing import IO, Any, Final, NamedTuple, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from snapshot_core.errors import InputError
from snapshot_core.windows import iso

VIDEO_COUNTERS: Final = ("views", "likes", "comments", "shares")
ACCOUNT_COUNTERS: Final = ("followers", "following", "likes_total")
INTEGERS: Final = (*VIDEO_COUNTERS, *ACCOUNT_COUNTERS)
LONGEST_LINE: Final = 65_536
"""Bytes. A video's title has some thousands; a longer line is not a readings file."""

_INSTANTS: Final = ("published_at", "captured_at")
_BATCH: Final = 20_000
"""Rows of Parquet held in memory at once."""

Row: TypeAlias = tuple[int, list[str]]
"""The line (in Parquet the row, from 1) and its cells."""


class ReadingRow(NamedTuple):
    """One row, its columns in the file's order. Instants are UTC seconds; None is unknown."""

    account: str
    video_id: str | None
    title: str | None
    published_at: int | None
    captured_at: int
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    followers: int | None = None
    following: int | None = None
    likes_total: int | None = None
    status: str | None = None
    """``complete`` or ``partial``, as the capture was judged where it was made."""
    rounded: bool | None = None
    """Whether the source rounds its counters."""


COLUMNS: Final = ReadingRow._fields

_PARQUET_TYPES: Final = (
    dict.fromkeys(COLUMNS, pa.string())
    | dict.fromkeys(INTEGERS, pa.int64())
    | dict.fromkeys(_INSTANTS, pa.timestamp("ms", "UTC"))
    | {"rounded": pa.bool_()}
)
SCHEMA: Final = pa.schema(list(_PARQUET_TYPES.items()))


def rows_of(path: Path) -> tuple[list[str], Iterator[Row]]:
    """The header in lower case, and the rows. Raises `InputError`, also while iterating."""
    return _parquet(path) if path.suffix.lower() == ".parquet" else _csv(path)


def _csv(path: Path) -> tuple[list[str], Iterator[Row]]:
    with path.open("rb") as probe:
        start = probe.read(4)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError(f"{path.name} is in UTF-16: save it as CSV UTF-8")
    if start == b"PAR1":
        raise InputError(f"{path.name} is a Parquet file: give it a name that ends in .parquet")
    if start[:2] in (b"PK", b"\x1f\x8b"):
        raise InputError(f"{path.name} is a workbook or an archive: save it as CSV UTF-8")
    reader = csv.reader(_lines(path), strict=True)
    rows = _csv_rows(path, reader)
    _, header = next(rows, (0, []))
    if not header:
        raise InputError(f"{path.name} is empty: the first line should name the columns")
    return [name.strip().lower() for name in header], _unescaped(rows, header)


def _lines(path: Path) -> Iterator[str]:
    with path.open("rb") as file:
        yield from lines_of(file, path.name)


def lines_of(file: IO[bytes], name: str) -> Iterator[str]:
    """The lines of a text, each read only as far as a sane line goes. Raises `InputError`."""
    number = 0
    while raw := file.readline(LONGEST_LINE + 1):
        number += 1
        where = f"{name}, line {number}"
        if b"\0" in raw:
            raise InputError(f"{where}: this is not text; save the file as CSV UTF-8")
        if len(raw) > LONGEST_LINE:
            raise InputError(
                f"{where} is longer than {LONGEST_LINE:,} bytes: this is not a readings file"
            )
        try:
            yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError:
            raise InputError(f"{where} is not UTF-8: save the file as CSV UTF-8") from None


def _csv_rows(path: Path, reader: Any) -> Iterator[Row]:
    while True:
        line = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            remedy = 'is a quotation mark left open? Inside a quoted field write it twice: ""'
            if "new-line" in str(error):
                remedy = "end each line with LF or CRLF, not with CR alone"
            raise InputError(f"{path.name}, line {line} is not CSV: {remedy}") from None
        if cells is None:
            return
        if cells:
            yield line, cells


_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n]")
"""What a spreadsheet would run as a formula, and what stands in for it with apostrophes."""


def _escape(text: str) -> str:
    """One apostrophe more in front of a formula, escaped or not, so `_unescape` is exact."""
    return "'" + text if _FORMULA.match(text) else text


def _unescape(text: str) -> str:
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text


def _unescaped(rows: Iterator[Row], header: list[str]) -> Iterator[Row]:
    names = [name.strip().lower() for name in header]
    texts = [names.index(name) for name in ("account", "video_id", "title") if name in names]
    for line, cells in rows:
        for position in texts:
            if position < len(cells) and cells[position][:1] == "'":
                cells[position] = _unescape(cells[position])
        yield line, cells


def _parquet(path: Path) -> tuple[list[str], Iterator[Row]]:
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # the file cannot be read at all; without a number it is its content
        raise InputError(f"{path.name} is not a Parquet file: export it again") from error
    header = [name.lower() for name in file.schema_arrow.names]

    def rows() -> Iterator[Row]:
        row = 0
        try:
            for batch in file.iter_batches(_BATCH):
                columns = [[_text(value) for value in column.to_pylist()] for column in batch]
                for cells in zip(*columns, strict=True):
                    row += 1
                    yield row, list(cells)
        except (pa.ArrowException, OSError, OverflowError, UnicodeDecodeError) as error:
            raise InputError(f"{path.name} is damaged after row {row}: export it again") from error
        finally:
            file.close()

    return header, rows()


def _text(value: object) -> str:
    """A Parquet value as the CSV file would have it, so that both obey the same rules."""
    if value is None or value != value:
        return ""
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bytes):  # as older writers store text
        return value.decode("utf-8")
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    return str(value)


def write(path: Path, rows: Iterable[ReadingRow]) -> int:
    """Write ``rows`` as CSV or Parquet by suffix; the number of rows written.

    The file appears whole or not at all. Raises `InputError` where it cannot be written.
    """
    unfinished = path.with_name(f".{path.name}.{token_hex(4)}.part")
    put: Callable[[Path, Iterable[ReadingRow]], int]
    put = _write_parquet if path.suffix.lower() == ".parquet" else _write_csv
    try:
        written = put(unfinished, rows)
        unfinished.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return written


def _write_csv(path: Path, rows: Iterable[ReadingRow]) -> int:
    written = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for row in rows:
            written += 1
            writer.writerow(cells_of(row))
    return written


def cells_of(row: ReadingRow) -> list[str | int | None]:
    """A row as CSV has it."""
    texts = (_escape(row.account), _escape(row.video_id or ""), _escape(row.title or ""))
    published_at = "" if row.published_at is None else iso(row.published_at)
    rounded = "" if row.rounded is None else str(row.rounded).lower()
    return [*texts, published_at, iso(row.captured_at), *row[5:-1], rounded]


def _write_parquet(path: Path, rows: Iterable[ReadingRow]) -> int:
    written = 0
    source = iter(rows)
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        while batch := list(islice(source, _BATCH)):
            written += len(batch)
            writer.write_table(table_of(batch))
    return written


def table_of(batch: list[ReadingRow]) -> pa.Table:
    """Rows (one at least) as Parquet has them."""
    columns = [
        [None if at is None else at * 1000 for at in values] if name in _INSTANTS else values
        for name, values in zip(COLUMNS, zip(*batch, strict=True), strict=True)
    ]
    return pa.table(columns, schema=SCHEMA)
