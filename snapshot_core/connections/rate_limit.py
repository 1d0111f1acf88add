"""Waiting one's turn, so that a platform never has to say no."""

import math
from dataclasses import dataclass

from snapshot_core.sources.rate import MAX_HOLD_SECONDS, Rate, Time
from snapshot_core.store import rate_limits
from snapshot_core.store.database import Connection, Store


class _TooLong(Exception):
    """A turn that is too far away, given back by undoing the transaction."""


@dataclass(frozen=True, slots=True)
class RateLimit:
    """The calls of all processes of a database, spread as a platform's rate asks."""

    store: Store
    clock: Time

    def wait(self, endpoint: str, rate: Rate, longest: float = math.inf) -> bool:
        """See `RateLimiter`."""
        now = int(self.clock.time() * 1000)

        def take(connection: Connection) -> int:
            at = rate_limits.reserve(connection, endpoint, now, rate.step, rate.burst)
            if at - now > longest * 1000:
                raise _TooLong
            return at

        try:
            at = self.store.transact(take)
        except _TooLong:
            return False
        if at > now:
            self.clock.sleep((at - now) / 1000)
        return True

    def hold(self, endpoint: str, rate: Rate, seconds: float) -> None:
        """See `RateLimiter`."""
        now = int(self.clock.time() * 1000)
        until = now + int(min(seconds, MAX_HOLD_SECONDS) * 1000)
        self.store.transact(
            lambda c: rate_limits.hold(c, endpoint, now, until, rate.step, rate.burst)
        )
