"""No text, however it was made, keeps one of our regular expressions busy for long.

Each is found in the source and given texts of growing length that were made for it: the time may
grow as their length does. What takes its square would take minutes for a file of a megabyte, and
holds the interpreter's lock meanwhile.
"""

import re
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any

import pytest

from snapshot_core.formats.cells import numbers
from snapshot_core.formats.spreadsheet.table import Table
from snapshot_core.formats.tiktok_studio import rows
from tests.support.expressions import METHODS, Expression, expressions_in, hostile_texts
from tests.test_architecture import ROOT, python_files

SIZES = (20, 28, 500, 4_000, 16_000)
"""The first show what doubles with each character."""
QUICK_SECONDS = 0.004
MAX_RATIO = 3.0
"""Of the times for a text and for one of twice its length; 2 is linear, 4 the square."""

OURS = ("app.py", "run.py", "snapshot_core", "ui", "web", "api", "jobs", "pages")
OF_OUR_OWN_TEXT = {
    "web.index_html",
    "web.preload",
    "web.policy",
    "snapshot_core.settings.declaration",
}
"""These read what we or Streamlit wrote, once, at the start."""

TABLE = Table("Content.csv", ["Title", "Link", "Views", "Likes"], lambda: iter(()))
RUNTIME = {
    "snapshot_core.formats.cells.numbers": list(numbers._GROUPED.values()),
    "snapshot_core.formats.tiktok_studio.rows": [rows.around_link(TABLE, 0, 1)],
}
"""Patterns that the source alone does not tell, by module: both are asked for a full match."""

ALL_SOURCE = "".join(path.read_text(encoding="utf-8") for path in python_files(*OURS))
EXPRESSIONS = [
    expression
    for path in python_files(*OURS)
    if "migrations" not in path.parts
    for expression in expressions_in(path)
    if expression.module not in OF_OUR_OWN_TEXT
]


def seconds(work: Callable[[Any], object], text: Any) -> float:
    began = process_time()
    work(text)
    return process_time() - began


def methods_of(expression: Expression) -> set[str]:
    """What is asked of it: all there is, where that cannot be seen."""
    if expression.method != "compile":
        return {expression.method}
    called = re.findall(rf"\b{expression.name}\.({'|'.join(METHODS)})\(", ALL_SOURCE)
    return set(called) or {"sub"}


def assert_linear(pattern: re.Pattern[Any], methods: set[str]) -> None:
    work: Any = pattern.fullmatch if methods <= {"match", "fullmatch"} else pattern.findall
    for size in SIZES:
        texts = hostile_texts(pattern, size // 2), hostile_texts(pattern, size)
        for shorter, longer in zip(*texts, strict=True):
            if seconds(work, longer) < QUICK_SECONDS:
                continue
            assert size > 100, f"{longer!r} is enough"
            times = [median(seconds(work, text) for _ in range(5)) for text in (shorter, longer)]
            ratio = times[1] / times[0]
            assert ratio < MAX_RATIO, f"{ratio:.1f} times as long for {longer[:60]!r}…"


def test_there_are_expressions_to_look_at() -> None:
    assert len(EXPRESSIONS) > 50


@pytest.mark.parametrize("expression", EXPRESSIONS, ids=str)
def test_an_expression_takes_as_long_as_its_text(expression: Expression) -> None:
    if expression.pattern is not None:
        assert_linear(expression.pattern, methods_of(expression))
    else:
        for pattern in RUNTIME[expression.module]:
            assert_linear(pattern, {"fullmatch"})


@pytest.mark.parametrize("slow", [r"(a+)+b", r"\s*\s*x", r",?\s*\d$", r"(?:\S*&)?v=(\w)(?:&\S*)?"])
def test_slow_ones_are_found(slow: str) -> None:
    with pytest.raises(AssertionError):
        assert_linear(re.compile(slow), {"search"})


def test_expressions_are_found_wherever_they_stand(tmp_path: Path) -> None:
    source = ROOT / "snapshot_core" / "formats" / "cells" / "named_days.py"
    patterns = {e.pattern.pattern for e in expressions_in(source) if e.pattern}
    assert {r"\d+", r"(?<!\w)-"} < patterns
