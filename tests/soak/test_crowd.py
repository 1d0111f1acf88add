"""Many at once: nobody gets an error, no stored snapshot is lost, memory is flat."""

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import psutil
import pytest
from sqlalchemy import func, select

from snapshot_core.store.database import Store
from snapshot_core.store.tables import captures
from tests.browser.conftest import Dashboard, started
from tests.soak.crowd import Tally, crowd
from tests.support.ports import free_port
from tests.support.programs import ROOT
from tests.support.waiting import PATIENCE_SECONDS

MEGABYTE = 1024 * 1024


def token(dashboard: Dashboard, number: int) -> str:
    made = subprocess.run(
        [sys.executable, "-m", "snapshot_core", "token", "create", f"crowd {number}",
         "--scope", "read,snapshot"],
        cwd=ROOT, env=dashboard.environ, check=True, capture_output=True, text=True,
        timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    return next(word for word in made.stdout.split() if word.startswith("tg_"))


def server(port: int) -> psutil.Process:
    """The process that serves the dashboard."""
    for process in psutil.Process().children(recursive=True):
        if any(one.laddr.port == port for one in process.net_connections("tcp")):
            return process
    raise AssertionError("nobody listens")


def at_once(*arguments: Any) -> Tally:
    """The crowd, in a thread: in this one a browser of other tests may run its event loop."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(lambda: asyncio.run(crowd(*arguments))).result()


def taken(store: Store) -> int:
    with store.read() as connection:
        return connection.scalar(select(func.count()).select_from(captures)) or 0


@pytest.mark.parametrize(
    ("people", "programs", "seconds", "think"),
    [(6, 3, 6, 1), pytest.param(200, 50, 300, 10, marks=pytest.mark.soak)],
)
def test_a_crowd(tmp_path: Path, people: int, programs: int, seconds: int, think: float) -> None:
    port = free_port()
    with started(tmp_path, port) as dashboard:
        tokens = [token(dashboard, n) for n in range(programs)]
        store = Store(dashboard.environ["DATABASE_URL"])
        process = server(port)
        warm = at_once(dashboard.address, process, tokens[:2], people, seconds / 3, think)
        before = taken(store)
        tally = at_once(dashboard.address, process, tokens, people, seconds, think)
        after = taken(store)
        store.close()
    third = len(tally.memory) // 3
    first, second, last = (
        median(tally.memory[n * third : (n + 1) * third]) / MEGABYTE for n in range(3)
    )
    print(
        f"{people} sessions, {programs} programs, {seconds} s: {len(tally.runs):,} page runs "
        f"(median {median(tally.runs):.2f} s, worst {max(tally.runs):.2f} s, {tally.again} begun "
        f"anew), {len(tally.calls):,} calls (median {median(tally.calls):.3f} s), "
        f"{tally.snapshots} snapshots, {tally.busy} busy, "
        f"memory by thirds {first:.0f}, {second:.0f}, {last:.0f} MB"
    )
    assert warm.wrong == []
    assert tally.wrong == []
    assert after - before == tally.snapshots
    # Of the first third each person still opens pages for the first time.
    assert last < second * 1.06 + 5
