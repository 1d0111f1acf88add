"""Started for others to reach, without logins: it does not start, or does not answer."""

import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.error import HTTPError

import pytest

from tests.support.ports import wait_for
from tests.support.waiting import PATIENCE_SECONDS
from web.guard import EXPOSED

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'one.db'}"}


def ended(environ: dict[str, str], port: int, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    return subprocess.run(
        [*command, *options],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )


@pytest.mark.parametrize(
    "options",
    [("--server.address", "0.0.0.0"), ("--server.allowedHosts", "growth.example")],
)
def test_it_does_not_start_and_says_in_a_line_how_it_would(
    environ: dict[str, str], free_port: int, options: tuple[str, str]
) -> None:
    over = ended(environ, free_port, *options)
    assert over.returncode == 1
    assert EXPOSED in over.stderr
    assert options[0].removeprefix("--") in over.stderr
    assert "Traceback" not in over.stderr


def test_a_wrong_setting_is_one_line_too(environ: dict[str, str], free_port: int) -> None:
    over = ended({**environ, "TRUEGROWTH_ALLOWED_USERS": "anna@one.example"}, free_port)
    assert over.returncode == 1
    assert "Logins need all of" in over.stderr
    assert "Traceback" not in over.stderr


@pytest.fixture
def outside(environ: dict[str, str], free_port: int) -> Iterator[str]:
    """A server of one's own on every address, and its address as others have it."""
    address = own_address()
    options = ["--host", "0.0.0.0", "--port", str(free_port), "--log-level", "error"]
    command = [sys.executable, "-m", "uvicorn", "app:app", *options]
    with subprocess.Popen(command, cwd=ROOT, env=environ) as running:
        try:
            wait_for(f"http://127.0.0.1:{free_port}/_stcore/health", running)
            yield f"http://{address}:{free_port}"
        finally:
            running.terminate()


def own_address() -> str:
    """An address of this machine that is not its own name for itself."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.77", 9))  # nothing is sent
            found: str = probe.getsockname()[0]
        except OSError:
            found = "127.0.0.1"
    if found.startswith("127."):
        pytest.skip("this machine has no other address")
    return found


def test_another_server_may_listen_but_nothing_is_answered(outside: str) -> None:
    for path in ("/", "/_stcore/health", "/api/health", "/settings"):
        for headers, status in (({"Host": "localhost"}, 403), ({}, 400)):
            with pytest.raises(HTTPError) as refused:
                urllib.request.urlopen(urllib.request.Request(outside + path, headers=headers))
            assert refused.value.code == status
