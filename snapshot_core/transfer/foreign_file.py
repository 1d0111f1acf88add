"""A foreign file as pages and commands take it: each step in a process of its own."""

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from snapshot_core.formats import preview, recognise
from snapshot_core.formats.isolated import Progress, isolated
from snapshot_core.formats.mapped.columns import Suggestion
from snapshot_core.formats.mapped.parse import TableMapping
from snapshot_core.formats.preview import TablePreview
from snapshot_core.formats.recognise import FileLook
from snapshot_core.formats.tiktok_studio.preview import StudioPreview, preview_export
from snapshot_core.store.database import Store
from snapshot_core.store.users import User
from snapshot_core.transfer.import_file import import_file as import_here
from snapshot_core.transfer.import_mapped import import_mapped as import_mapped_here
from snapshot_core.transfer.import_report import ImportReport
from snapshot_core.transfer.import_studio import Target, destination
from snapshot_core.windows import local_date


def look_at(path: Path) -> FileLook:
    """What is at ``path``, and what the columns of a table look like. Raises `InputError`."""
    return isolated(recognise.look_at, path)


def look_at_table(path: Path) -> FileLook:
    """What the columns of a table look like, whatever kind of file it is. Raises `InputError`."""
    return isolated(recognise.look_at_table, path)


def suggest_forms(path: Path, columns: dict[str, int]) -> Suggestion:
    """How dates and numbers look in these ``columns`` of a table. Raises `InputError`."""
    return isolated(recognise.suggest_forms, path, columns)


def preview_mapped(path: Path, mapping: TableMapping, now: int) -> TablePreview:
    """What `import_mapped` would store. Raises `InputError`."""
    return isolated(preview.preview_table, path, mapping, now)


def preview_readings(path: Path, now: int) -> TablePreview:
    """What `import_file` would make of a readings file. Raises `InputError`."""
    return isolated(preview.preview_readings, path, now)


def preview_studio(store: Store, path: Path, user: User, now: int, target: Target) -> StudioPreview:
    """What `import_file` would make of an export. Nothing is written. Raises `InputError`."""
    with store.read() as connection:
        into = destination(connection, user, target)
    return isolated(
        preview_export,
        path,
        local_date(now, into.zone),
        into.zone,
        now,
        into.imported,
        target.name,
        target.exported,
    )


def import_file(
    store: Store,
    path: Path,
    user: User,
    now: int,
    target: Target | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Import the readings file or the export at ``path``: `snapshot_core.transfer.import_file`.

    ``progress`` is called first when the file is read.
    """
    return _imported(import_here, store, path, progress, user, now, target)


def import_mapped(
    store: Store,
    path: Path,
    user: User,
    now: int,
    mapping: TableMapping,
    progress: Progress | None = None,
) -> ImportReport:
    """Import a table: `snapshot_core.transfer.import_mapped`. ``progress`` as of `import_file`."""
    return _imported(import_mapped_here, store, path, progress, user, now, mapping)


def _imported(
    function: Callable[..., ImportReport],
    store: Store,
    path: Path,
    progress: Progress | None,
    *arguments: Any,
) -> ImportReport:
    watch = progress or (lambda _done, _total: None)
    return isolated(_with_store, path, function, store.url, *arguments, progress=watch)


def _with_store(
    path: Path,
    function: Callable[..., ImportReport],
    url: str,
    *arguments: Any,
    progress: Progress,
) -> ImportReport:
    """What the process of an import does, with a store of its own."""
    with closing(Store(url)) as store:
        return function(store, path, *arguments, progress)
