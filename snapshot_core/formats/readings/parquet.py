"""Rows of text out of a Parquet file, of which a few bytes can stand for gigabytes.

What a file will need is asked of its own summary and of Arrow before it is written out.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from snapshot_core.errors import InputError

MAX_ROWS: Final = 5_000_000
MAX_GROUP_BYTES: Final = 64 << 20
"""Of a row group, unpacked."""
MAX_UNPACKED_BYTES: Final = 512 << 20
"""Of all row groups together."""

_BATCH_ROWS: Final = 20_000
"""Rows held in memory at once."""
_PIECE_BYTES: Final = 8 << 20
"""Of text, written out at once."""

_TEXT: Final[tuple[Callable[[Any], bool], ...]] = (
    pa.types.is_string,
    pa.types.is_large_string,
    pa.types.is_string_view,
    pa.types.is_binary,
    pa.types.is_large_binary,
    pa.types.is_binary_view,
)
_PLAIN: Final[tuple[Callable[[Any], bool], ...]] = (
    pa.types.is_null,
    pa.types.is_boolean,
    pa.types.is_integer,
    pa.types.is_floating,
    pa.types.is_decimal,
    pa.types.is_temporal,
)


def parquet_rows(
    path: Path, wanted: Collection[str], max_bytes: int
) -> tuple[list[str], Iterator[tuple[int, list[str]]]]:
    """The header in lower case, and the rows, numbered from 1; a cell not ``wanted`` is empty.

    Raises `InputError`, also while iterating, and where a cell has more than ``max_bytes`` bytes.
    """
    with _errors_explained(path):
        about = pq.read_metadata(path)
        schema = about.schema.to_arrow_schema()
    _check_size(path, about)
    header = [name.lower() for name in schema.names]
    used = [field for field in schema if field.name.lower() in wanted]
    texts = [field.name for field in used if _is_text(path, field)]
    # As dictionaries, texts are there once, however many rows have them.
    file = pq.ParquetFile(path, metadata=about, read_dictionary=texts)

    def rows() -> Iterator[tuple[int, list[str]]]:
        row = 0
        try:
            for batch in file.iter_batches(_BATCH_ROWS, columns=[field.name for field in used]):
                for piece in _pieces(path, batch, row, texts, max_bytes):
                    used_columns, empty = _columns(piece), [""] * piece.num_rows
                    columns = [used_columns.get(name, empty) for name in schema.names]
                    for cells in zip(*columns, strict=True):
                        row += 1
                        yield row, list(cells)
        except MemoryError:  # of Arrow's, one of its exceptions too
            raise
        except (pa.ArrowException, OSError, OverflowError, UnicodeDecodeError) as error:
            raise InputError(f"{path.name} is damaged after row {row}: export it again") from error
        finally:
            file.close()

    return header, rows()


@contextmanager
def _errors_explained(path: Path) -> Iterator[None]:
    try:
        yield
    except MemoryError:
        raise
    except (pa.ArrowException, OSError) as error:
        if isinstance(error, OSError) and error.errno:
            raise  # the file cannot be read at all; without a number it is its content
        raise InputError(f"{path.name} is not a Parquet file: export it again") from error


def _check_size(path: Path, about: Any) -> None:
    """Refuse what would fill the memory, by the file's own word."""
    groups = [about.row_group(at) for at in range(about.num_row_groups)]
    rows = sum(group.num_rows for group in groups)
    size = sum(group.total_byte_size for group in groups)
    if rows > MAX_ROWS or size > MAX_UNPACKED_BYTES:
        raise InputError(
            f"{path.name} has more than {MAX_ROWS:,} rows or {MAX_UNPACKED_BYTES >> 20} MB "
            "unpacked: split it, one account a file, say"
        )
    for number, group in enumerate(groups, 1):
        if group.total_byte_size > MAX_GROUP_BYTES:
            raise InputError(
                f"{path.name}, row group {number} is larger than {MAX_GROUP_BYTES >> 20} MB "
                "unpacked: write the file with smaller row groups, of 100,000 rows, say"
            )


def _is_text(path: Path, field: Any) -> bool:
    """Whether a column is of texts, not of numbers. `InputError` where it is of neither."""
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if any(fits(kind) for fits in _TEXT):
        return True
    if any(fits(kind) for fits in _PLAIN):
        return False
    raise InputError(
        f"{path.name}: the column {field.name} is of the type {kind}: write texts or numbers"
    )


def _pieces(path: Path, batch: Any, before: int, texts: list[str], max_bytes: int) -> Iterator[Any]:
    """``batch``, which comes after that many rows, in parts of a bearable size when written out."""
    size = 0
    for name in texts:
        lengths = _lengths(batch.column(name))
        size += pc.sum(lengths).as_py() or 0
        if (pc.max(lengths).as_py() or 0) > max_bytes:
            row = before + pc.index(pc.greater(lengths, max_bytes), True).as_py() + 1
            raise InputError(
                f"{path.name}, row {row}: {name} is longer than {max_bytes:,} bytes: shorten it"
            )
    half = batch.num_rows // 2
    if size <= _PIECE_BYTES or not half:
        yield batch
        return
    yield from _pieces(path, batch.slice(0, half), before, texts, max_bytes)
    yield from _pieces(path, batch.slice(half), before + half, texts, max_bytes)


def _lengths(column: Any) -> Any:
    """The bytes of each cell, which are not written out for that."""
    if isinstance(column, pa.DictionaryArray):
        return pc.cast(pc.binary_length(column.dictionary), pa.int64()).take(column.indices)
    return pc.cast(pc.binary_length(column), pa.int64())


def _columns(piece: Any) -> dict[str, list[str]]:
    """The cells of each column as texts."""
    return {
        name: [_text(value) for value in _decoded(column).to_pylist()]
        for name, column in zip(piece.schema.names, piece, strict=True)
    }


def _decoded(column: Any) -> Any:
    return column.dictionary_decode() if isinstance(column, pa.DictionaryArray) else column


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
