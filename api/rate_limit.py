"""How many calls a token may make in a minute. Counted per process, in memory."""

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Final

MINUTE: Final = 60
MOST: Final = 10_000
"""Tokens counted at once; the one not used for longest makes room."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What a token has left of this minute."""

    limit: int
    left: int
    """Calls; below 0 where there was none left for this one."""
    reset: int
    """Seconds until the next minute."""

    def headers(self) -> list[tuple[bytes, bytes]]:
        """As answers tell it."""
        return [
            (b"ratelimit-policy", b"%d;w=%d" % (self.limit, MINUTE)),
            (b"ratelimit-limit", b"%d" % self.limit),
            (b"ratelimit-remaining", b"%d" % max(0, self.left)),
            (b"ratelimit-reset", b"%d" % self.reset),
        ]


class Limits:
    """Counts calls by token and minute of the clock. Only tokens that are good are counted, so
    that nobody can use up another's calls.
    """

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self._counts: OrderedDict[tuple[int, int], tuple[int, int]] = OrderedDict()
        self._lock = Lock()

    def take(self, token: tuple[int, int], now: int) -> Allowance:
        """Count one call of ``token`` (user, number) at ``now`` (UTC seconds)."""
        minute, second = divmod(now, MINUTE)
        with self._lock:
            then, count = self._counts.get(token, (minute, 0))
            count = count + 1 if then == minute else 1
            self._counts[token] = minute, count
            self._counts.move_to_end(token)
            while len(self._counts) > MOST:
                self._counts.popitem(last=False)
        return Allowance(self.limit, self.limit - count, MINUTE - second)
