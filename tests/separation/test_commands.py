"""The command line, which is the installation's owner's, and the local user's numbers alone."""

import argparse
import re
from pathlib import Path

import pytest

from snapshot_core.cli import main
from snapshot_core.cli.program import _parser
from snapshot_core.sources.registry import load_settings
from tests.separation.conftest import Worlds
from tests.separation.worlds import OF_BORIS, World
from tests.support.staged import Hands

THEIRS, OWN = "boris-channel-0", "anna-channel-0"
COMMANDS: dict[str, list[list[str]]] = {
    "setup": [[]],
    "import": [["{folder}/same.csv"]],
    "export": [
        ["{folder}/all.csv"],
        ["{folder}/own.csv", "--account", OWN],
        ["{folder}/all.parquet"],
        ["{folder}/theirs.csv", "--account", THEIRS],
    ],
    "snapshot": [["--account", THEIRS], ["--account", OWN], []],
    "growth": [
        [*json, "--period", period, "--account", account]
        for json in ([], ["--json"])
        for period in ("1", "30")
        for account in (OWN, THEIRS)
    ],
    "history": [
        [*json, "--account", account, "--video", video]
        for json in ([], ["--json"])
        for account in (OWN, THEIRS)
        for video in (f"{OWN}-v0", f"{THEIRS}-v0", "3145729")
    ],
    "videos": [
        [*json, *tag, "--account", account]
        for json in ([], ["--json"])
        for tag in ([], ["--tag", "own tag"], ["--tag", "boris-tag"])
        for account in (OWN, THEIRS)
    ],
    "videos tag list": [[], ["--json"], ["--account", THEIRS]],
    "videos tag add": [["x", "--account", name, "--video", f"{name}-v0"] for name in (OWN, THEIRS)],
    "videos tag remove": [
        ["boris-tag", "--account", name, "--video", f"{name}-v0"] for name in (OWN, THEIRS)
    ],
    "status": [[], ["--json"]],
    "cadence": [
        *(["--account", account, *json] for account in (OWN, THEIRS) for json in ([], ["--json"])),
        ["--account", THEIRS, "--set", "hourly"],
    ],
    "ahead list": [[], ["--account", THEIRS]],
    "missing list": [[], ["--account", OWN], ["--account", THEIRS]],
    "missing confirm": [[], ["--account", OWN], ["--account", THEIRS]],
    "ahead keep": [[], ["--account", OWN], ["--account", THEIRS]],
    "ahead drop": [[], ["--yes"], ["--account", THEIRS, "--yes"]],
    "notes add": [
        ["made here", "--account", name, "--day", "2026-11-20"] for name in (OWN, THEIRS)
    ],
    "notes list": [[], ["--json"], ["--account", THEIRS]],
    "notes remove": [["1"], ["2"], ["3"]],
    "videos check": [[], ["--account", OWN], ["--account", THEIRS]],
    "videos drop": [
        ["--account", account, *video, "--yes"]
        for account in (OWN, THEIRS)
        for video in ([], ["--video", f"{THEIRS}-v0"])
    ],
    "accounts remove": [["--account", THEIRS], ["--account", THEIRS, "--yes"]],
    "token list": [[], ["--json"]],
    "token revoke": [["1"], ["2"], ["3"]],
    "token create": [["made here"]],
}
"""What is typed for each command. One that is not here fails the test below."""

_TOKEN = re.compile(r"tg_\d+_\d+_\S+")


def every_command(parser: argparse.ArgumentParser, above: str = "") -> set[str]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            below = {
                name
                for called, parser in action.choices.items()
                for name in every_command(parser, f"{above} {called}".strip())
            }
            return below if action.required else below | {above}
    return {above}


def test_every_command_is_tried() -> None:
    assert every_command(_parser()) == set(COMMANDS)


class Shell:
    """Commands in a world, and all they print and write."""

    def __init__(self, one: World, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.one, self.folder, self.capsys = one, folder, capsys
        folder.mkdir()
        self.environ = {
            "DATABASE_URL": one.url,
            "TRUEGROWTH_TIME_ZONE": "Europe/Lisbon",
            "TRUEGROWTH_SECRET_KEY": "k" * 40,
        }

    def __call__(self, command: str, arguments: list[str]) -> tuple[int, str, list[bytes]]:
        asked = [one.format(folder=self.folder) for one in arguments]
        status = main(
            [*command.split(), *asked], lambda: load_settings(self.environ, None), Hands()
        )
        said = "\n".join(self.capsys.readouterr()).replace(str(self.folder), "")
        files = [path.read_bytes() for path in sorted(self.folder.iterdir())]
        return status, _TOKEN.sub("", said), files


def test_what_a_command_says_and_writes_is_the_same_whether_or_not_the_other_is_there(
    local_worlds: Worlds, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_boris = local_worlds[0]
    before = with_boris.of(with_boris.boris)
    shells = [Shell(one, tmp_path / f"shell-{n}", capsys) for n, one in enumerate(local_worlds)]
    same = ["account,video_id,captured_at,views", f"{THEIRS},{THEIRS}-v0,2026-11-20T00:00:00Z,5"]
    for shell in shells:
        (shell.folder / "same.csv").write_text("\n".join(same))
    done = 0
    # What is asked before the import: after it, Anna has an account of that name as well.
    for command in sorted(COMMANDS, key=lambda name: name == "import"):
        for arguments in COMMANDS[command]:
            first, second = (shell(command, arguments) for shell in shells)
            assert first == second, (command, arguments)
            done += first[0] == 0
            if command != "import" and OF_BORIS not in str(arguments):
                assert OF_BORIS not in first[1]
    assert done > 12
    assert with_boris.of(with_boris.boris) == before
    for shell in shells:
        for path in shell.folder.glob("*.csv"):
            assert path.name == "same.csv" or OF_BORIS not in path.read_text()
