"""Which of the files we know one is, by its content, and the way in for each."""

from pathlib import Path
from typing import Literal

from snapshot_core.errors import InputError
from snapshot_core.formats.readings.columns import NEEDED_COLUMNS
from snapshot_core.formats.spreadsheet.files import tables_of
from snapshot_core.formats.spreadsheet.table import folded
from snapshot_core.formats.tiktok_studio.tables import kind_of
from snapshot_core.store.accounts import User
from snapshot_core.store.database import Store
from snapshot_core.transfer.import_readings import import_readings
from snapshot_core.transfer.import_report import ImportReport
from snapshot_core.transfer.import_studio import Target, import_studio

FileKind = Literal["readings", "studio", "table"]
"""``table``: one whose columns somebody has to explain."""


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


def import_file(
    store: Store, path: Path, user: User, now: int, target: Target | None = None
) -> ImportReport:
    """Import the readings file or the TikTok Studio export at ``path`` for ``user``.

    ``target`` says where an export goes. Importing again adds nothing twice. ``now`` (instant)
    decides what lies in the future. Raises `InputError` where the file is of no use, or where
    ``target`` does not go with it; `Busy` where an account is being captured.
    """
    kind = recognise(path)
    if kind == "studio":
        if target is None:
            raise InputError(f"{path.name} names no account: say which one it is of")
        return import_studio(store, path, user, now, target)
    if target is not None and kind == "readings":
        raise InputError(f"{path.name} names its accounts itself: import it without naming one")
    return import_readings(store, path, user, now)
