"""``missing list | confirm`` on the command line."""

import pytest

from snapshot_core.cli.program import DONE, FAILED, USAGE
from snapshot_core.store.accounts import account_named
from snapshot_core.store.database import Store
from snapshot_core.windows import DAY, iso
from tests.cli.command_line import NOW, CommandLine
from tests.support.stock import capture


@pytest.fixture
def run(run: CommandLine, database_url: str) -> CommandLine:
    run.add("mine", "csv")
    store = Store(database_url)
    with store.read() as connection:
        account = account_named(connection, 1, "mine")
    for at, videos in ((NOW - DAY, 60), (NOW, 20)):
        capture(store, account, at, {f"v{number}": 10 for number in range(videos)})
    store.close()
    return run


def mine(run: CommandLine) -> dict[str, object]:
    (found,) = [each for each in run.json("status")["accounts"] if each["account"] == "mine"]
    return dict(found)


def test_they_are_listed_and_told_by_the_status(run: CommandLine) -> None:
    assert run("missing", "list") == DONE
    assert any(line.split() == ["mine", iso(NOW), "40", "60"] for line in run.out.splitlines())
    assert "python -m snapshot_core missing confirm" in run.out
    assert run("status") == DONE
    assert "lists 20 of 60 videos" in run.out
    assert mine(run)["missing"] == {"captured_at": iso(NOW), "missing": 40, "last_complete": 60}


def test_they_are_gone_once_that_is_confirmed(run: CommandLine) -> None:
    assert mine(run)["last_capture"] == iso(NOW - DAY)
    assert run("missing", "confirm") == USAGE  # of which account has to be said
    assert run("missing", "confirm", "--account", "mine") == DONE
    assert run.out == "mine: 40 videos are taken to be gone.\n"
    assert (mine(run)["last_capture"], mine(run)["missing"]) == (iso(NOW), None)
    assert run("missing", "list") == DONE
    assert run.out == "No snapshot misses so many videos that it is not believed.\n"
    assert run("missing", "confirm", "--account", "mine") == FAILED
