"""The clock: read once per operation and passed down, so that tests can freeze it."""

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""Gives the present instant (UTC seconds)."""


def system_clock() -> int:
    """The present instant by the machine's clock (UTC seconds)."""
    return int(time.time())
