"""The documentation is true: what it names exists, and what exists is named."""

import argparse
import json
import re
import tomllib
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from snapshot_core.cli.program import _parser
from snapshot_core.settings.declaration import Setting
from snapshot_core.sources.registry import declared_settings
from snapshot_core.view.documents.growth import Growth

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


def test_the_table_of_settings_is_the_one_that_is_read() -> None:
    lines = TEXT["docs/settings.md"].splitlines()
    rows = [line for line in lines if line.startswith(("| `TRUEGROWTH_", "| `DATABASE_URL"))]
    assert rows == [row(setting) for setting in declared_settings()]


def row(setting: Setting) -> str:
    """A setting as a line of the table."""
    return f"| `{setting.name}` | {setting.default} | {setting.meaning} |"


def test_every_setting_named_exists() -> None:
    named = set(re.findall(r"\b(TRUEGROWTH_[A-Z][A-Z_]+|DATABASE_URL)\b", EVERYTHING))
    assert named <= {setting.name for setting in declared_settings()}


def test_every_command_is_documented() -> None:
    for name, parser in commands().items():
        assert f"| `{name}" in TEXT["docs/commands.md"]
        for action in parser._actions:
            for option in set(action.option_strings) - {"-h", "--help"}:
                assert option in TEXT["docs/commands.md"], f"{name} {option}"


def test_the_example_of_growth_has_every_field_of_the_answer() -> None:
    text = re.search(r"```json\n(\{\"period.*?)\n```", TEXT["docs/api.md"], re.DOTALL)
    assert text is not None
    example, schema = json.loads(text[1]), TypeAdapter(Growth).json_schema(mode="serialization")
    parts = {
        "CounterGrowth": example["growth"]["views"],
        "GrowthTexts": example["growth"]["views"]["texts"],
        "Ledger": example["growth"]["views"]["ledger"],
        "Window": example["window"],
    }
    assert list(example) == list(schema["properties"])
    for name, part in parts.items():
        assert list(part) == list(schema["$defs"][name]["properties"]), name


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


FOR_CONTRIBUTORS = ("CONTRIBUTING.md", "docs/architecture.md")
PLANNED = ("snapshot_core/insights", "snapshot_core/notify")
"""Folders that the table of CONTRIBUTING.md names and that begin with the first of their kind."""
KINDS = (
    "a source without a key",
    "a source with a login",
    "a metric",
    "a setting",
    "a page",
    "an insight",
    "an alert rule",
)


def places(page: str) -> list[str]:
    """The files and folders that a page names, ``<name>`` in them standing for one to be made."""
    return re.findall(r"`([\w.-]+(?:/[\w.<>-]+)+/?|[\w.-]+/)`", TEXT[page])


@pytest.mark.parametrize(
    ("page", "place"), [(page, place) for page in FOR_CONTRIBUTORS for place in places(page)]
)
def test_every_place_named_to_contributors_exists(page: str, place: str) -> None:
    """Where one is to be made, others of its kind are there."""
    if place.startswith(PLANNED):
        return
    assert any(ROOT.glob(re.sub("<[a-z]+>", "*", place))), f"{page} names {place}"


def test_what_is_planned_is_not_there_yet() -> None:
    assert [folder for folder in PLANNED if (ROOT / folder).exists()] == []


def test_contributing_says_how_to_add_each_kind_of_thing() -> None:
    rows = re.findall(r"^\| (an? [^|]+?) \| ([^|]+) \|", TEXT["CONTRIBUTING.md"], re.MULTILINE)
    assert {kind for kind, files in rows if "`" in files} >= set(KINDS)


def test_hooks_run_what_the_makefile_runs() -> None:
    hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    entries = re.findall(r"^ +entry: make (\w+)$", hooks, re.MULTILINE)
    assert "lint" in entries
    assert set(entries) <= targets
    assert set(re.findall(r"repo: (\S+)", hooks)) == {"local"}


def test_public_continuous_integration_runs_every_test_on_the_oldest_python() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text("utf-8")
    assert re.search(r"^ +- run: make test$", workflow, re.MULTILINE)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert f'["{project["requires-python"].removeprefix(">=")}"' in workflow


def test_editors_break_lines_where_the_linter_does() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    limit = project["tool"]["ruff"]["line-length"]
    assert f"max_line_length = {limit}" in (ROOT / ".editorconfig").read_text("utf-8")
