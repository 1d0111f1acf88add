"""What reads a foreign file may do what it likes: it is stopped, and its user is told."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from snapshot_core.errors import Busy, InputError
from snapshot_core.formats import isolated as module
from snapshot_core.formats.isolated import isolated
from tests.support import misbehaving
from tests.support.programs import ROOT
from tests.support.waiting import PATIENCE_SECONDS, wait_until

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere memory has no limit")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "mine.csv"
    path.write_text("12345")
    return path


@pytest.fixture(autouse=True)
def all_are_waited_for() -> Iterator[None]:
    others = set(psutil.Process().children())  # a browser's, a server's
    yield
    assert set(psutil.Process().children()) <= others


@pytest.fixture
def one_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BASE_SECONDS", 1)


def test_the_answer_comes_back(path: Path) -> None:
    assert isolated(misbehaving.size_of, path, 7) == 12
    assert isolated(misbehaving.print_a_lot, path) == "an answer"


def test_so_does_what_a_person_can_mend(path: Path) -> None:
    with pytest.raises(Busy, match="somebody else is at it"):
        isolated(misbehaving.refuse, path)
    with pytest.raises(InputError, match="cannot read"):
        isolated(misbehaving.size_of, path.with_name("away.csv"), 7)


@pytest.mark.usefixtures("one_second")
def test_what_never_ends_is_ended(path: Path) -> None:
    with pytest.raises(InputError, match=r"mine\.csv takes far more time .* save it as CSV UTF-8"):
        isolated(misbehaving.hang, path)


@pytest.mark.usefixtures("one_second")
def test_storing_has_the_time_that_it_takes(path: Path) -> None:
    words: list[tuple[int, int]] = []
    answer = isolated(misbehaving.store_slowly, path, 2, progress=lambda *word: words.append(word))
    assert (answer, words) == ("stored", [(0, 2), (1, 2)])


def test_what_a_page_raises_that_is_left_ends_it_in_order(path: Path) -> None:
    class Left(BaseException):
        """As Streamlit's own where a page begins anew."""

    def progress(done: int, total: int) -> None:
        if done == 2:
            raise Left

    with pytest.raises(Left):
        isolated(misbehaving.store_in_steps, path, progress=progress)
    assert path.with_suffix(".tidy").exists()


@LINUX
@pytest.mark.parametrize("greedy", [misbehaving.fill_memory, misbehaving.fill_memory_at_once])
def test_memory_is_bounded(path: Path, greedy) -> None:
    with pytest.raises(InputError, match=r"mine\.csv takes far more memory"):
        isolated(greedy, path)


def test_a_library_that_gives_up_is_told_as_its_files_fault(path: Path) -> None:
    with pytest.raises(InputError, match=r"mine\.csv takes far more memory"):
        isolated(misbehaving.abort, path)


def test_a_mistake_of_ours_is_not(path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    for function in (misbehaving.fail, misbehaving.answer_a_lot):
        with pytest.raises(RuntimeError, match="the log says why"):
            isolated(function, path)
    assert "a mistake of ours" in capfd.readouterr().err


@LINUX
def test_it_ends_with_whoever_asked(path: Path) -> None:
    asking = (
        "from pathlib import Path; from tests.support import misbehaving;"
        "from snapshot_core.formats.isolated import isolated;"
        f"isolated(misbehaving.hang, Path({str(path)!r}))"
    )
    with subprocess.Popen([sys.executable, "-c", asking], cwd=ROOT) as asker:
        (reader,) = wait_until(lambda: psutil.Process(asker.pid).children())
        wait_until(lambda: reader.cpu_times().user > 0.5)  # it is at it, and answers no thread
        os.kill(asker.pid, signal.SIGKILL)
        asker.wait(timeout=PATIENCE_SECONDS)
        wait_until(lambda: not reader.is_running() or reader.status() == psutil.STATUS_ZOMBIE)
