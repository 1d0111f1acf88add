"""The way in for each kind of file."""

from pathlib import Path

from snapshot_core.errors import InputError
from snapshot_core.formats.isolated import Progress
from snapshot_core.formats.recognise import look_at_table, recognise
from snapshot_core.store.database import Store
from snapshot_core.store.users import User
from snapshot_core.transfer.import_readings import import_readings
from snapshot_core.transfer.import_report import ImportReport
from snapshot_core.transfer.import_studio import Target, import_studio


class AccountNeeded(InputError):
    """An export of TikTok Studio, of which only its owner knows whose it is."""


class ColumnsNeeded(InputError):
    """A table, of which only its owner knows what the columns are."""


def import_file(
    store: Store,
    path: Path,
    user: User,
    now: int,
    target: Target | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import the readings file or the TikTok Studio export at ``path`` for ``user``.

    ``target`` says where an export goes. ``now`` (instant) decides what lies in the future. The
    rows are stored in steps, each of which is whole; ``progress`` is called when the file is read
    and after each. Importing again adds nothing twice, and completes what was cut off. Raises
    `InputError` where the file is of no use, or where ``target`` does not go with it; `Busy` and
    `StoreError` where nothing could be imported. The report names what is left after that.
    `AccountNeeded`, `ColumnsNeeded` and `ExportDayNeeded` say what to ask its owner for.
    """
    kind = recognise(path)
    if kind == "studio":
        if target is None:
            raise AccountNeeded(f"{path.name} names no account: say which one it is of")
        return import_studio(store, path, user, now, target, progress)
    if kind == "table":
        raise ColumnsNeeded(
            look_at_table(path).wrong or f"{path.name} is a table: name its columns"
        )
    refuse_target(path.name, target)
    return import_readings(store, path, user, now, progress)


def refuse_target(file: str, target: Target | None) -> None:
    """A readings file goes where it says itself: `InputError` where somebody says so too."""
    if target is not None:
        raise InputError(f"{file} names its accounts itself: import it without naming one")
