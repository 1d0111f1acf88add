"""Files in and out: `import_file` merges readings into the store, `export_file` writes them.

The two are each other's inverse: what is exported and imported elsewhere gives the same captures,
judged the same, and so the same growth to the unit.
"""

from snapshot_core.transfer.exports import export_file
from snapshot_core.transfer.imports import ImportReport, import_file

__all__ = ["ImportReport", "export_file", "import_file"]
