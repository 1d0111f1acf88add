"""Files in and out: `import_file` merges readings into the store, `export_file` writes them.

The two are each other's inverse: what is exported and imported elsewhere gives the same captures,
judged the same, and so the same growth to the unit.

What reads a file here does so in a process of its own (`snapshot_core.transfer.foreign_file`).
"""

from snapshot_core.formats.tiktok_studio.export import ExportDayNeeded
from snapshot_core.transfer.export import export_file, export_pieces
from snapshot_core.transfer.foreign_file import (
    import_file,
    import_mapped,
    look_at,
    look_at_table,
    preview_mapped,
    preview_readings,
    preview_studio,
    suggest_forms,
)
from snapshot_core.transfer.import_account import accounts_for_export
from snapshot_core.transfer.import_file import AccountNeeded, ColumnsNeeded, refuse_target
from snapshot_core.transfer.import_report import ImportReport, Unfinished
from snapshot_core.transfer.import_studio import Target

__all__ = [
    "AccountNeeded",
    "ColumnsNeeded",
    "ExportDayNeeded",
    "ImportReport",
    "Target",
    "Unfinished",
    "accounts_for_export",
    "export_file",
    "export_pieces",
    "import_file",
    "import_mapped",
    "look_at",
    "look_at_table",
    "preview_mapped",
    "preview_readings",
    "preview_studio",
    "refuse_target",
    "suggest_forms",
]
