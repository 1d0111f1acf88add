"""The API as it is really run: alone, and inside the dashboard, asked with curl."""

import json
import os
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.ports import free_port
from tests.support.programs import ROOT, environment
from tests.support.waiting import PATIENCE_SECONDS, wait_until

PROGRAMS = {
    "alone": ["uvicorn", "api.app:create", "--factory", "--no-access-log", "--port"],
    "mounted": ["streamlit", "run", "app.py", "--server.headless", "true", "--server.port"],
}


@dataclass
class Running:
    """A server, and the command line beside it."""

    address: str
    environ: dict[str, str]

    def command(self, *arguments: str) -> str:
        """What ``python -m snapshot_core`` prints."""
        program = [sys.executable, "-m", "snapshot_core", *arguments]
        ran = subprocess.run(
            program, cwd=ROOT, env=self.environ, check=True, capture_output=True, text=True
        )
        return ran.stdout.strip()


@pytest.fixture(scope="module", params=PROGRAMS)
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Running]:
    """Set up with the sample account, and started."""
    folder, port = tmp_path_factory.mktemp("served"), free_port()
    environ = environment(f"sqlite:///{folder / 'truegrowth.db'}")
    running = Running(f"http://127.0.0.1:{port}", environ)
    running.command("setup")
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", *PROGRAMS[request.param], str(port)],
            cwd=ROOT, env=environ, stdout=log, stderr=log,
        )  # fmt: skip
    try:
        health = f"{running.address}/api/health"
        wait_until(lambda: answers(health) or process.poll() is not None)
        assert process.poll() is None, (folder / "log").read_text()
        yield running
    finally:
        process.terminate()
        process.wait(timeout=PATIENCE_SECONDS)
    assert "Traceback" not in (folder / "log").read_text()
    assert not list(folder.glob("truegrowth.db-*")), "it left its connections open"


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return json.load(answer) == {"status": "ok"}
    except (OSError, ValueError):
        return False


Curl = Callable[..., tuple[int, Any]]


@pytest.fixture
def curl(running: Running) -> Curl:
    """Runs curl on a path; the status and the document."""
    program = shutil.which("curl")
    if program is None:
        pytest.skip("curl is not installed")

    def ask(path: str, *options: str) -> tuple[int, Any]:
        command = [program, "--silent", "--show-error", *options, "-w", "\n%{http_code}"]
        ran = subprocess.run(
            [*command, running.address + path], check=True, capture_output=True, text=True
        )
        body, _, status = ran.stdout.rpartition("\n")
        return int(status), json.loads(body)

    return ask


def test_the_original_examples_work_as_written(running: Running, curl: Curl) -> None:
    token = running.command("token", "create", "curl", "--scope", "read,snapshot")
    header = ("-H", f"Authorization: Bearer {token}")
    status, growth = curl("/api/growth/7", *header)
    assert status == 200
    assert growth["period"] == 7
    views = growth["growth"]["views"]
    assert views["growth"] == views["ledger"]["likeForLike"] + views["ledger"]["published"]
    status, taken = curl("/api/growth/snapshot", "-X", "POST", *header)
    assert status == 200
    assert taken["success"] is True
    assert set(taken) == {"success", "message", "timestamp", "differences"}
    status, after = curl("/api/growth/7", *header)
    assert after["window"]["end"] >= taken["timestamp"][:16]
    assert (
        json.loads(
            running.command("growth", "--account", after["account"], "--period", "7", "--json")
        )["growth"]["views"]["current"]
        == after["growth"]["views"]["current"]
    )


def test_without_a_token_there_is_nothing_to_see(curl: Curl) -> None:
    status, problem = curl("/api/growth/7")
    assert status == problem["status"] == 401
    status, problem = curl("/api/growth/snapshot", "-X", "POST")
    assert status == problem["status"] == 401


def test_a_token_revoked_on_the_command_line_is_refused(running: Running, curl: Curl) -> None:
    token = running.command("token", "create", "short")
    header = ("-H", f"Authorization: Bearer {token}")
    assert curl("/api/accounts", *header)[0] == 200
    running.command("token", "revoke", token.split("_")[2])
    wait_until(lambda: curl("/api/accounts", *header)[0] == 401)


def test_the_reference_is_where_it_is_said_to_be(running: Running, curl: Curl) -> None:
    status, document = curl("/api/openapi.json")
    assert status == 200
    assert document["servers"] == [{"url": "/api"}]
    with urllib.request.urlopen(f"{running.address}/api/docs") as answer:
        assert b"Truegrowth API" in answer.read()


def test_a_stranger_by_another_name_gets_no_answer(running: Running) -> None:
    asked = urllib.request.Request(
        f"{running.address}/api/growth/7", headers={"Host": "attacker.example"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(asked)
    assert refused.value.code == 400


def test_alone_a_wrong_setting_is_one_line() -> None:
    environ = {**os.environ, "TRUEGROWTH_API_RATE": "many"}
    program = [sys.executable, "-m", *PROGRAMS["alone"], str(free_port())]
    ended = subprocess.run(
        program,
        cwd=ROOT,
        env=environ,
        check=False,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    assert ended.returncode == 1
    (line,) = ended.stderr.splitlines()
    assert line.startswith("TRUEGROWTH_API_RATE is 'many'")
