"""``ahead list | keep | drop`` on the command line."""

from functools import partial

import pytest

from snapshot_core.cli.program import DONE, FAILED, USAGE
from snapshot_core.store.accounts import account_named
from snapshot_core.store.ahead import mark_ahead
from snapshot_core.store.database import Store
from snapshot_core.windows import DAY, iso
from tests.cli.command_line import NOW, CommandLine
from tests.support.stock import capture

DATES = (NOW + 3 * DAY, NOW + 400 * DAY)


@pytest.fixture
def run(run: CommandLine, database_url: str) -> CommandLine:
    run.add("mine", "csv")
    store = Store(database_url)
    with store.read() as connection:
        account = account_named(connection, 1, "mine")
    for at in (NOW - DAY, NOW, *DATES):
        capture(store, account, at, {"a": 10})
    store.transact(partial(mark_ahead, key=account.key, now=NOW))
    store.close()
    return run


def last_of(run: CommandLine) -> str:
    (mine,) = [each for each in run.json("status")["accounts"] if each["account"] == "mine"]
    return str(mine["last_capture"])


def test_they_are_listed_with_dates_and_what_to_do(run: CommandLine) -> None:
    assert run("ahead", "list") == DONE
    for at in DATES:
        assert any(line.split()[:3] == ["mine", iso(at), iso(NOW)] for line in run.out.splitlines())
    assert "Drop them if it was ahead" in run.out
    assert run("status") == DONE
    assert "mine: 2 snapshots, from" in run.out
    assert "python -m snapshot_core ahead list" in run.out
    (mine,) = [each for each in run.json("status")["accounts"] if each["account"] == "mine"]
    assert mine["ahead"] == [iso(at) for at in DATES]


def test_kept_ones_count_from_their_dates_on(run: CommandLine) -> None:
    assert run("ahead", "keep", "--account", "mine", "--at", iso(DATES[0])) == DONE
    assert run.out == "1 kept. Each counts from its date on.\n"
    assert last_of(run) == iso(NOW)
    run.now = NOW + 500 * DAY
    assert last_of(run) == iso(DATES[0])
    assert run("ahead", "keep") == DONE
    assert last_of(run) == iso(DATES[1])
    assert run("ahead", "list") == DONE
    assert run.out == "No snapshot is dated ahead of the clock.\n"


def test_dropping_wants_a_yes(run: CommandLine) -> None:
    assert run("ahead", "drop") == USAGE
    assert "add --yes" in run.err
    assert iso(DATES[1]) in run.out
    assert run("ahead", "drop", "--at", iso(DATES[1]), "--yes") == DONE
    assert run.out == "1 dropped, with all that they read.\n"
    assert run("ahead", "list") == DONE
    assert iso(DATES[1]) not in run.out
    assert iso(DATES[0]) in run.out


def test_what_makes_no_sense_is_told_in_one_line(run: CommandLine) -> None:
    assert run("ahead", "keep", "--at", iso(NOW)) == FAILED  # one that counts
    assert run.err.startswith("There is no such snapshot")
    assert run("ahead", "drop", "--account", "nobody", "--yes") == FAILED
    assert run("ahead", "keep", "--at", "tomorrow") == USAGE
