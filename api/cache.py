"""What was computed for a moment, kept for those who ask the same at the same moment."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Final, Generic, TypeVar

T = TypeVar("T")

LOCKS: Final = 32


class Kept(Generic[T]):
    """Values by key, as many as there is room for; the one not asked for longest makes room."""

    def __init__(self, room: int, weigh: Callable[[T], int]) -> None:
        self._room, self._weigh = room, weigh
        self._values: OrderedDict[Hashable, tuple[T, int]] = OrderedDict()
        self._total = 0
        self._lock = Lock()
        self._making = [Lock() for _ in range(LOCKS)]

    def get(self, key: Hashable) -> T | None:
        """What is kept under ``key``."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def make(self, key: Hashable, compute: Callable[[], T]) -> T:
        """What is kept under ``key``, computed if need be: by one thread, others wait for it."""
        with self._making[hash(key) % LOCKS]:
            found = self.get(key)
            if found is None:
                found = compute()
                self._put(key, found)
            return found

    def _put(self, key: Hashable, value: T) -> None:
        weight = self._weigh(value)
        with self._lock:
            self._values[key] = value, weight
            self._total += weight
            while self._total > self._room:
                _, (_, freed) = self._values.popitem(last=False)
                self._total -= freed
