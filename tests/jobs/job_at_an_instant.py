"""A job of its own process at an instant, whose accounts have many videos: what test_kill starts.

Tells on standard output when it has read an account, so that a kill can be aimed.
"""

import os
import sys

from jobs import __main__ as job
from snapshot_core.sources.contract import AccountRef
from tests.support.staged import Hands, Staged

VIDEOS = 1_500
"""Enough for transactions of some tenths of a second, so that kills fall into them."""


def tell_the_end(_account: AccountRef, number: int) -> None:
    """Say that an account was read, and is about to be stored."""
    if number == VIDEOS:
        os.write(1, b"storing\n")  # in one piece: several threads do it at once


if __name__ == "__main__":
    job.system_clock = Hands(int(sys.argv[1]))  # type: ignore[attr-defined]
    source = Staged(VIDEOS, between=tell_the_end)
    sys.exit(job.main(sys.argv[2:], sources=lambda _name: source))
