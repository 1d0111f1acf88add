"""A crowd: people at the dashboard, speaking Streamlit's own protocol, and programs at the API."""

import asyncio
import random
import re
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

from tests.support.postgres import Server
from tests.support.programs import ROOT

PERIODS = ("24h", "7d", "30d")
PAGES = ("", "", "", "videos", "health", "accounts")
ANSWER = 60.0
"""Seconds after which an answer is taken to be lost."""
AWAY = re.compile(r"The database |The PostgreSQL server on \S+ is starting or stopping\.")
"""What is told of a database that is away, or on its way."""


@dataclass
class Tally:
    """What the crowd did, and what went wrong."""

    runs: list[float] = field(default_factory=list)
    """Seconds from a click to the end of the script."""
    calls: list[float] = field(default_factory=list)
    again: int = 0
    """Runs that began anew for a snapshot that came while they ran."""
    memory: list[int] = field(default_factory=list)
    """Bytes that the server takes, at even distances."""
    snapshots: int = 0
    """Those that the API said were taken."""
    busy: int = 0
    imported: list[Path] = field(default_factory=list)
    """Files of which an import said that they are in."""
    away: bool = False
    """Whether the database is away, or was a moment ago."""
    told: int = 0
    """Answers that rightly said that the database is away."""
    wrong: list[str] = field(default_factory=list)

    def complain(self, message: str, *, of_database: bool = False) -> None:
        """Note an error; while the database is away, one that says so is none."""
        if self.away and of_database:
            self.told += 1
        else:
            self.wrong.append(message)


async def person(address: str, seed: int, until: float, think: float, tally: Tally) -> None:
    """One who looks, thinks, and clicks on, until the time is over."""
    chance = random.Random(seed)
    await asyncio.sleep(chance.uniform(0, think))
    url = address.replace("http", "ws") + "/_stcore/stream"
    try:
        async with connect(url, subprotocols=["streamlit"], max_size=None, origin=address) as ws:  # type: ignore[arg-type, list-item]
            while time.monotonic() < until:
                await look(ws, chance.choice(PAGES), chance.choice(PERIODS), tally)
                await asyncio.sleep(chance.uniform(0.5, 1.5) * think)
    except Exception as error:
        tally.wrong.append(f"person {seed}: {type(error).__name__}: {error}")


async def look(ws: Any, page: str, period: str, tally: Tally) -> None:
    """Ask for a page, and read until its script has ended."""
    began = time.monotonic()
    ask = BackMsg()
    ask.rerun_script.query_string = f"period={period}"
    ask.rerun_script.page_name = page
    await ws.send(ask.SerializeToString())
    while True:
        said = ForwardMsg()
        said.ParseFromString(await asyncio.wait_for(ws.recv(), ANSWER))
        kind = said.WhichOneof("type")
        if kind == "delta" and said.delta.new_element.WhichOneof("type") == "exception":
            tally.wrong.append(f"{page or 'overview'}: {said.delta.new_element.exception.message}")
        if kind == "script_finished":
            if said.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                tally.again += 1  # a snapshot came meanwhile, and the page begins anew with it
                continue
            if said.script_finished != ForwardMsg.FINISHED_SUCCESSFULLY:
                tally.wrong.append(f"{page or 'overview'}: ended with {said.script_finished}")
            break
    tally.runs.append(time.monotonic() - began)


