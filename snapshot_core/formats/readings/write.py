"""Writing a readings file, CSV or Parquet: piece by piece, or to a path at once."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from io import BytesIO, StringIO
from itertools import islice
from pathlib import Path
from secrets import token_hex
from shutil import copymode
from typing import Any, Final, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from snapshot_core.errors import InputError
from snapshot_core.formats.readings.columns import (
    COLUMNS,
    INTEGERS,
    Cell,
    ReadingRow,
    cells_in_order,
)
from snapshot_core.formats.readings.parquet import MAX_GROUP_BYTES
from snapshot_core.formats.readings.safe_text import escaped
from snapshot_core.private_files import private_opener
from snapshot_core.windows import iso

FileFormat = Literal["csv", "parquet"]

CSV_BATCH_ROWS: Final = 1_000
PARQUET_BATCH_ROWS: Final = 20_000
"""Rows in memory at once."""
_INSTANTS: Final = ("published_at", "captured_at")
_PARQUET_TYPES: Final = (
    dict.fromkeys(COLUMNS, pa.string())
    | dict.fromkeys(INTEGERS, pa.int64())
    | dict.fromkeys(_INSTANTS, pa.timestamp("ms", "UTC"))
    | {"rounded": pa.bool_()}
)
SCHEMA: Final = pa.schema(list(_PARQUET_TYPES.items()))


def write(path: Path, rows: Iterable[ReadingRow]) -> int:
    """Write ``rows`` as CSV or Parquet by suffix; the number of rows written.

    The file appears whole or not at all. Raises `InputError` where it cannot be written.
    """
    written = 0

    def counted() -> Iterator[ReadingRow]:
        nonlocal written
        for row in rows:
            written += 1
            yield row

    unfinished = path.with_name(f".{path.name}.{token_hex(4)}.part")
    try:
        # Its owner's alone, as the database is; one that is replaced keeps its rights.
        with open(unfinished, "wb", opener=private_opener) as file:
            kind: FileFormat = "parquet" if path.suffix.lower() == ".parquet" else "csv"
            file.writelines(pieces(counted(), kind))
        if path.exists():
            copymode(path, unfinished)
        unfinished.replace(path)
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
    return written


def pieces(rows: Iterable[ReadingRow], kind: FileFormat) -> Iterator[bytes]:
    """The file piece by piece: joined, they are what `write` writes."""
    return _parquet(rows) if kind == "parquet" else _csv(rows)


def _batches(rows: Iterable[ReadingRow], size: int) -> Iterator[list[ReadingRow]]:
    source = iter(rows)
    while batch := list(islice(source, size)):
        yield batch


def _csv(rows: Iterable[ReadingRow]) -> Iterator[bytes]:
    batches = _batches(rows, CSV_BATCH_ROWS)
    # The header goes with the first rows: where they cannot be read, nothing is begun.
    yield _csv_lines([COLUMNS, *map(_cells, next(batches, []))])
    for batch in batches:
        yield _csv_lines([_cells(row) for row in batch])


def _csv_lines(rows: Sequence[Sequence[Any]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _cells(row: ReadingRow) -> list[Cell]:
    """A row as CSV has it."""
    mark, texts = escaped(row.account, row.video_id or "", row.title or "")
    published_at = "" if row.published_at is None else iso(row.published_at)
    rounded = "" if row.rounded is None else str(row.rounded).lower()
    judged = mark + (row.status or ""), rounded
    return cells_in_order(
        (*texts, published_at, iso(row.captured_at)),
        row.counts,
        row.totals,
        judged,
        row.source or "",
    )


def _parquet(rows: Iterable[ReadingRow]) -> Iterator[bytes]:
    sink = BytesIO()
    with pq.ParquetWriter(sink, SCHEMA, compression="zstd") as writer:
        for batch in _batches(rows, PARQUET_BATCH_ROWS):
            table = _table(batch)
            # Long titles make small row groups, so that what is written can be read again.
            fitting = len(batch) * (MAX_GROUP_BYTES // 2) // max(table.nbytes, MAX_GROUP_BYTES // 2)
            writer.write_table(table, row_group_size=max(1, fitting))
            yield _taken(sink)
    yield _taken(sink)


def _table(batch: list[ReadingRow]) -> pa.Table:
    values = zip(*(row.cells() for row in batch), strict=True)
    columns = [
        [None if at is None else at * 1000 for at in column] if name in _INSTANTS else column
        for name, column in zip(COLUMNS, values, strict=True)
    ]
    return pa.table(columns, schema=SCHEMA)


def _taken(sink: BytesIO) -> bytes:
    """What was written since the last time; the writer counts its own position."""
    piece = sink.getvalue()
    sink.seek(0)
    sink.truncate()
    return piece
