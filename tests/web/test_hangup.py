"""The served dashboard, when the terminal goes that it was started in."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.ports import wait_for
from tests.support.programs import ROOT, environment
from tests.support.waiting import PATIENCE_SECONDS


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGTERM])
def test_it_ends_in_order(tmp_path: Path, free_port: int, number: signal.Signals) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "app:app", "--port", str(free_port)],
        cwd=ROOT,
        env=environment(f"sqlite:///{tmp_path / 'truegrowth.db'}"),
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        wait_for(f"http://127.0.0.1:{free_port}/_stcore/health", running)  # type: ignore[arg-type]
        running.send_signal(number)
        _, log = running.communicate(timeout=PATIENCE_SECONDS)
    assert "Application startup complete." in log
    assert "unsupported" not in log
    assert "Application shutdown complete." in log
    assert running.returncode in (0, -signal.SIGTERM)
