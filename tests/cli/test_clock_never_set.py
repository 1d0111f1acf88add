"""Commands where the machine's clock reads 1970: nothing is dated by it, and all else goes on."""

from pathlib import Path

import pytest

from snapshot_core.cli.program import DONE, FAILED
from snapshot_core.clock import FIRST_INSTANT, NEVER_SET
from snapshot_core.windows import DAY
from tests.cli.command_line import NOW, CommandLine

NEW_YEAR_1970 = DAY + 30


@pytest.fixture
def run(bare: CommandLine) -> CommandLine:
    return bare


@pytest.fixture
def unset(run: CommandLine) -> CommandLine:
    """Set up by a right clock, which has lost its time since."""
    run.set_up()
    run.now = NEW_YEAR_1970
    return run


@pytest.mark.parametrize("now", [NEW_YEAR_1970, FIRST_INSTANT - 1])
def test_a_first_start_waits_with_what_it_would_date(run: CommandLine, now: int) -> None:
    run.now = now
    assert run("setup") == DONE  # the dashboard starts, and says so too
    assert NEVER_SET in run.err
    assert run.json("status")["accounts"] == []
    run.now = NOW
    assert run("setup") == DONE
    assert "Made the sample account, with 89 nights" in run.out
    assert run.err == ""


def test_a_snapshot_is_refused(unset: CommandLine) -> None:
    assert unset("snapshot") == FAILED
    assert NEVER_SET in unset.out + unset.err
    unset.now = NOW + DAY
    assert unset("snapshot") == DONE


def test_status_says_it_and_blames_nobody_else(unset: CommandLine) -> None:
    status = unset.json("status")
    assert [problem["what"] for problem in status["problems"]] == [NEVER_SET]
    (sample,) = status["accounts"]
    assert sample["ahead"] == []  # nothing that could be dropped


def test_growth_is_that_of_the_last_snapshot(unset: CommandLine) -> None:
    growth = "growth", "--account", "Sample account", "--period", "7"
    unset.now = NOW
    right = unset.json(*growth)
    unset.now = NEW_YEAR_1970
    shown = unset.json(*growth)
    assert shown.pop("timestamp") != right.pop("timestamp")
    assert shown == right


def test_what_was_exported_is_imported(unset: CommandLine, tmp_path: Path) -> None:
    rows = "mine,v1,2025-10-08T00:00:00Z,10", "mine,v1,2014-10-09T00:00:00Z,5"
    file = tmp_path / "mine.csv"
    file.write_text("\n".join(["account,video_id,captured_at,views", *rows]))
    assert unset("import", file) == DONE, unset.err
    for copy in ("first.csv", "second.csv"):
        assert unset("export", tmp_path / copy, "--account", "mine") == DONE
        assert unset("import", tmp_path / copy) == DONE, unset.err
    assert (tmp_path / "first.csv").read_text() == (tmp_path / "second.csv").read_text()
    assert (tmp_path / "first.csv").read_text().count("v1") == 2
    unset.now = NOW + 365 * DAY
    assert unset.json("status")["accounts"][-1]["ahead"] == []
    assert unset("ahead", "list") == DONE
    assert unset.out == "No snapshot is dated ahead of the clock.\n"
