"""What was read last and well, for when the database is away."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import cache
from threading import Lock
from typing import Any, TypeVar

from snapshot_core.errors import StoreError

T = TypeVar("T")

MOST = 500
"""Values kept; the one not used for longest makes room."""
_taking_turns = Lock()


def last_good(key: Hashable, read: Callable[[], T]) -> tuple[T, StoreError | None]:
    """What ``read`` gives; where the store cannot be read, what it gave last, and why.

    Raises `StoreError` where it never gave anything.
    """
    kept = _kept()
    try:
        value = read()
    except StoreError as error:
        with _taking_turns:
            if key not in kept:
                raise
            return kept[key], error
    with _taking_turns:
        kept[key] = value
        kept.move_to_end(key)
        while len(kept) > MOST:
            kept.popitem(last=False)
    return value, None


@cache  # on every rerun, several times: Streamlit's own costs a hundred times as much
def _kept() -> OrderedDict[Hashable, Any]:
    return OrderedDict()
