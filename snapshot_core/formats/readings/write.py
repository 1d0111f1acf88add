"""Writing a readings file, CSV or Parquet: piece by piece, or to a path at once."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from io import StringIO
from pathlib import Path
from secrets import token_hex
from shutil import copymode
from typing import Any, Final, Literal

from snapshot_core.errors import InputError
from snapshot_core.formats.readings.columns import (
    COLUMNS,
    Cell,
    ReadingRow,
    batches_of,
    cells_in_order,
)
from snapshot_core.formats.readings.safe_text import escaped
from snapshot_core.private_files import private_opener
from snapshot_core.windows import iso

FileFormat = Literal["csv", "parquet"]

CSV_BATCH_ROWS: Final = 1_000
"""Rows in memory at once."""


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
    if kind == "csv":
        return _csv(rows)
    from snapshot_core.formats.readings.write_parquet import parquet_pieces  # late, as openpyxl is

    return parquet_pieces(rows)


def _csv(rows: Iterable[ReadingRow]) -> Iterator[bytes]:
    batches = batches_of(rows, CSV_BATCH_ROWS)
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
