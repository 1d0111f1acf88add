"""``videos check | drop`` and ``accounts remove`` on the command line."""

from pathlib import Path

import pytest

from snapshot_core.cli.program import DONE, FAILED, USAGE
from snapshot_core.store.accounts import account_named
from snapshot_core.store.database import Store
from snapshot_core.windows import DAY, iso
from tests.cli.command_line import NOW, CommandLine
from tests.support.stock import capture

REAL = [f"75{n:02}123456789{n + 1_001}51" for n in range(6)]
CUT = "7512345678901000000"


@pytest.fixture
def run(run: CommandLine, database_url: str, tmp_path: Path) -> CommandLine:
    """With an account whose file brought sums, as earlier versions stored them."""
    run.add("mine", "csv")
    (file := tmp_path / "readings.csv").write_text(
        f"account,video_id,captured_at,views\nmine,{REAL[0]},{iso(NOW - 3 * DAY)},1"
    )
    assert run("import", file) == DONE
    store = Store(database_url)
    with store.read() as connection:
        account = account_named(connection, 1, "mine")
    for number, at in enumerate((NOW - DAY, NOW)):
        views = dict.fromkeys(REAL, 100 + number)
        capture(store, account, at, {**views, "Grand total": 600 + 6 * number, CUT: 9})
    store.close()
    return run


def views_gained(run: CommandLine) -> int:
    answer = run.json("growth", "--account", "mine", "--period", "24h")
    return int(answer["growth"]["views"]["growth"])


def test_they_are_named_with_what_to_do(run: CommandLine) -> None:
    assert run("videos", "check") == DONE
    (line,) = [line for line in run.out.splitlines() if "Grand total" in line]
    assert line.split() == ["mine", "Grand", "total", iso(NOW - DAY), iso(NOW), "2"]
    assert "videos drop --account A" in run.out
    assert run("status") == DONE
    assert "mine: 1 id is no video's: Grand total." in run.out
    assert "python -m snapshot_core videos check" in run.out
    problems = run.json("status")["problems"]
    assert any("Grand total" in each["what"] for each in problems)


def test_dropping_wants_a_yes_and_mends_the_numbers(run: CommandLine) -> None:
    assert views_gained(run) == 12
    assert run("videos", "drop", "--account", "mine") == USAGE
    assert "add --yes" in run.err
    assert "Grand total" in run.out
    assert views_gained(run) == 12
    assert run("videos", "drop", "--account", "mine", "--yes") == DONE
    assert run.out == "1 video dropped, with all that was read of them.\n"
    assert views_gained(run) == 6
    assert run("videos", "check", "--account", "mine") == DONE
    assert run.out.startswith("No id looks like")
    assert run("videos", "drop", "--account", "mine", "--yes") == FAILED
    assert "--video" in run.err


def test_any_other_can_be_named(run: CommandLine) -> None:
    named = "--video", CUT, "--video", REAL[0]
    assert run("videos", "drop", "--account", "mine", *named) == USAGE
    assert CUT in run.out
    assert "Grand total" not in run.out
    assert run("videos", "drop", "--account", "mine", *named, "--yes") == DONE
    assert run.out.startswith("2 videos dropped")
    assert run("history", "--account", "mine", "--video", REAL[0]) == FAILED
    assert run("videos", "drop", "--account", "mine", "--video", CUT, "--yes") == FAILED
    assert "There is no video" in run.err


def test_an_account_is_removed_for_good_with_a_yes(run: CommandLine) -> None:
    assert run("accounts", "remove", "--account", "mine") == USAGE
    assert run.out == "mine: 8 videos, and all that was read of them.\n"
    assert "add --yes" in run.err
    assert run("videos", "check", "--account", "mine") == DONE
    assert run("accounts", "remove", "--account", "mine", "--yes") == DONE
    assert run.out == "mine was removed.\n"
    assert run("accounts", "remove", "--account", "mine", "--yes") == FAILED
    assert "There is no account 'mine'" in run.err
    assert "mine" not in [each["account"] for each in run.json("status")["accounts"]]
