"""The rows of a readings file as text, out of CSV or Parquet."""

from collections.abc import Iterator
from pathlib import Path

from snapshot_core.errors import InputError
from snapshot_core.formats.cells import is_blank
from snapshot_core.formats.csv_text import MAX_LINE_BYTES, Row
from snapshot_core.formats.readings.columns import COLUMNS
from snapshot_core.formats.readings.safe_text import MARK, unescaped
from snapshot_core.formats.spreadsheet.table import csv_table


def rows_of(path: Path) -> tuple[list[str], Iterator[Row]]:
    """The header in lower case, and the rows. Raises `InputError`, also while iterating."""
    if path.suffix.lower() == ".parquet":
        from snapshot_core.formats.readings.parquet import parquet_rows  # late, as openpyxl is

        names, cells = parquet_rows(path, COLUMNS, MAX_LINE_BYTES)
        return names, (row for row in cells if not is_blank(row[1]))
    _check_start(path)
    table = csv_table(path.name, lambda: path.open("rb"))
    header = [name.lower() for name in table.header]
    return header, _unescaped(table.rows(), header)


def _check_start(path: Path) -> None:
    with path.open("rb") as file:
        start = file.read(4)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError(f"{path.name} is in UTF-16: save it as CSV UTF-8")
    if start == b"PAR1":
        raise InputError(f"{path.name} is a Parquet file: give it a name that ends in .parquet")
    if start[:2] in (b"PK", b"\x1f\x8b"):
        raise InputError(f"{path.name} is a workbook or an archive: save it as CSV UTF-8")


def _unescaped(rows: Iterator[Row], header: list[str]) -> Iterator[Row]:
    texts = [header.index(name) for name in ("account", "video_id", "title") if name in header]
    status = header.index("status") if "status" in header else len(header)
    for line, cells in rows:
        inside = status < len(cells) and cells[status][:1] == MARK
        if inside:
            cells[status] = cells[status][1:]
        for position in texts:
            if position < len(cells) and "'" in cells[position]:
                cells[position] = unescaped(cells[position], inside=inside)
        yield line, cells
