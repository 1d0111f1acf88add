"""Files in and out: `import_file` merges readings into the store, `export_file` writes them.

The two are each other's inverse: what is exported and imported elsewhere gives the same captures,
judged the same, and so the same growth to the unit.

What reads a file here does so in a process of its own (`snapshot_core.transfer.foreign_file`).
"""
