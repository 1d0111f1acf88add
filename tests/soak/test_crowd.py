"""Many at once: nobody gets an error, no stored snapshot is lost, memory is flat."""

import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psutil
import pytest
from sqlalchemy import func, select

from snapshot_core.store.database import Store
from snapshot_core.store.tables import VIDEOS_PER_ACCOUNT, accounts, captures, video_snapshots
from tests.browser.conftest import Dashboard, started
from tests.soak.crowd import Tally, crowd, importer, outage
from tests.support.ports import free_port
from tests.support.postgres import Server
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
    """The captures that are stored, but those of imports."""
    with store.read() as connection:
        own = captures.c.trigger != "import"
        return connection.scalar(select(func.count()).select_from(captures).where(own)) or 0


def in_words(tally: Tally) -> str:
    return (
        f"{len(tally.runs):,} page runs (median {median(tally.runs):.2f} s, "
        f"p95 {quantiles(tally.runs, n=20)[-1]:.2f} s, worst {max(tally.runs):.2f} s, "
        f"{tally.again} begun anew), {len(tally.calls):,} calls (median "
        f"{median(tally.calls):.3f} s), {tally.snapshots} snapshots, {tally.busy} busy, "
        f"{len(tally.imported)} files imported, {tally.told} told of the database"
    )


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
        f"{people} sessions, {programs} programs, {seconds} s: {in_words(tally)}, "
        f"memory by thirds {first:.0f}, {second:.0f}, {last:.0f} MB"
    )
    assert warm.wrong == []
    assert tally.wrong == []
    assert after - before == tally.snapshots
    # Of the first third each person still opens pages for the first time.
    assert last < second * 1.06 + 5


@pytest.mark.soak
@pytest.mark.parametrize(("people", "programs", "seconds"), [(6, 3, 12), (100, 30, 60)])
def test_a_crowd_whose_database_goes_away_and_comes_back(
    tmp_path: Path, frail_server: Server, people: int, programs: int, seconds: int
) -> None:
    port = free_port()
    with (
        frail_server.fresh_database() as url,
        started(tmp_path, port, DATABASE_URL=url) as dashboard,
    ):
        tokens = [token(dashboard, n) for n in range(programs)]
        process, store = server(port), Store(url)
        at_once(dashboard.address, process, tokens[:2], people, 3, 1)
        before = taken(store)
        files = [readings_file(tmp_path / f"{n}.csv", f"imported {n}") for n in range(seconds)]
        tally = at_once(
            dashboard.address, process, tokens, people, seconds, 1,
            partial(importer, files, dashboard.environ, seconds / 2),
            partial(outage, frail_server, seconds / 4, seconds / 12),
        )  # fmt: skip
        after, stored = taken(store), imported(store)
        store.close()
    print(f"{people} sessions, {programs} programs, {seconds} s: {in_words(tally)}")
    assert tally.wrong == []
    assert tally.imported
    assert after - before == tally.snapshots
    for file in tally.imported:
        assert stored[f"imported {file.stem}"] == READINGS, file


READINGS = 3_000


def readings_file(path: Path, account: str) -> Path:
    """A readings file of 30 videos over 100 nights."""
    begin = datetime(2026, 1, 1, tzinfo=UTC)
    rows = [
        f"{account},video {n},{begin + timedelta(days=night):%Y-%m-%dT%H:%M:%SZ},{night * n}"
        for night in range(READINGS // 30)
        for n in range(30)
    ]
    path.write_text("account,video_id,captured_at,views\n" + "\n".join(rows), "utf-8")
    return path


def imported(store: Store) -> dict[str, int]:
    """The stored readings of imported accounts."""
    with store.read() as connection:
        own = video_snapshots.c.video_id // VIDEOS_PER_ACCOUNT == accounts.c.account_id
        counted = select(accounts.c.name, func.count()).join(
            video_snapshots, own & (video_snapshots.c.user_id == accounts.c.user_id)
        )
        return dict(connection.execute(counted.group_by(accounts.c.name)).all())
