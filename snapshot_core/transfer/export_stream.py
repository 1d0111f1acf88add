"""The export piece by piece, for who passes it on and keeps nothing."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, Final

from snapshot_core.formats.readings.columns import ReadingRow
from snapshot_core.formats.readings.write import FileFormat, pieces
from snapshot_core.store.accounts import Account, account
from snapshot_core.store.database import Store
from snapshot_core.transfer.export_file import known_of, rows_at

TOGETHER: Final = 10
"""Captures read with one connection."""


def export_pieces(store: Store, accounts: Sequence[Account], kind: FileFormat) -> Iterator[bytes]:
    """The readings of ``accounts`` (of one user) as ``csv`` or ``parquet``, as `export_file`
    writes them.

    No connection is held while a piece is passed on, however slow its taker; readings are never
    changed, so what is read late is what was there early. Raises `StoreError`, and `NotFound`
    where an account is removed on the way.
    """
    rows = (row for one in accounts for row in _rows_of(store, one))
    return pieces(rows, kind)


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
