"""``notes add | list | remove`` on the command line."""

from snapshot_core.cli.program import DONE, FAILED
from tests.cli.command_line import CommandLine


def test_they_are_written_listed_and_removed(run: CommandLine) -> None:
    run.add("mine", "csv")
    assert run("notes", "list") == DONE
    assert run.out.startswith("No notes yet.")
    assert run("notes", "add", "moved house") == DONE
    assert run.out == "Note 1 of 2025-10-09: moved house\n"
    assert run("notes", "add", "new camera", "--day", "2025-10-01", "--account", "mine") == DONE
    assert run("notes", "list") == DONE
    rows = [line.split() for line in run.out.splitlines()]
    assert rows[-2:] == [
        ["2", "2025-10-01", "mine", "new", "camera"],
        ["1", "2025-10-09", "all", "moved", "house"],
    ]
    (first, second) = run.json("notes", "list")["notes"]
    assert (first["id"], first["account"], second["account"]) == (2, "mine", None)
    assert run("notes", "remove", "2") == DONE
    assert run.out == "Note 2 of 2025-10-01 is removed: new camera\n"
    assert [note["id"] for note in run.json("notes", "list")["notes"]] == [1]
    assert run("notes", "remove", "2") == FAILED
    assert "There is no note 2." in run.err
    assert run("notes", "add", "  ") == FAILED
    assert run("notes", "add", "x", "--account", "nobody") == FAILED
