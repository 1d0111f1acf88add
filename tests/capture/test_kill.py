"""Kill -9 in the middle of a capture: nothing half is ever seen, and the next one succeeds."""

import random
import subprocess
from contextlib import AbstractContextManager

import pytest
from sqlalchemy import func, select

from snapshot_core.capture.take import take
from snapshot_core.connections.leases import LEASE_SECONDS
from snapshot_core.errors import Busy
from snapshot_core.store.database import Store
from snapshot_core.store.keys import Key, of
from snapshot_core.store.tables import captures
from tests.support.kills import begun, intact, kill_after, moment, series
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

VIDEOS = 4_000
"""Enough for a transaction of some tenths of a second, so that kills fall into it."""


def capturing(url: str, start: int) -> AbstractContextManager[subprocess.Popen[str]]:
    arguments = url, str(start), str(VIDEOS)
    return begun(["-m", "tests.capture.captures_without_end", *arguments])


def latest(store: Store, key: Key) -> int:
    with store.read() as connection:
        newest = select(func.max(captures.c.captured_at)).where(of(captures, key))
        return connection.scalar(newest) or NOON


@pytest.mark.parametrize(("seed", "kills"), series(few=5))
def test_killed_at_any_moment_it_leaves_nothing_half(
    database_url: str, seed: int, kills: int
) -> None:
    store, chance = installed(database_url), random.Random(seed)
    one = added(store)
    take(store, Staged(VIDEOS), one, Hands(NOON - 30 * LEASE_SECONDS), trigger="baseline")
    length = duration_in_a_child(database_url, NOON - 20 * LEASE_SECONDS)
    undone = untold = after = 0
    checked = NOON - 40 * LEASE_SECONDS

    for number in range(kills):
        start = latest(store, one.key) + 3 * LEASE_SECONDS  # beyond what a killed one still holds
        before = len(captures_of(store, one.key))
        with capturing(database_url, start) as child:
            assert child.stdout is not None
            assert child.stdout.readline().startswith("storing")
            printed = kill_after(child, moment(number, kills, chance, length))
        told = printed.count("stored")

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
    with capturing(url, start) as child:
        assert child.stdout is not None
        storing, stored = (child.stdout.readline().split() for _ in range(2))
    assert (storing[0], stored[0]) == ("storing", "stored")
    return float(stored[1]) - float(storing[1])
