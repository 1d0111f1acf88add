"""Values computed once and shared by all requests that ask for the same."""

from collections.abc import Callable, Hashable
from threading import Condition
from typing import Generic, TypeVar

from cachetools import LRUCache, cached

T = TypeVar("T")


class Cache(Generic[T]):
    """Values by key, up to a total weight; the least recently used value makes room.

    Safe to use from several threads.
    """

    def __init__(self, max_weight: int, weigh: Callable[[T], int]) -> None:
        self._values: LRUCache[Hashable, T] = LRUCache(max_weight, weigh)
        self._condition = Condition()
        by_key = cached(self._values, key=lambda key, _: key, condition=self._condition)
        self._get_or_compute = by_key(lambda _, compute: compute())

    def get(self, key: Hashable) -> T | None:
        """The value under ``key``, if there is one."""
        with self._condition:
            return self._values.get(key)

    def get_or_compute(self, key: Hashable, compute: Callable[[], T]) -> T:
        """The value under ``key``; one thread computes it if need be, the others wait for it.

        A value heavier than the whole cache is returned and not stored.
        """
        value: T = self._get_or_compute(key, compute)
        return value
