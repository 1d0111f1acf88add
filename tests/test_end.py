"""However dashboard and job end, nothing is left outside the one file that people copy."""

import asyncio
import json
import signal
import subprocess
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest
from websockets.asyncio.client import connect

import run
from tests.browser.conftest import Dashboard, started
from tests.soak.crowd import Tally, look
from tests.support.copies import rows_of_copy
from tests.support.ports import free_port
from tests.support.programs import ROOT
from tests.support.waiting import PATIENCE_SECONDS

ROWS = (
    "SELECT (SELECT count(*) FROM video_snapshots), (SELECT count(*) FROM captures), "
    "(SELECT count(*) FROM api_tokens)"
)


def command(dashboard: Dashboard, *arguments: str) -> str:
    return subprocess.run(
        [sys.executable, "-m", "snapshot_core", *arguments],
        cwd=ROOT, env=dashboard.environ, check=True, capture_output=True, text=True,
        timeout=PATIENCE_SECONDS,
    ).stdout.strip()  # fmt: skip


def take_snapshot(dashboard: Dashboard, token: str) -> None:
    request = urllib.request.Request(
        f"{dashboard.address}/api/growth/snapshot",
        headers={"authorization": f"Bearer {token}"},
        method="POST",
    )
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
        assert json.load(answer)["success"]


async def end_before_a_visitor(dashboard: Dashboard, number: signal.Signals, whom: str) -> float:
    """Send the signal while a browser has a page open; seconds until all has ended."""
    url = dashboard.address.replace("http", "ws") + "/_stcore/stream"
    async with connect(url, subprotocols=["streamlit"], max_size=None) as socket:  # type: ignore[list-item]
        tally = Tally()
        await look(socket, "", "24h", tally)
        assert tally.wrong == []
        began = time.monotonic()
        receiver(dashboard, whom).send_signal(number)
        await asyncio.to_thread(dashboard.process.wait, PATIENCE_SECONDS)
        return time.monotonic() - began


def receiver(dashboard: Dashboard, whom: str) -> psutil.Process:
    starter = psutil.Process(dashboard.process.pid)
    if whom == "both":
        return starter
    name = {"job": "jobs", "dashboard": "streamlit"}[whom]
    return next(child for child in starter.children() if name in child.cmdline())


@pytest.mark.parametrize(
    ("number", "whom", "status"),
    [
        (signal.SIGTERM, "both", 0),
        (signal.SIGHUP, "both", 0),
        (signal.SIGKILL, "job", 1),
        pytest.param(signal.SIGINT, "both", 0, marks=pytest.mark.soak),
        pytest.param(signal.SIGHUP, "dashboard", 1, marks=pytest.mark.soak),
        pytest.param(signal.SIGKILL, "dashboard", 1, marks=pytest.mark.soak),
    ],
)
def test_the_file_alone_has_every_row(
    tmp_path: Path, number: signal.Signals, whom: str, status: int
) -> None:
    with started(tmp_path, free_port()) as dashboard:
        token = command(dashboard, "token", "create", "mine", "--scope", "read,snapshot")
        before = rows_of_copy(tmp_path / "truegrowth.db", ROWS)[0]
        take_snapshot(dashboard, token)
        # In a thread: in this one a browser of other tests may run its event loop.
        with ThreadPoolExecutor(1) as pool:
            ending = end_before_a_visitor(dashboard, number, whom)
            seconds = pool.submit(lambda: asyncio.run(ending)).result()
        assert dashboard.process.returncode == status
    readings, captures, tokens = rows_of_copy(tmp_path / "truegrowth.db", ROWS)[0]
    assert (captures, tokens) == (before[1] + 1, 1)
    assert readings > before[0]
    assert not list(tmp_path.glob("truegrowth.db-*"))
    assert seconds < run.GRACE_SECONDS, "something had to be killed"
    log = (tmp_path / "log").read_text()
    assert "lifespan" not in log
    assert "Traceback" not in log
