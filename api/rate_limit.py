"""How many calls a token may make in a minute. Counted per process, in memory."""

from dataclasses import dataclass
from threading import Lock
from typing import Final

from cachetools import LRUCache

WINDOW_SECONDS: Final = 60
MAX_COUNTERS: Final = 10_000
"""Tokens and minutes counted at once; the least recently used makes room."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a token has left of this minute."""

    limit: int
    left: int
    """Calls; below 0 if there was none left for this one."""
    reset: int
    """Seconds until the next minute."""

    def headers(self) -> list[tuple[bytes, bytes]]:
        """The ``RateLimit-*`` headers of a response."""
        return [
            (b"ratelimit-policy", b"%d;w=%d" % (self.limit, WINDOW_SECONDS)),
            (b"ratelimit-limit", b"%d" % self.limit),
            (b"ratelimit-remaining", b"%d" % max(0, self.left)),
            (b"ratelimit-reset", b"%d" % self.reset),
        ]


class RateLimit:
    """Counts calls by token and minute of the clock.

    Only valid tokens are counted, so that nobody can use up another's calls.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._counts: LRUCache[tuple[int, int, int], int] = LRUCache(MAX_COUNTERS)
        self._lock = Lock()

    def take(self, token: tuple[int, int], now: int) -> Allowance:
        """Count one call of ``token`` (user, number) at ``now`` (UTC seconds)."""
        minute, second = divmod(now, WINDOW_SECONDS)
        key = *token, minute
        with self._lock:
            count = self._counts.get(key, 0) + 1
            self._counts[key] = count
        return Allowance(self.limit, self.limit - count, WINDOW_SECONDS - second)
