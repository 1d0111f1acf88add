"""The documentation is true: what it names exists, and what exists is named."""

import argparse
import re
from pathlib import Path

import pytest

from snapshot_core.cli.program import _parser
from snapshot_core.settings.loading import SETTINGS

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
TEXT = {page.relative_to(ROOT).as_posix(): page.read_text("utf-8") for page in PAGES}
EVERYTHING = "\n".join(TEXT.values())


def commands() -> dict[str, argparse.ArgumentParser]:
    """The subcommands of `python -m snapshot_core`."""
    for action in _parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    raise AssertionError("the program has no commands")


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_every_setting_is_documented_with_its_default(setting) -> None:
    (row,) = [line for line in TEXT["docs/settings.md"].splitlines() if f"`{setting.name}`" in line]
    assert setting.default in row


def test_every_setting_named_exists() -> None:
    named = set(re.findall(r"\b(TRUEGROWTH_[A-Z][A-Z_]+|DATABASE_URL)\b", EVERYTHING))
    assert named <= {setting.name for setting in SETTINGS}


def test_every_command_is_documented() -> None:
    for name, parser in commands().items():
        assert f"| `{name}" in TEXT["docs/commands.md"]
        for action in parser._actions:
            for option in set(action.option_strings) - {"-h", "--help"}:
                assert option in TEXT["docs/commands.md"], f"{name} {option}"


def test_every_command_named_exists() -> None:
    named = re.findall(r"python -m snapshot_core ([a-z]+)((?: --[a-z]+)*)", EVERYTHING)
    assert named
    known = commands()
    for name, options in named:
        assert name in known
        known_options = {o for action in known[name]._actions for o in action.option_strings}
        assert set(options.split()) <= known_options


def test_every_make_target_named_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)`", EVERYTHING)) <= targets
    blocks = re.findall(r"```\n(make [a-z]+)\n```", EVERYTHING)
    assert {block.split()[1] for block in blocks} <= targets


@pytest.mark.parametrize("page", TEXT)
def test_every_link_leads_somewhere(page: str) -> None:
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", TEXT[page]):
        assert (ROOT / page).parent.joinpath(target).exists(), target


@pytest.mark.parametrize("path", re.findall(r"\| `([\w/.]+)`", TEXT["README.md"]))
def test_every_place_in_the_readme_exists(path: str) -> None:
    assert (ROOT / path).exists()
