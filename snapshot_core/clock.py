"""The clock: read once per operation and passed down, so that tests can freeze it.

A clock may be wrong for a while. What was stored meanwhile says so once the clock is right again:
its instants lie ahead.
"""

import time
from collections.abc import Callable
from typing import Final

from snapshot_core.errors import ClockError

Clock = Callable[[], int]
"""Gives the present instant (UTC seconds)."""

MAX_AHEAD_SECONDS: Final = 600
"""Seconds by which a stored instant may be ahead of the clock: machines differ by a little."""
FIRST_INSTANT: Final = 1_577_836_800
"""2020-01-01T00:00:00Z. A clock that reads less was never set."""


def system_clock() -> int:
    """The present instant by the machine's clock (UTC seconds)."""
    return int(time.time())


def believed_until(now: int) -> int:
    """The latest stored instant that is believed where the clock reads ``now``."""
    return now + MAX_AHEAD_SECONDS


def is_ahead(at: int | None, now: int) -> bool:
    """Whether a stored instant, if there is one, was written by a clock that was ahead."""
    return at is not None and at > believed_until(now)


def require_set(now: int) -> None:
    """Raise `ClockError` where the clock was never set: what it dates would be of no use."""
    if now < FIRST_INSTANT:
        raise ClockError(
            "This machine's clock reads a time before 2020, so no snapshot is taken. "
            "Set the clock, then take one."
        )
