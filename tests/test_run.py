"""`make run`: dashboard and job start together and end together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from unittest.mock import Mock

import psutil
import pytest

import run
from tests.support.waiting import PATIENCE_SECONDS, wait_until

ROOT = Path(__file__).resolve().parent.parent

# Stand-ins that leave a file when they start and another when they are asked to end.
STAYS = """
import pathlib, signal, sys, time
name = pathlib.Path(sys.argv[1])
def end(*_):
    name.with_suffix(".ended").touch()
    sys.exit()
signal.signal(signal.SIGTERM, end)
name.with_suffix(".started").touch()
time.sleep(600)
"""
DEAF = STAYS.replace("sys.exit()", "time.sleep(600)")
FALLS = "import sys; sys.exit(3)"


@pytest.fixture
def start(tmp_path: Path):
    started: list[subprocess.Popen[str]] = []

    def start_them(
        *, dashboard: str, job: str, starter: Sequence[str] = ()
    ) -> subprocess.Popen[str]:
        programs = {
            name: [sys.executable, "-c", code, str(tmp_path / name)]
            for name, code in {"dashboard": dashboard, "job": job}.items()
        }
        script = f"import sys, run; sys.exit(run.run_together({programs!r}))"
        started.append(
            subprocess.Popen(
                [*starter, sys.executable, "-c", script],
                cwd=ROOT,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield start_them
    for process in started:
        process.kill()
        process.communicate()


def wait_for(*paths: Path) -> None:
    wait_until(lambda: all(path.exists() for path in paths))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_both_cleanly(start, tmp_path: Path, number: signal.Signals) -> None:
    both = start(dashboard=STAYS, job=STAYS)
    wait_for(tmp_path / "dashboard.started", tmp_path / "job.started")
    both.send_signal(number)
    assert both.wait(PATIENCE_SECONDS) == 0
    assert (tmp_path / "dashboard.ended").exists()
    assert (tmp_path / "job.ended").exists()


@pytest.mark.parametrize("fallen", ["dashboard", "job"])
def test_one_that_falls_takes_the_other_along_and_is_named(
    start, tmp_path: Path, fallen: str
) -> None:
    other = "job" if fallen == "dashboard" else "dashboard"
    # The one that stays is up before the other falls, however busy the machine is.
    falls = (
        "import pathlib, sys, time\n"
        f"while not pathlib.Path({str(tmp_path / other)!r} + '.started').exists():\n"
        "    time.sleep(0.02)\n" + FALLS
    )
    both = start(**{fallen: falls, other: STAYS})
    _, said = both.communicate(timeout=PATIENCE_SECONDS)
    assert both.returncode == 1
    assert f"The {fallen} ended with status 3" in said
    assert (tmp_path / f"{other}.ended").exists()


def test_a_second_ctrl_c_does_not_wait(start, tmp_path: Path) -> None:
    both = start(dashboard=DEAF, job=STAYS)
    wait_for(tmp_path / "dashboard.started", tmp_path / "job.started")
    began = time.monotonic()
    both.send_signal(signal.SIGINT)
    wait_for(tmp_path / "dashboard.ended")
    both.send_signal(signal.SIGINT)
    assert both.wait(PATIENCE_SECONDS) == 0
    assert time.monotonic() - began < run.GRACE_SECONDS


def test_a_second_ctrl_c_counts_that_comes_while_the_first_is_passed_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    signals = [signal.SIGINT]
    deaf = Mock(poll=Mock(return_value=None))
    deaf.terminate.side_effect = lambda: signals.append(signal.SIGINT)
    monkeypatch.setattr(time, "sleep", Mock(side_effect=AssertionError("it waits")))
    run.stop([deaf], signals)
    deaf.kill.assert_called_once()


def test_under_nohup_a_hangup_and_the_end_of_the_shell_are_ignored(start, tmp_path: Path) -> None:
    # A shell that starts it in the background, and ends.
    background = ["sh", "-c", '"$@" & echo $! > ' + str(tmp_path / "pid"), "sh", "nohup"]
    shell = start(dashboard=STAYS, job=STAYS, starter=background)
    assert shell.wait(PATIENCE_SECONDS) == 0
    wait_for(tmp_path / "dashboard.started", tmp_path / "job.started")
    both = psutil.Process(int((tmp_path / "pid").read_text()))
    both.send_signal(signal.SIGHUP)
    # It would have seen both by its second look.
    looks = both.num_ctx_switches().voluntary + 3
    wait_until(lambda: not both.is_running() or both.num_ctx_switches().voluntary > looks)
    assert not (tmp_path / "job.ended").exists()
    both.terminate()
    wait_for(tmp_path / "dashboard.ended", tmp_path / "job.ended")
    both.wait(PATIENCE_SECONDS)


def test_port_sets_the_dashboards_port() -> None:
    assert run.commands({"PORT": "9000"})["dashboard"][-1] == "9000"
    assert run.commands({})["dashboard"][-1] == "8501"
    assert os.fspath(run.commands({})["job"][-1]) == "jobs"
