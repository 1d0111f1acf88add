"""The clock: read once per operation and passed down, so that tests can freeze it.

A clock may be wrong for a while. What was stored meanwhile says so once the clock is right again:
its instants lie ahead. A clock that was never set dates nothing, and cannot say what lies ahead.
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
LAST_INSTANT: Final = 253_402_214_400
"""9999-12-31T00:00:00Z, later than any."""
NEVER_SET: Final = "This machine's clock reads a time before 2020, so no snapshot is taken."
SET_IT: Final = "Set the clock, then take one."


def system_clock() -> int:
    """The present instant by the machine's clock (UTC seconds)."""
    return int(time.time())


def believed_until(now: int) -> int:
    """The latest date of a capture that is believed where the clock reads ``now``."""
    return now + MAX_AHEAD_SECONDS if is_set(now) else LAST_INSTANT


def latest_date(now: int) -> int:
    """The latest date that a file may have: the present, where the clock can tell it."""
    return now if is_set(now) else LAST_INSTANT


def is_ahead(at: int | None, now: int) -> bool:
    """Whether a stored instant, if there is one, was written by a clock that was ahead."""
    return at is not None and at > now + MAX_AHEAD_SECONDS


def is_set(now: int) -> bool:
    """Whether a clock that reads ``now`` was ever set."""
    return now >= FIRST_INSTANT


def require_set(now: int) -> None:
    """Raise `ClockError` where the clock was never set: what it dates would be of no use."""
    if not is_set(now):
        raise ClockError(f"{NEVER_SET} {SET_IT}")
