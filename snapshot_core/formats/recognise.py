"""Which of the files we know one is, by its content."""

from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Final, Literal

from snapshot_core.errors import InputError
from snapshot_core.formats.mapped.columns import Suggestion, suggest, table_of
from snapshot_core.formats.readings.columns import NEEDED_COLUMNS
from snapshot_core.formats.readings.parse import check_header
from snapshot_core.formats.spreadsheet.files import tables_of
from snapshot_core.formats.spreadsheet.table import Table, folded
from snapshot_core.formats.tiktok_studio.tables import kind_of

MAX_RAW_ROWS: Final = 5
"""Of a table, shown before anything is known of it."""
FileKind = Literal["readings", "studio", "table"]
"""``table``: one whose columns somebody has to explain."""


@dataclass(frozen=True, slots=True)
class FileLook:
    """What a file is and, of a table, what its columns look like."""

    kind: FileKind
    header: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    """The first rows, as they stand in the file."""
    suggestion: Suggestion | None = None
    wrong: str = ""
    """Of a table that is nearly a readings file: what keeps it from being one."""


def look_at(path: Path) -> FileLook:
    """What is at ``path``. Raises `InputError` for what cannot be read, or is no table."""
    kind = recognise(path)
    return look_at_table(path) if kind == "table" else FileLook(kind)


def look_at_table(path: Path) -> FileLook:
    """What the columns of a table look like, whatever they are called. Raises `InputError`."""
    table = table_of(path)
    rows = [cells for _, cells in islice(table.rows(), MAX_RAW_ROWS)]
    return FileLook("table", table.header, rows, suggest(table), _wrong(path, table))


def _wrong(path: Path, table: Table) -> str:
    header = list(map(folded, table.header))
    if len(set(header) & set(NEEDED_COLUMNS)) < len(NEEDED_COLUMNS) - 1:
        return ""
    try:
        check_header(path.name, header)
    except InputError as error:
        return str(error)
    return ""


def suggest_forms(path: Path, columns: dict[str, int]) -> Suggestion:
    """How dates and numbers look in these ``columns`` of a table. Raises `InputError`."""
    return suggest(table_of(path), columns)


def recognise(path: Path) -> FileKind:
    """What kind of file is at ``path``. Raises `InputError` for a zip that cannot be read."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    if start == b"PAR1" or path.suffix.lower() == ".parquet":
        return "readings"
    try:
        tables = tables_of(path).tables
    except InputError:
        if start[:2] == b"PK":
            raise
        return "readings"  # whose reader says best what is wrong with a text
    if any(kind_of(table) for table in tables):
        return "studio"
    if not tables and start[:2] == b"PK":
        raise InputError(f"{path.name} holds no table: neither CSV nor workbook")
    names = {folded(name) for name in tables[0].header}
    ours = start[:2] != b"PK" and names.issuperset(NEEDED_COLUMNS)
    return "readings" if ours else "table"
