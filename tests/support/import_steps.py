"""What the import dialog asks of a file, one step after the other, without a person or a page."""

from dataclasses import dataclass
from io import BytesIO
from zoneinfo import ZoneInfo

from snapshot_core.errors import TruegrowthError
from snapshot_core.formats.mapped.parse import TableMapping
from snapshot_core.store.database import Store
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from snapshot_core.transfer.foreign_file import (
    import_file,
    import_mapped,
    look_at,
    preview_mapped,
    preview_studio,
)
from snapshot_core.transfer.import_studio import Target
from tests.support.staged import NOON
from ui.imports.upload import on_disk

UTC = ZoneInfo("UTC")


@dataclass(frozen=True)
class Outcome:
    """What the dialog would say."""

    message: str
    stored: bool = False


def import_as_the_dialog_does(store: Store, name: str, data: bytes) -> Outcome:
    """Drop a file, look at the preview, press Import; or the sentence that says why not."""
    user = store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, NOON))
    try:
        with on_disk(BytesIO(data), name) as path:
            look = look_at(path)
            if look.kind == "studio":
                target = Target("mine", UTC, name=name)
                preview_studio(store, path, user, NOON, target)
                report = import_file(store, path, user, NOON, target)
            elif look.suggestion is not None:
                columns = look.suggestion.columns
                if not {"video_id", "captured_at", "views"} <= columns.keys():
                    columns = {"video_id": 0, "captured_at": 1, "views": len(look.header) - 1}
                form = look.suggestion.form or "year first"
                mapping = TableMapping("mine", UTC, columns, form, look.suggestion.separator)
                preview_mapped(path, mapping, NOON)
                report = import_mapped(store, path, user, NOON, mapping)
            else:
                report = import_file(store, path, user, NOON)
    except TruegrowthError as error:
        return Outcome(str(error))
    return Outcome(f"{report.rows_read} rows read, {report.added} added", stored=True)