async def program(address: str, token: str, seed: int, until: float, tally: Tally) -> None:
    """One that asks for growth and videos each second or so, and keeps what has not changed."""
    chance = random.Random(seed)
    tags: dict[str, str] = {}
    headers = {"authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url=address, headers=headers, timeout=ANSWER) as client:
        while time.monotonic() < until:
            path = chance.choice(
                ["/api/growth/1", "/api/growth/7", "/api/growth/30", "/api/videos"]
            )
            known = {"if-none-match": tags[path]} if path in tags else {}
            began = time.monotonic()
            try:
                answer = await client.get(path, headers=known)
            except httpx2.HTTPError as error:
                tally.wrong.append(f"{path}: {type(error).__name__}")
                continue
            tally.calls.append(time.monotonic() - began)
            if answer.status_code not in (200, 304):
                _refused(path, answer, tally)
            if "etag" in answer.headers:
                tags[path] = answer.headers["etag"]
            await asyncio.sleep(chance.uniform(0.5, 2.0))


async def photographer(address: str, token: str, until: float, tally: Tally) -> None:
    """One that takes a snapshot every few seconds."""
    headers = {"authorization": f"Bearer {token}"}
    async with httpx2.AsyncClient(base_url=address, headers=headers, timeout=ANSWER) as client:
        for _ in count():
            if time.monotonic() >= until:
                return
            answer = await client.post("/api/growth/snapshot")
            if answer.status_code == 200:
                # Two of one second are one snapshot, and the later one is told so.
                tally.snapshots += "already" not in answer.json()["message"]
            elif answer.status_code == 409:
                tally.busy += 1
            else:
                _refused("snapshot", answer, tally)
            await asyncio.sleep(3.0)


def _refused(what: str, answer: httpx2.Response, tally: Tally) -> None:
    away = answer.status_code == 503 and bool(AWAY.search(answer.text))
    tally.complain(f"{what}: {answer.status_code} {answer.text[:200]}", of_database=away)


async def importer(
    files: list[Path], environ: dict[str, str], after: float, until: float, tally: Tally
) -> None:
    """One that imports file after file from a shell, and each again where it was cut short.

    ``after`` so many seconds: beside real accounts no snapshot of the sample is taken.
    """
    await asyncio.sleep(after)
    for file in files:
        while time.monotonic() < until:
            command = sys.executable, "-m", "snapshot_core", "import", str(file)
            running = await asyncio.create_subprocess_exec(
                *command,
                cwd=ROOT,
                env=environ,
                stdout=asyncio.subprocess.DEVNULL,
                stderr=asyncio.subprocess.PIPE,
            )
            _, errors = await running.communicate()
            if running.returncode == 0:
                tally.imported.append(file)
                break
            tally.complain(
                f"import: {errors.decode()}", of_database=bool(AWAY.search(errors.decode()))
            )


async def outage(server: Server, after: float, seconds: float, until: float, tally: Tally) -> None:
    """The database is stopped once, ``after`` so many seconds, and started again."""
    assert time.monotonic() + after + seconds < until
    await asyncio.sleep(after)
    tally.away = True
    await asyncio.to_thread(server.stop)
    await asyncio.sleep(seconds)
    await asyncio.to_thread(server.start)
    await asyncio.sleep(seconds + 5)  # what was asked while it was away is answered
    tally.away = False


async def weigh(server: psutil.Process, seconds: float, until: float, tally: Tally) -> None:
    """How much memory the server takes, a hundred times."""
    while time.monotonic() < until:
        tally.memory.append(server.memory_info().rss)
        await asyncio.sleep(seconds / 100)


async def crowd(
    address: str,
    server: psutil.Process,
    tokens: list[str],
    people: int,
    seconds: float,
    think: float,
    *others: Callable[[float, Tally], Coroutine[Any, Any, None]],
) -> Tally:
    """All of them at once; each program has a token of its own, two of them take snapshots.

    ``others`` are given the instant of `time.monotonic` at which it is over, and the tally.
    """
    tally, until = Tally(), time.monotonic() + seconds
    await asyncio.gather(
        weigh(server, seconds, until, tally),
        *(person(address, n, until, think, tally) for n in range(people)),
        *(program(address, token, n, until, tally) for n, token in enumerate(tokens)),
        *(photographer(address, token, until, tally) for token in tokens[:2]),
        *(other(until, tally) for other in others),
    )
    return tally
