"""Simulated time for threads: it passes only while all of them wait for it."""

import heapq
import threading
from collections.abc import Callable, Sequence

from tests.support.waiting import PATIENCE_SECONDS


class Simulation:
    """A clock (`access.pace.Time`) that jumps to the next who wakes once nobody is at work.

    One who works may hand the work on, to a server or a thread, and wait for it in real time:
    whoever then sleeps in its place counts for it.
    """

    def __init__(self, now: float) -> None:
        self._now, self._at_work, self._count = now, 0, 0
        self._asleep: list[tuple[float, int, threading.Event]] = []
        self._lock = threading.Lock()
        self._failures: list[BaseException] = []

    def time(self) -> float:
        """Seconds since 1970."""
        return self._now

    def __call__(self) -> int:
        return int(self._now)

    def sleep(self, seconds: float) -> None:
        """Wait in simulated time."""
        wake = threading.Event()
        with self._lock:
            self._count += 1
            heapq.heappush(self._asleep, (self._now + seconds, self._count, wake))
            self._at_work -= 1
            self._pass()
        assert wake.wait(PATIENCE_SECONDS), "nobody woke it: something waits in real time"

    def run(self, works: Sequence[Callable[[], None]]) -> None:
        """Do all ``works`` at once, each in a thread, to the end."""
        self._at_work = len(works)
        threads = [threading.Thread(target=self._do, args=(work,), daemon=True) for work in works]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._failures:
            raise self._failures[0]

    def _do(self, work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:
            self._failures.append(error)
        finally:
            with self._lock:
                self._at_work -= 1
                self._pass()

    def _pass(self) -> None:
        if self._at_work == 0 and self._asleep:
            self._now, _, wake = heapq.heappop(self._asleep)
            self._at_work += 1
            wake.set()
