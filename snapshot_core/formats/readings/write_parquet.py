"""Rows as a Parquet file, piece by piece. `write` imports it where it is needed."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import Final

import pyarrow as pa
import pyarrow.parquet as pq

from snapshot_core.formats.readings.columns import COLUMNS, INTEGERS, ReadingRow, batches_of
from snapshot_core.formats.readings.parquet import MAX_GROUP_BYTES

BATCH_ROWS: Final = 20_000
"""Rows in memory at once."""
_INSTANTS: Final = ("published_at", "captured_at")
_TYPES: Final = (
    dict.fromkeys(COLUMNS, pa.string())
    | dict.fromkeys(INTEGERS, pa.int64())
    | dict.fromkeys(_INSTANTS, pa.timestamp("ms", "UTC"))
    | {"rounded": pa.bool_()}
)
SCHEMA: Final = pa.schema(list(_TYPES.items()))


def parquet_pieces(rows: Iterable[ReadingRow]) -> Iterator[bytes]:
    """The file piece by piece."""
    sink = BytesIO()
    with pq.ParquetWriter(sink, SCHEMA, compression="zstd") as writer:
        for batch in batches_of(rows, BATCH_ROWS):
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
