"""The readings file as bytes: rows of text out of CSV or Parquet, and rows into them."""

import csv
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from secrets import token_hex
from typing import IO, Any, Final, NamedTuple, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from snapshot_core.errors import InputError
from snapshot_core.formats.readings.parquet import GROUP, parquet_rows
from snapshot_core.formats.readings.safe_text import MARK, escaped, unescaped
from snapshot_core.windows import iso

VIDEO_COUNTERS: Final = ("views", "likes", "comments", "shares")
ACCOUNT_COUNTERS: Final = ("followers", "following", "likes_total")
INTEGERS: Final = (*VIDEO_COUNTERS, *ACCOUNT_COUNTERS)
LONGEST_LINE: Final = 65_536
"""Bytes. A video's title has some thousands; a longer line is not a readings file."""

_INSTANTS: Final = ("published_at", "captured_at")
_BATCH: Final = 20_000
"""Rows of a Parquet file that are written at once."""

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
    if path.suffix.lower() == ".parquet":
        return parquet_rows(path, COLUMNS, LONGEST_LINE)
    return _csv(path)


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


def _unescaped(rows: Iterator[Row], header: list[str]) -> Iterator[Row]:
    names = [name.strip().lower() for name in header]
    texts = [names.index(name) for name in ("account", "video_id", "title") if name in names]
    status = names.index("status") if "status" in names else len(names)
    for line, cells in rows:
        inside = status < len(cells) and cells[status][:1] == MARK
        if inside:
            cells[status] = cells[status][1:]
        for position in texts:
            if position < len(cells) and "'" in cells[position]:
                cells[position] = unescaped(cells[position], inside=inside)
        yield line, cells


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
    mark, texts = escaped(row.account, row.video_id or "", row.title or "")
    published_at = "" if row.published_at is None else iso(row.published_at)
    rounded = "" if row.rounded is None else str(row.rounded).lower()
    status = mark + (row.status or "")
    return [*texts, published_at, iso(row.captured_at), *row[5:-2], status, rounded]


def _write_parquet(path: Path, rows: Iterable[ReadingRow]) -> int:
    written = 0
    source = iter(rows)
    with pq.ParquetWriter(path, SCHEMA, compression="zstd") as writer:
        while batch := list(islice(source, _BATCH)):
            written += len(batch)
            put_batch(writer, batch)
    return written


def put_batch(writer: Any, batch: list[ReadingRow]) -> None:
    """Write rows (one at least) to a `pyarrow.parquet.ParquetWriter`.

    Long titles make small row groups, so that what is written can always be read again.
    """
    table = table_of(batch)
    fitting = len(batch) * (GROUP // 2) // max(table.nbytes, GROUP // 2)
    writer.write_table(table, row_group_size=max(1, fitting))


def table_of(batch: list[ReadingRow]) -> pa.Table:
    """Rows (one at least) as Parquet has them."""
    columns = [
        [None if at is None else at * 1000 for at in values] if name in _INSTANTS else values
        for name, values in zip(COLUMNS, zip(*batch, strict=True), strict=True)
    ]
    return pa.table(columns, schema=SCHEMA)
