"""The last values read from the store, for while it is unavailable."""

from collections.abc import Callable, Hashable
from functools import cache
from threading import Lock
from typing import Any, TypeVar

from cachetools import LRUCache

from snapshot_core.errors import StoreError

T = TypeVar("T")

MAX_VALUES = 500
_lock = Lock()


def last_good(key: Hashable, read: Callable[[], T]) -> tuple[T, StoreError | None]:
    """What ``read`` gives; where the store is unavailable, what it gave last, and the error.

    Raises `StoreError` where there is no earlier value.
    """
    values = _values()
    try:
        value = read()
    except StoreError as error:
        with _lock:
            if key not in values:
                raise
            return values[key], error
    with _lock:
        values[key] = value
    return value, None


@cache  # called several times per rerun; Streamlit's own cache costs a hundred times as much
def _values() -> LRUCache[Hashable, Any]:
    return LRUCache(MAX_VALUES)
