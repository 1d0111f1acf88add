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
from jobs.tasks.nightly import CAPTURES_SECONDS, Nightly
from jobs.tasks.retention import RETENTION_SECONDS, Retention
from jobs.tasks.rhythms import POOLING_SECONDS, PooledRhythms
from snapshot_core.clock import system_clock
from snapshot_core.errors import SettingsError, TruegrowthError
from snapshot_core.sources.contract import Source
from snapshot_core.sources.registry import load_settings, source
from snapshot_core.store.database import Store

CHECKPOINT_SECONDS = 300
"""Between two times that what pages and others have stored is brought into the database file."""
GRACE_SECONDS = 5.0
"""To end in when asked. A write that waits for a lost database would take longer."""

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
    Thread(target=_exit_after_grace, args=(stop,), daemon=True).start()
    log_to(sys.stderr)
    try:
        settings = load_settings()
        store = Store(settings.database_url)
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 1
    # What ends at once has no heartbeat: a dead one would be seen in it, or over another's.
    heartbeat = None if once else HeartbeatWriter(store, system_clock)
    nightly = Nightly(settings, store, system_clock, sources, stop, heartbeat)
    retention = Retention(settings, store, system_clock)
    rhythms = PooledRhythms(settings, store, system_clock)
    try:
        if heartbeat is None:
            return _once(nightly, retention, rhythms)
        return _run_until_stopped(nightly, retention, rhythms, store, stop, heartbeat)
    finally:
        store.close()


def _once(nightly: Nightly, retention: Retention, rhythms: PooledRhythms) -> int:
    failed = False
    try:
        for line in nightly.captures():
            print(f"{line.account}: {line.text}", flush=True)
            failed = failed or line.failed
        retention.run()
        rhythms.run()
    except TruegrowthError as error:
        print(error, file=sys.stderr)
        return 1
    except Stopped:
        pass
    return int(failed)


def _run_until_stopped(
    nightly: Nightly,
    retention: Retention,
    rhythms: PooledRhythms,
    store: Store,
    stop: Stop,
    heartbeat: HeartbeatWriter,
) -> int:
    _log.info("The job has started, process %d", os.getpid())
    tasks = (
        Task("captures", CAPTURES_SECONDS, nightly.run),
        Task("retention", RETENTION_SECONDS, retention.run),
        Task("rhythms", POOLING_SECONDS, rhythms.run),
        Task("checkpoint", CHECKPOINT_SECONDS, store.checkpoint),
    )
    loop(tasks, stop, heartbeat)
    heartbeat.stop()
    _log.info("The job has ended as it was asked to")
    return 0


def _exit_after_grace(stop: Stop) -> None:
    """End the process when it was asked to and cannot; at any moment it leaves nothing half."""
    while not stop.wait(3600):
        pass
    time.sleep(GRACE_SECONDS)
    os._exit(1)


if __name__ == "__main__":
    sys.exit(main())
