"""Waiting for what happens elsewhere, and telling a slow program from a busy machine."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

PATIENCE_SECONDS = 120.0
"""How long what happens in the end may take. Only a failure waits so long."""
POLL_SECONDS = 0.02

Answer = TypeVar("Answer")


def wait_until(ask: Callable[[], Answer], seconds: float = PATIENCE_SECONDS) -> Answer:
    """The first answer that is true; fails where none is for so many seconds."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        assert time.monotonic() < deadline, f"it never came true in {seconds:.0f} seconds"
        time.sleep(POLL_SECONDS)
    return answer


class Stopwatch:
    """Counts from its making on, but not while what it times waits for a core.

    It times a process, also one that has ended and was not yet waited for, or else the thread
    that made it. Where the system does not say who waited, it counts all.
    """

    def __init__(self, process: int | None = None) -> None:
        self._file = Path("/proc", str(process) if process else "thread-self", "schedstat")
        self._began, self._stalled = time.monotonic(), self._stalls()

    def seconds(self) -> float:
        return time.monotonic() - self._began - (self._stalls() - self._stalled)

    def _stalls(self) -> float:
        try:
            _running, waiting, _turns = self._file.read_text().split()
        except OSError:
            return 0.0
        return int(waiting) / 1e9
