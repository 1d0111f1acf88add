"""Kill -9 in the middle of a capture: nothing half is ever seen, and the next one succeeds."""

import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import func, select

from snapshot_core.capture.take import take
from snapshot_core.connections.leases import LEASE_SECONDS
from snapshot_core.errors import Busy
from snapshot_core.store.database import Store
from snapshot_core.store.keys import Key, of
from snapshot_core.store.tables import captures
from tests.support.staged import (
    NOON,
    Hands,
    Staged,
    account_row,
    added,
    captures_of,
    halves,
    installed,
)

ROOT = Path(__file__).resolve().parents[2]
VIDEOS = 4_000
"""Enough for a transaction of some tenths of a second, so that kills fall into it."""


def begin(url: str, start: int) -> subprocess.Popen[str]:
    arguments = url, str(start), str(VIDEOS)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.capture.captures_without_end", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def latest(store: Store, key: Key) -> int:
    with store.read() as connection:
        newest = select(func.max(captures.c.captured_at)).where(of(captures, key))
        return connection.scalar(newest) or NOON


def intact(store: Store) -> bool:
    with store.read() as connection:
        if connection.dialect.name != "sqlite":
            return True
        return connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"


# A few by default; ten times ten on each kind of database with `-m soak`.
SERIES = [(0, 5), *(pytest.param(number, 10, marks=pytest.mark.soak) for number in range(1, 11))]


@pytest.mark.parametrize(("series", "kills"), SERIES)
def test_killed_at_any_moment_it_leaves_nothing_half(
    database_url: str, series: int, kills: int
) -> None:
    store, chance = installed(database_url), random.Random(series)
    one = added(store)
    take(store, Staged(VIDEOS), one, Hands(NOON - 30 * LEASE_SECONDS), trigger="baseline")
    length = duration_in_a_child(database_url, NOON - 20 * LEASE_SECONDS)
    undone = untold = after = 0
    checked = NOON - 40 * LEASE_SECONDS

    for number in range(kills):
        start = latest(store, one.key) + 3 * LEASE_SECONDS  # beyond what a killed one still holds
        before = len(captures_of(store, one.key))
        child = begin(database_url, start)
        try:
            assert child.stdout is not None
            assert child.stdout.readline().startswith("storing")
            # From the transaction's first moment to just after its end, and most of them early:
            # the one that was measured may have had a slow machine.
            part = (number + chance.random()) / kills
            with suppress(subprocess.TimeoutExpired):
                child.wait(1.2 * length * part**2)
            assert child.poll() is None
        finally:
            child.kill()
            told = child.communicate()[0].count("stored")

        assert halves(store, one.key, checked) == []
        assert intact(store)
        # What it said it had stored is there, and at most the one that it could not tell of.
        stored = len(captures_of(store, one.key)) - before
        assert told <= stored <= told + 1

        row = account_row(store, one.key)
        now = latest(store, one.key) + 1
        if row.lease_until is not None:
            with pytest.raises(Busy):
                take(store, Staged(1), one, Hands(row.lease_until - 1), trigger="manual")
            now = max(now, row.lease_until)
        taken = take(store, Staged(VIDEOS), one, Hands(now), trigger="nightly")
        assert (taken.status, taken.videos) == ("complete", VIDEOS)
        assert halves(store, one.key, checked) == []
        checked = now
        undone, untold, after = (
            undone + (stored == 0),
            untold + (stored > told),
            after + (told > 0),
        )

    assert halves(store, one.key) == []
    store.close()
    print(f"{length * 1000:.0f} ms: {undone} undone, {untold} stored and not told, {after} told")
    assert undone > 0, "no kill fell into the transaction: make VIDEOS more"


def duration_in_a_child(url: str, start: int) -> float:
    """Seconds from the last video read to the capture stored, as the first one of a child takes."""
    child = begin(url, start)
    try:
        assert child.stdout is not None
        storing, stored = (child.stdout.readline().split() for _ in range(2))
    finally:
        child.kill()
        child.communicate()
    assert (storing[0], stored[0]) == ("storing", "stored")
    return float(stored[1]) - float(storing[1])
