"""The readings around the ends of windows: statements, rows as arrays, and the loader."""

from snapshot_core.store.brackets.loader import load

__all__ = ["load"]
