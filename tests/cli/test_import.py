"""`import` of TikTok Studio exports: whose they are is asked for, and what came in is told."""

import os
from pathlib import Path

import pytest
from sqlalchemy import select

from snapshot_core.cli.program import DONE, FAILED, USAGE
from snapshot_core.store.accounts import account_named
from snapshot_core.store.database import Store
from snapshot_core.store.keys import of
from snapshot_core.store.reported_days import amounts_of
from snapshot_core.store.tables import captures
from tests.cli.command_line import NOW, CommandLine
from tests.support.studio import CONTENT, FOLLOWERS, OVERVIEW, export, link, zipped


@pytest.fixture
def studio(tmp_path: Path) -> Path:
    path = tmp_path / "export.zip"
    row = ("9 October", "Soup", link(NOW - 86_400), "8 October", 1, 2, 3, 57_600)
    files = {
        "Content.csv": export(CONTENT, row),
        "FollowerHistory.csv": export(FOLLOWERS, ("7 October", 10, 0), ("8 October", 11, 1)),
        "Overview.csv": export(
            OVERVIEW, ("7 October", 5, 4, 3, 2, 1), ("8 October", 5, 4, 3, 2, 1)
        ),
    }
    path.write_bytes(zipped(files))
    os.utime(path, (NOW, NOW))
    return path


def test_whose_export_it_is_must_be_said(run: CommandLine, studio: Path) -> None:
    assert run("import", studio) == USAGE
    assert run.out == ""
    assert run.err == (
        "export.zip is a TikTok Studio export, which names no account: add --account. A new name "
        "makes a new account.\n"
    )
    run.add("mine", "csv")
    assert run("import", studio) == USAGE
    assert "add --account. Accounts: 'mine'. A new name makes a new account." in run.err


def test_what_came_in_is_told(run: CommandLine, studio: Path) -> None:
    assert run("import", studio, "--account", "mine") == DONE, run.err
    assert run.out.startswith("New account: mine\n")
    said = [line.split() for line in run.out.splitlines()[1:]]
    assert ["5", "rows", "read", "from", "export.zip"] in said
    assert ["added", "5"] in said
    assert ["daily", "amounts", "10"] in said
    assert ["snapshots", "added", "3"] in said
    assert run("import", studio, "--account", "mine") == DONE
    again = [line.split() for line in run.out.splitlines()]
    assert ["added", "0"] in again
    assert ["already", "there", "5"] in again


def test_days_are_those_of_the_installations_zone(run: CommandLine, studio: Path) -> None:
    run("import", studio, "--account", "mine")
    store = Store(run.environ["DATABASE_URL"])
    with store.read() as connection:
        key = account_named(connection, 1, "mine").key
        taken = select(captures.c.captured_at).where(of(captures, key)).order_by("captured_at")
        assert list(connection.scalars(taken)) == [
            1_759_874_400,  # 2025-10-07T22:00:00Z
            1_759_960_800,  # 2025-10-08T22:00:00Z
            NOW,  # noon, 10:00Z, is still to come
        ]
        assert len(amounts_of(connection, key)) == 2
    store.close()


@pytest.mark.parametrize(
    ("day", "first"), [("2024-10-09", "2024-10-07"), ("2025-10-08", "2025-10-07")]
)
def test_the_day_of_the_export_can_be_given(
    run: CommandLine, tmp_path: Path, day: str, first: str
) -> None:
    path = tmp_path / "Overview.csv"
    path.write_bytes(export(OVERVIEW, ("7 October", 5, 4, 3, 2, 1)))
    assert run("import", path, "--account", "mine", "--exported", day) == DONE, run.err
    store = Store(run.environ["DATABASE_URL"])
    with store.read() as connection:
        (found,) = amounts_of(connection, account_named(connection, 1, "mine").key)
    store.close()
    assert found.isoformat() == first


def test_wrong_use_is_told_in_one_line(run: CommandLine, studio: Path, tmp_path: Path) -> None:
    assert run("import", studio, "--account", "mine", "--exported", "yesterday") == USAGE
    assert "'yesterday' is not a day such as 2026-01-31" in run.err
    readings = tmp_path / "mine.csv"
    readings.write_text("account,video_id,captured_at,views\na,v,2025-01-01T00:00:00Z,1\n")
    assert run("import", readings, "--account", "mine") == FAILED
    assert run.err == "mine.csv names its accounts itself: import it without naming one\n"
    studio.write_bytes(studio.read_bytes()[:-40])
    assert run("import", studio, "--account", "mine") == FAILED
    assert run.err == "export.zip is damaged or cut off: download it again\n"
