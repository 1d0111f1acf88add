"""Ending real processes by SIGKILL at random moments, and what must hold afterwards.

A few kills by default, a hundred with ``-m soak``:

    @pytest.mark.parametrize(("seed", "kills"), series(few=5))
    def test_killed(seed: int, kills: int) -> None:
        chance = random.Random(seed)
        for number in range(kills):
            with begun(["-m", "tests.capture.captures_without_end", ...]) as child:
                ...                         # wait until it does what is to be interrupted
                printed = kill_after(child, moment(number, kills, chance, 0.3))
            assert intact(store)
"""

import random
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from snapshot_core.store.database import Store
from tests.support.programs import ROOT
from tests.support.waiting import PATIENCE_SECONDS


def series(few: int = 5, each: int = 10, count: int = 10) -> list[Any]:
    """``(seed, kills)`` for a parametrised test: ``few`` kills by default; with ``-m soak``,
    ``count`` times ``each`` beside them.
    """
    soak = [pytest.param(seed, each, marks=pytest.mark.soak) for seed in range(1, count + 1)]
    return [(0, few), *soak]


@contextmanager
def begun(
    arguments: Sequence[str], environ: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[str]]:
    """A Python program, started; killed at the end if it still runs."""
    with subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=environ, stdout=subprocess.PIPE, text=True
    ) as child:
        try:
            yield child
        finally:
            child.kill()


def moment(number: int, kills: int, chance: random.Random, length: float) -> float:
    """Seconds until the kill ``number`` of ``kills``, over a piece of work of ``length`` seconds.

    From its first moment to just after its end, and most of them early: the work that was measured
    may have had a slow machine.
    """
    part = (number + chance.random()) / kills
    return 1.2 * length * part**2


def kill_after(child: subprocess.Popen[str], seconds: float) -> str:
    """Kill ``child`` then, before it ends by itself; what it printed since it was last read."""
    with suppress(subprocess.TimeoutExpired):
        child.wait(seconds)
    child.kill()
    printed = child.communicate(timeout=PATIENCE_SECONDS)[0] or ""
    assert child.returncode == -signal.SIGKILL, f"it ended by itself: {printed}"
    return printed


def intact(store: Store) -> bool:
    """Whether the database finds no fault in itself; PostgreSQL has no such question."""
    with store.read() as connection:
        if connection.dialect.name != "sqlite":
            return True
        return connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
