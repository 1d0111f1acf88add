"""How often a platform may be called, and what a source sees of the limiter that keeps to it."""

import math
from dataclasses import dataclass
from typing import Final, Protocol

from snapshot_core.windows import DAY

MAX_BURST_CALLS: Final = 10
"""Calls that may follow one another at once after a pause."""

MAX_HOLD_SECONDS: Final = 86_400.0
"""For which a platform is believed that says to wait."""

SLACK_SECONDS: Final = 0.5
"""By which two calls may come nearer to each other on their way to the platform."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What a platform allows: at most ``calls`` in any stretch of ``seconds``."""

    calls: int
    seconds: float

    @property
    def a_day(self) -> int:
        """Calls of a day."""
        return int(self.calls * DAY / self.seconds)

    @property
    def step(self) -> int:
        """Milliseconds from one call to the next, so that no such stretch holds more."""
        return -int(-(self.seconds + SLACK_SECONDS) * 1000 // max(1, self.calls - self.burst))

    @property
    def burst(self) -> int:
        """Calls that may be made at once, at most a fiftieth of what is allowed."""
        return max(1, min(MAX_BURST_CALLS, self.calls // 50))


class Time(Protocol):
    """The present and its passing, in seconds."""

    def time(self) -> float:
        """Seconds since 1970."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class RateLimiter(Protocol):
    """Spreads the calls of all processes, so that a platform never has to say no."""

    @property
    def clock(self) -> Time:
        """The time that it counts in."""

    def wait(self, endpoint: str, rate: Rate, longest: float = math.inf) -> bool:
        """Return when it is this call's turn.

        False at once, and no turn taken, if that is more than ``longest`` seconds away.
        """

    def hold(self, endpoint: str, rate: Rate, seconds: float) -> None:
        """The platform said no: nobody calls ``endpoint`` again before ``seconds`` from now."""
