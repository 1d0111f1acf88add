"""Files in and out: `import_file` merges readings into the store, `export_file` writes them.

The two are each other's inverse: what is exported and imported elsewhere gives the same captures,
judged the same, and so the same growth to the unit.
"""

from snapshot_core.transfer.export import export_file, export_pieces
from snapshot_core.transfer.import_account import accounts_for_export
from snapshot_core.transfer.import_file import import_file, recognise
from snapshot_core.transfer.import_mapped import import_mapped, preview_mapped
from snapshot_core.transfer.import_report import ImportReport
from snapshot_core.transfer.import_studio import Target, preview_studio

__all__ = [
    "ImportReport",
    "Target",
    "accounts_for_export",
    "export_file",
    "export_pieces",
    "import_file",
    "import_mapped",
    "preview_mapped",
    "preview_studio",
    "recognise",
]
