"""A crowd: people at the dashboard, speaking Streamlit's own protocol, and programs at the API."""

import asyncio
import random
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx2
import psutil
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import connect

PERIODS = ("24h", "7d", "30d")
PAGES = ("", "", "", "videos", "health", "accounts")
ANSWER = 60.0
"""Seconds after which an answer is taken to be lost."""


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
    wrong: list[str] = field(default_factory=list)


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
                tally.wrong.append(f"{path}: {answer.status_code} {answer.text[:200]}")
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
                tally.wrong.append(f"snapshot: {answer.status_code} {answer.text[:200]}")
            await asyncio.sleep(3.0)


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
) -> Tally:
    """All of them at once; each program has a token of its own, two of them take snapshots."""
    tally, until = Tally(), time.monotonic() + seconds
    await asyncio.gather(
        weigh(server, seconds, until, tally),
        *(person(address, n, until, think, tally) for n in range(people)),
        *(program(address, token, n, until, tally) for n, token in enumerate(tokens)),
        *(photographer(address, token, until, tally) for token in tokens[:2]),
    )
    return tally
