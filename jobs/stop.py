"""Being asked to end, from a signal handler."""

import select
import signal
import socket


class Stopped(BaseException):
    """Raised through work that is given up because the job ends; not an error of the work."""


class Stop:
    """Set once, waited for meanwhile.

    Not a `threading.Event`: a signal handler runs in the main thread between two of its steps,
    and setting an event takes a lock that the same thread may hold just then in ``wait``.
    """

    def __init__(self) -> None:
        self._asked = False
        self._waiting, self._waking = socket.socketpair()

    def set(self) -> None:
        """Ask. Safe in a signal handler and from any thread."""
        self._asked = True
        self._waking.send(b".")

    def wait(self, seconds: float) -> bool:
        """Wait until asked, at most so long; whether it was asked."""
        if not self._asked:
            # What `set` sent is never read, so every later wait returns at once too.
            select.select([self._waiting], [], [], seconds)
        return self._asked

    def check(self) -> None:
        """Raise `Stopped` if asked."""
        if self._asked:
            raise Stopped

    def on_signals(self) -> None:
        """Be set by SIGTERM, SIGINT and SIGHUP from now on.

        A hangup that is ignored already, as under nohup, stays ignored.
        """
        numbers = [signal.SIGTERM, signal.SIGINT]
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            numbers.append(signal.SIGHUP)
        for number in numbers:
            signal.signal(number, lambda _number, _frame: self.set())
