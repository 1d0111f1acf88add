"""The export piece by piece, for who passes it on and keeps nothing."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from io import StringIO
from itertools import islice
from typing import Any, Final

import pyarrow.parquet as pq

from snapshot_core.formats.readings.parse import ReadingRow
from snapshot_core.formats.readings.rows import COLUMNS, SCHEMA, cells_of, put_batch
from snapshot_core.store.accounts import Account, account
from snapshot_core.store.database import Store
from snapshot_core.transfer.export_file import known_of, rows_at

CSV_ROWS: Final = 1_000
PARQUET_ROWS: Final = 20_000
"""Rows in memory at once."""
TOGETHER: Final = 10
"""Captures read with one connection."""


def export_pieces(store: Store, accounts: Sequence[Account], kind: str) -> Iterator[bytes]:
    """The readings of ``accounts`` (of one user) as ``csv`` or ``parquet``, as `export_file`
    writes them.

    No connection is held while a piece is passed on, however slow its taker; readings are never
    changed, so what is read late is what was there early. Raises `StoreError`, and `NotFound`
    where an account is removed on the way.
    """
    rows = (row for one in accounts for row in _rows_of(store, one))
    return _parquet(rows) if kind == "parquet" else _csv(rows)


def _rows_of(store: Store, of: Account) -> Iterator[ReadingRow]:
    with store.read() as connection:
        known = known_of(connection, of)
    for some in _batched(known.taken, TOGETHER):
        with store.read() as connection:
            account(connection, of.key)  # NotFound, rather than captures that seem empty
            rows = [
                row for at, status in some for row in rows_at(connection, of, known, at, status)
            ]
        yield from rows


def _batched(items: Iterable[Any], size: int) -> Iterator[list[Any]]:
    source = iter(items)
    while batch := list(islice(source, size)):
        yield batch


def _csv(rows: Iterable[ReadingRow]) -> Iterator[bytes]:
    batches = _batched(rows, CSV_ROWS)
    # The header goes with the first rows: where they cannot be read, nothing is begun.
    yield _lines([COLUMNS, *map(cells_of, next(batches, []))])
    for batch in batches:
        yield _lines([cells_of(row) for row in batch])


def _lines(rows: Sequence[Sequence[Any]]) -> bytes:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue().encode()


def _parquet(rows: Iterable[ReadingRow]) -> Iterator[bytes]:
    sink = _Sink()
    with pq.ParquetWriter(sink, SCHEMA, compression="zstd") as writer:
        for batch in _batched(rows, PARQUET_ROWS):
            put_batch(writer, batch)
            yield sink.take()
    yield sink.take()


class _Sink:
    """A file to write to that holds only what nobody has taken yet."""

    closed = False

    def __init__(self) -> None:
        self._held = bytearray()
        self._size = 0

    def write(self, data: bytes) -> int:
        self._held += data
        self._size += len(data)
        return len(data)

    def take(self) -> bytes:
        held = bytes(self._held)
        self._held.clear()
        return held

    def tell(self) -> int:
        return self._size

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def close(self) -> None:
        """Nothing is open."""
