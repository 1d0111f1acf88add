"""Runs the dashboard and the job together: what `make run` calls.

A dashboard without its job would silently stop recording, so when either ends, the other is stopped
too and the exit status says so; a service manager can then restart both.
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress

GRACE_SECONDS = 10.0
POLL_SECONDS = 0.2


def commands(environ: Mapping[str, str]) -> dict[str, list[str]]:
    """The commands to run, by name."""
    port = environ.get("PORT") or "8501"
    return {
        "dashboard": [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", port],
        "job": [sys.executable, "-m", "jobs"],
    }


def run_together(programs: Mapping[str, Sequence[str]]) -> int:
    """Run until a signal arrives (status 0) or a program ends by itself (status 1)."""
    # A list, not an Event: a signal handler must not take a lock that the main thread may hold.
    signals: list[int] = []
    # Under nohup a hangup is ignored already: whoever started us may end and leave us running.
    stays = signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
    for number in (signal.SIGINT, signal.SIGTERM, *(() if stays else (signal.SIGHUP,))):
        signal.signal(number, lambda received, _frame: signals.append(received))
    parent = os.getppid()

    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in programs.items():
            # In a session of its own, Ctrl-C reaches only us, and we pass it on once.
            running[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, start_new_session=True
            )
        # A changed parent means that `make` was killed.
        while not signals and (stays or os.getppid() == parent):
            for name, process in running.items():
                if process.poll() is not None:
                    print(
                        f"The {name} ended with status {process.returncode}; stopping the rest.",
                        file=sys.stderr,
                    )
                    return 1
            time.sleep(POLL_SECONDS)
        return 0
    finally:
        stop(running.values(), signals)


def stop(processes: Iterable[subprocess.Popen[bytes]], signals: Sequence[int]) -> None:
    """Terminate each; kill it after `GRACE_SECONDS` or at a second Ctrl-C."""
    received = len(signals)  # a second one may come while the first is passed on
    left = [process for process in processes if process.poll() is None]
    for process in left:
        process.terminate()
    deadline = time.monotonic() + GRACE_SECONDS
    while left and time.monotonic() < deadline and len(signals) == received:
        time.sleep(POLL_SECONDS / 4)
        left = [process for process in left if process.poll() is None]
    for process in left:
        process.kill()
        process.wait()


def bring_back() -> None:
    """Leave all that was stored in the database file, also where a program had to be killed."""
    from snapshot_core.errors import SettingsError
    from snapshot_core.sources.registry import load_settings
    from snapshot_core.store.database import Store

    with suppress(SettingsError):  # it has ended the programs too, and they have told it
        Store(load_settings().database_url).close()


if __name__ == "__main__":
    status = run_together(commands(os.environ))
    bring_back()
    sys.exit(status)
