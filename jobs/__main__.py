"""``python -m jobs``: take the nightly captures until asked to end, or with ``--once`` for cron."""

import argparse
import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from threading import Thread

from jobs.heartbeat import HeartbeatWriter
from jobs.log import log_to
from jobs.loop import Task, loop
from jobs.stop import Stop, Stopped
from jobs.tasks.nightly import Nightly
from snapshot_core.capture.schedule import Schedule
from snapshot_core.clock import system_clock
from snapshot_core.connections.platforms import Platforms
from snapshot_core.errors import SettingsError, TruegrowthError
from snapshot_core.maintenance.retention import EVERY, keep_to_policy
from snapshot_core.sources.contract import Source
from snapshot_core.sources.registry import load_settings, source
from snapshot_core.store.database import Store

LOOK_EVERY = 10
"""Seconds between two looks at which captures are due."""

GRACE = 5.0
"""Seconds to end in when asked. A write that waits for a lost database would take longer."""

_log = logging.getLogger(__name__)


def main(
    arguments: Sequence[str] | None = None, *, sources: Callable[[str], Source] = source
) -> int:
    """Run the job; gives the exit status: 0, 1 if something failed, 2 for wrong usage."""
    parser = argparse.ArgumentParser(
        prog="python -m jobs",
        description="Take the nightly snapshots when they are due, until stopped.",
    )
    parser.add_argument(
        "--once",
        action="store_true",
        help="take what is due now, print one line per account, and end (for cron); "
        "the exit status is 1 if any failed",
    )
    once = parser.parse_args(arguments).once
    stop = Stop()
    stop.on_signals()
    Thread(target=_leave_at_last, args=(stop,), daemon=True).start()
    log_to(sys.stderr)
    try:
        settings = load_settings()
        store = Store(settings.database_url)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    schedule = Schedule(settings.time_zone, settings.snapshot_at, sources)
    # What ends at once has no heartbeat: a dead one would be seen in it, or over another's.
    heartbeat = None if once else HeartbeatWriter(store, system_clock)
    nightly = Nightly(
        store, schedule, system_clock, stop, heartbeat, Platforms(store, settings), settings.workers
    )

    def keep() -> None:
        keep_to_policy(store, settings, system_clock())

    try:
        return (
            _once(nightly, keep)
            if heartbeat is None
            else _on_and_on(nightly, stop, heartbeat, keep)
        )
    finally:
        store.close()


def _once(nightly: Nightly, keep: Callable[[], None]) -> int:
    failed = False
    try:
        for outcome in nightly.captures():
            print(f"{outcome.account}: {outcome.line}", flush=True)
            failed = failed or outcome.failed
        keep()
    except TruegrowthError as error:
        print(error, file=sys.stderr)
        return 1
    except Stopped:
        pass
    return int(failed)


def _on_and_on(
    nightly: Nightly, stop: Stop, heartbeat: HeartbeatWriter, keep: Callable[[], None]
) -> int:
    _log.info("The job has started, process %d", os.getpid())
    tasks = Task("captures", LOOK_EVERY, nightly.run), Task("retention", EVERY, keep)
    loop(tasks, stop, heartbeat)
    heartbeat.stop()
    _log.info("The job has ended as it was asked to")
    return 0


def _leave_at_last(stop: Stop) -> None:
    """End the process when it was asked to and cannot; at any moment it leaves nothing half."""
    while not stop.wait(3600):
        pass
    time.sleep(GRACE)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
