"""The readings around the ends of windows: statements, rows as arrays, and the loader."""

from snapshot_core.store.brackets.loader import load
from snapshot_core.store.brackets.several import Asked, load_several

__all__ = ["Asked", "load", "load_several"]
