"""How many calls of the growth endpoint a second, beside FastAPI alone.

Two servers, each a uvicorn of its own on loopback: the API with an account of 1,000 videos and a
year of nights, and a FastAPI application that answers the same JSON from memory, without token,
database or limit. They are asked in turns by the same clients. A hit sends the ETag it was given
and gets 304; a miss gets the document.
"""

import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import Table, Unmeasured, life
from benchmarks.api_bare import DOCUMENT
from benchmarks.api_clients import requests_per_second
from benchmarks.storage import fill, new_store
from snapshot_core.identity.api_tokens import READ, create
from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parent.parent
TARGET = 0.5


def run(
    videos: int = 1_000, nights: int = 365, clients: int = 8, rounds: int = 21, seconds: float = 0.7
) -> Table:
    """Measure in a temporary folder."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        token = _account(folder / "bench.db", videos, nights)
        bearer = {"authorization": f"Bearer {token}"}
        environ = {
            "DATABASE_URL": f"sqlite:///{folder / 'bench.db'}",
            "TRUEGROWTH_API_RATE": "1000000",
        }
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
                found = [_in_turn(ways, turn, clients, seconds) for turn in range(rounds + 1)][
                    1:
                ]  # the first warms both servers
    plain, miss, hit = (median(one) for one in zip(*found, strict=True))
    misses, hits = (median(one[n] / one[0] for one in found) for n in (1, 2))
    rows: list[tuple[str, ...]] = [
        ("FastAPI alone, the same JSON", f"{plain:,.0f}", "1.00", ""),
        ("growth, the document (ETag miss)", f"{miss:,.0f}", f"{misses:.2f}", f">= {TARGET}"),
        ("growth, 304 (ETag hit)", f"{hit:,.0f}", f"{hits:.2f}", f">= {TARGET}"),
    ]
    notes = f"Medians of {rounds} rounds with {clients} clients, ratios within a round. {_prose()}"
    return Table("API", ("what", "requests/s", "ratio", "target"), rows, notes)


Way = tuple[int, dict[str, str], int]
"""Port, headers and the status that is wanted."""


def _in_turn(ways: tuple[Way, ...], turn: int, clients: int, seconds: float) -> list[float]:
    """Requests a second of each way; another one is asked first in each turn."""
    found = [0.0] * len(ways)
    for step in range(len(ways)):
        number = (turn + step) % len(ways)
        port, headers, status = ways[number]
        found[number] = requests_per_second(port, headers, clients, seconds, status)
    return found


def _prose() -> str:
    return " ".join((__doc__ or "").split())


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
    inherited = {k: v for k, v in os.environ.items() if not k.startswith("TRUEGROWTH_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", factory, "--factory", "--port", str(port),
         "--no-access-log", "--log-level", "warning"],
        cwd=ROOT, env={**inherited, **environ},
    )  # fmt: skip
    try:
        deadline = time.monotonic() + 60
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise Unmeasured(f"{factory} does not start")
            time.sleep(0.1)
        yield port
    finally:
        process.terminate()
        process.wait()


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/api/openapi.json", timeout=1):
            return True
    except urllib.error.HTTPError:  # it answers, if only that there is no such thing
        return True
    except OSError:
        return False


def _get(port: int, headers: dict[str, str]) -> tuple[bytes, str]:
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/api/growth/7", headers=headers)
    with urllib.request.urlopen(asked, timeout=30) as answer:
        return answer.read(), answer.headers.get("etag") or ""
