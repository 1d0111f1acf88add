"""While anybody's file is read, whatever it is, everybody else is served."""

import json
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.support.hostile_files import CORPUS, MAX_BYTES, hostile_file
from tests.support.ports import free_port
from tests.support.programs import ROOT, environment
from tests.support.waiting import PATIENCE_SECONDS, Stopwatch, wait_until

HEALTH_SECONDS = 1.0
DIALOG_SECONDS = 30.0
"""Of the processor, which others may be using too."""
GROWTH_BYTES = 300 << 20
BETWEEN_SECONDS = 0.05

WORST = {
    "number format of brackets.xlsx",
    "dates of blanks.csv",
    "addresses on YouTube.csv",
    "titles written out, footer lies.parquet",
    "rows of one sign.csv",
    "export, titles of quotation marks.csv",
}
"""Those that the suite always reads; the others are read by the long run."""


@dataclass
class Served:
    """What was seen of the server from outside, while a file was read."""

    health_seconds: float = 0.0
    memory_bytes: int = 0


class Server:
    """The served dashboard, which reads the files that it is told to."""

    def __init__(self, process: subprocess.Popen[str], health: str) -> None:
        self.process, self.health = process, health
        self.memory = psutil.Process(process.pid).memory_info

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.health, timeout=DIALOG_SECONDS) as answer:
                return json.load(answer) == {"status": "ok"}
        except OSError:
            return False

    def read(self, path: Path) -> tuple[dict, Served]:
        """What the dialog says of a file, and how others were served meanwhile."""
        served, ended = Served(), threading.Event()

        def watch() -> None:
            while not ended.wait(BETWEEN_SECONDS):
                watch = Stopwatch(self.process.pid)
                assert self.answers()
                served.health_seconds = max(served.health_seconds, watch.seconds())
                served.memory_bytes = max(served.memory_bytes, self.memory().rss)

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            assert self.process.stdin
            assert self.process.stdout
            print(path, file=self.process.stdin, flush=True)
            return json.loads(self.process.stdout.readline()), served
        finally:
            ended.set()
            watcher.join()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder, port = tmp_path_factory.mktemp("hostile"), free_port()
    environ = environment(f"sqlite:///{folder / 'truegrowth.db'}")
    setup = [sys.executable, "-m", "snapshot_core", "setup"]
    subprocess.run(setup, cwd=ROOT, env=environ, check=True, capture_output=True)
    with (folder / "log").open("w") as log, subprocess.Popen(
        [sys.executable, "-m", "tests.support.reading_server", str(port)],
        cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
    ) as process:  # fmt: skip
        server = Server(process, f"http://127.0.0.1:{port}/api/health")
        try:
            wait_until(lambda: server.answers() or process.poll() is not None)
            assert process.poll() is None, (folder / "log").read_text()
            yield server
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_SECONDS)
    assert "Traceback" not in (folder / "log").read_text()


EACH = [
    pytest.param(name, marks=() if name in WORST else pytest.mark.soak) for name in sorted(CORPUS)
]


def test_there_are_many_of_them() -> None:
    assert len(CORPUS) >= 60
    assert set(CORPUS) >= WORST


@pytest.mark.parametrize("name", EACH)
def test_others_are_served_while_it_is_read(server: Server, tmp_path: Path, name: str) -> None:
    path, data = tmp_path / name, hostile_file(name)
    assert len(data) <= MAX_BYTES
    path.write_bytes(data)
    before = server.memory().rss
    began = time.monotonic()
    dialog, served = server.read(path)
    growth = served.memory_bytes - before
    print(
        f"{name} | {len(data) >> 10} kB | health {served.health_seconds:.2f} s | memory "
        f"+{max(growth, 0) >> 20} MB | dialog {time.monotonic() - began:.1f} s, processor "
        f"{dialog['processor_seconds']:.1f} s | {dialog['message'][:80]}"
    )
    assert dialog["stored"] is not None, dialog["message"]
    assert served.health_seconds < HEALTH_SECONDS
    assert growth < GROWTH_BYTES
    assert dialog["processor_seconds"] < DIALOG_SECONDS
