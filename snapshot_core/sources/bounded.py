"""Bounds of one call to a platform: how long it may take as a whole, what its answer may unpack to.

Time limits of HTTP libraries are for single steps: a platform that sends a byte now and then keeps
all of them. So each try runs in a thread of its own, which is left when the call's time is over.
"""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from dataclasses import dataclass
from threading import Thread
from typing import Final, TypeVar

MAX_CALL_SECONDS: Final = 30.0
"""For all tries of a call together, without its waiting for a turn."""
MAX_ANSWER_BYTES: Final = 16 * 1024 * 1024
"""Of an answer as it is read, after it was unpacked."""

T = TypeVar("T")


class TooSlow(Exception):
    """The call's time is over. The text says for how long it was waited."""


class TooLarge(Exception):
    """The answer is larger than any can be. The text says what the limit is."""


@dataclass(slots=True)
class Deadline:
    """When a call has to be over, by the clock that nobody sets."""

    seconds: float
    ends_at: float

    @classmethod
    def after(cls, seconds: float) -> "Deadline":
        """So many seconds from now."""
        return cls(seconds, time.monotonic() + seconds)

    @property
    def passed(self) -> bool:
        """Whether the call has to be over."""
        return time.monotonic() >= self.ends_at

    def not_counting(self, wait: Callable[[], T]) -> T:
        """What ``wait`` gives; the time that it takes is not the platform's."""
        began = time.monotonic()
        try:
            return wait()
        finally:
            self.ends_at += time.monotonic() - began

    def run(self, attempt: Callable[[], T]) -> T:
        """What ``attempt`` gives, or raises. Raises `TooSlow` where the time is over first.

        One that is left behind ends with its connection, or at its next piece in `read`.
        """
        done: Future[T] = Future()

        def work() -> None:
            try:
                done.set_result(attempt())
            except BaseException as error:
                done.set_exception(error)

        Thread(target=work, name="call to a platform", daemon=True).start()
        try:
            return done.result(max(0.0, self.ends_at - time.monotonic()))
        except TimeoutError:
            if done.done():
                raise  # its own
            raise self.too_slow() from None

    def read(self, pieces: Iterable[bytes]) -> bytes:
        """All of an answer. Raises `TooSlow` and `TooLarge`."""
        body = bytearray()
        for piece in pieces:
            body += piece
            if len(body) > MAX_ANSWER_BYTES:
                raise TooLarge(f"sent more than {MAX_ANSWER_BYTES >> 20} MB for one answer")
            if self.passed:
                raise self.too_slow()
        return bytes(body)

    def too_slow(self) -> TooSlow:
        """The error that tells so."""
        return TooSlow(f"did not answer within {self.seconds:g} s")
