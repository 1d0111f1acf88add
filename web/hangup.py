"""Ends the server at a hangup, when its terminal goes, as it ends when it is told to terminate."""

import signal
from threading import current_thread, main_thread


def terminate_on_hangup() -> None:
    """Answer SIGHUP as SIGTERM from now on; uvicorn itself would be killed by it.

    One that is ignored already, as under nohup, stays ignored.
    """
    if current_thread() is not main_thread() or signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
        return
    signal.signal(signal.SIGHUP, lambda _number, _frame: signal.raise_signal(signal.SIGTERM))
