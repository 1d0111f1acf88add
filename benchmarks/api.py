"""How many calls of the growth endpoint a second, beside FastAPI alone.

Two servers, each a uvicorn of its own on loopback: the API with an account of 1,000 videos and a
year of nights, and a FastAPI application that answers the same JSON from memory, without token,
database or limit. They are asked in turns by the same clients. A hit sends the ETag it was given
and gets 304; a miss gets the document.
"""

import asyncio
import json
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import Table, life
from benchmarks.api_bare import DOCUMENT
from benchmarks.api_clients import requests_per_second
from benchmarks.servers import served
from benchmarks.storage import fill, new_store
from snapshot_core.identity.api_tokens import READ, create
from tests.support.ports import free_port

TARGET = 0.5


def run(
    videos: int = 1_000, nights: int = 365, clients: int = 8, rounds: int = 21, seconds: float = 0.7
) -> Table:
    """Measure in a temporary folder."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        token = _account(folder / "bench.db", videos, nights)
        bearer = {"authorization": f"Bearer {token}"}
        url = f"sqlite:///{folder / 'bench.db'}"
        environ = {"DATABASE_URL": url, "TRUEGROWTH_API_RATE": "1000000"}
        document = folder / "growth.json"
        with _served("api.app:create", environ) as ours:
            body, etag = _get(ours, bearer)
            document.write_bytes(body)
            with _served("benchmarks.api_bare:create", {DOCUMENT: str(document)}) as bare:
                assert json.loads(_get(bare, {})[0]) == json.loads(body)
                ways: tuple[Way, ...] = (
                    (bare, {}, 200),
                    (ours, bearer, 200),
                    (ours, {**bearer, "if-none-match": etag}, 304),
                )
                turns = [_in_turn(ways, turn, clients, seconds) for turn in range(rounds + 1)]
    rates = turns[1:]  # the first warms both servers
    plain, miss, hit = (median(rates_of_way) for rates_of_way in zip(*rates, strict=True))
    misses, hits = (median(rate[n] / rate[0] for rate in rates) for n in (1, 2))
    rows: list[tuple[str, ...]] = [
        ("FastAPI alone, the same JSON", f"{plain:,.0f}", "1.00", ""),
        ("growth, the document (ETag miss)", f"{miss:,.0f}", f"{misses:.2f}", f">= {TARGET}"),
        ("growth, 304 (ETag hit)", f"{hit:,.0f}", f"{hits:.2f}", f">= {TARGET}"),
    ]
    notes = (
        f"Medians of {rounds} rounds with {clients} clients, ratios within a round. "
        f"{' '.join((__doc__ or '').split())}"
    )
    return Table("API", ("what", "requests/s", "ratio", "target"), rows, notes)


Way = tuple[int, dict[str, str], int]
"""Port, headers and the status that is wanted."""


def _in_turn(ways: tuple[Way, ...], turn: int, clients: int, seconds: float) -> list[float]:
    """Requests a second of each way; another one is asked first in each turn."""
    rates = [0.0] * len(ways)
    for step in range(len(ways)):
        number = (turn + step) % len(ways)
        port, headers, status = ways[number]
        measured = requests_per_second(port, headers, clients, seconds, status)
        rates[number] = asyncio.run(measured)
    return rates


def _account(path: Path, videos: int, nights: int) -> str:
    """Fill the database; a token that reads it."""
    store, key = new_store(path)
    fill(store, key, list(life.nights(videos, nights)))
    now = int(time.time())
    _, token = store.transact(lambda c: create(c, key[0], "benchmark", [READ], now, 1))
    store.close()
    return token


@contextmanager
def _served(factory: str, environ: dict[str, str]) -> Iterator[int]:
    """A uvicorn of its own, by its port."""
    port = free_port()
    options = ["--factory", "--port", str(port), "--no-access-log", "--log-level", "warning"]
    health_url = f"http://127.0.0.1:{port}/api/openapi.json"
    with served("uvicorn", [factory, *options], health_url, environ):
        yield port


def _get(port: int, headers: dict[str, str]) -> tuple[bytes, str]:
    request = urllib.request.Request(f"http://127.0.0.1:{port}/api/growth/7", headers=headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return answer.read(), answer.headers.get("etag") or ""
