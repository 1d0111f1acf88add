"""One of many processes on one account: it reads it, imports into it, or asks for its growth."""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path
from zoneinfo import ZoneInfo

from snapshot_core.capture.take import take
from snapshot_core.errors import Busy
from snapshot_core.periods import PERIODS
from snapshot_core.store import record_capture
from snapshot_core.store.accounts import account, accounts_of
from snapshot_core.store.database import Store
from snapshot_core.store.users import LOCAL_EMAIL, user_named
from snapshot_core.transfer.import_file import import_file
from snapshot_core.view.overview import overview
from tests.support.staged import Hands, Staged
from tests.support.video_readings import adds_up

VIDEOS = 5


def main(url: str, role: str, start: int, rounds: int, more: str = "") -> None:
    """Do what ``role`` says ``rounds`` times; the clock of all begins at the instant ``start``.

    ``nightly`` and ``manual`` capture; ``dying`` does, and is killed in the transaction that has
    learned; ``import`` imports the file ``more``; ``ask`` asks.
    """
    store = Store(url)
    with store.read() as connection:
        key = accounts_of(connection, 1)[0].key
    if role == "dying":
        _die_after_learning()
    for _ in range(rounds):
        now = start + int(time.monotonic())
        if role == "ask":
            _ask(store, now)
        elif role == "import":
            _import(store, Path(more), now)
        else:
            with store.read() as connection:
                ours = account(connection, key)
            trigger = "manual" if role == "manual" else "nightly"
            try:
                taken = take(store, Staged(VIDEOS), ours, Hands(now), trigger=trigger)
            except Busy:
                continue
            if taken.status is not None:
                print("stored", taken.captured_at, taken.status, flush=True)


def _ask(store: Store, now: int) -> None:
    with store.read() as connection:
        owned = accounts_of(connection, 1)
        view = overview(connection, owned, owned[0], PERIODS[0], now, ZoneInfo("UTC"))
    growth = view.cards["views"].growth
    if growth.ledger is not None:
        assert adds_up(growth.ledger)


def _import(store: Store, file: Path, now: int) -> None:
    with store.read() as connection:
        user = user_named(connection, LOCAL_EMAIL)
    with suppress(Busy):
        report = import_file(store, file, user, now)
        if not report.unfinished:
            print("imported", flush=True)


def _die_after_learning() -> None:
    learn = record_capture.learn_due  # type: ignore[attr-defined]

    def learn_and_die(*arguments, **options):
        learn(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    record_capture.learn_due = learn_and_die  # type: ignore[attr-defined]


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), *sys.argv[5:])
