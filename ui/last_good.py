"""The last values read from the store, for while it is unavailable."""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

from cachetools import LRUCache

from snapshot_core.errors import StoreError

T = TypeVar("T")

MAX_VALUES = 500
# Not in Streamlit's own cache: a rerun asks several times, and that costs a hundred times as much.
_values: LRUCache[Hashable, Any] = LRUCache(MAX_VALUES)
_lock = Lock()


def last_good(key: Hashable, read: Callable[[], T]) -> tuple[T, StoreError | None]:
    """What ``read`` gives; where the store is unavailable, what it gave last, and the error.

    Raises `StoreError` where there is no earlier value.
    """
    try:
        value = read()
    except StoreError as error:
        with _lock:
            if key not in _values:
                raise
            return _values[key], error
    with _lock:
        _values[key] = value
    return value, None
