"""Measurements beside the original's: ``python -m benchmarks``.

Each module here measures one claim and offers ``run() -> Table`` (or a list of tables). Ours
and the original's figures always come from the same run on the same input.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from time import perf_counter
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured figure, for programs."""

    name: str
    value: float | int | str
    target: str | None = None
    met: bool | None = None
    """None where there is no target."""


@dataclass(frozen=True)
class Table:
    """What one benchmark measured: rows of text under named columns."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    notes: str = ""
    """What was measured and how, for a reader who doubts it."""
    measured: tuple[Figure, ...] = ()
    """What is held against targets; where nothing is, every cell is a figure without one."""

    def figures(self) -> list[Figure]:
        """For programs."""
        if self.measured:
            return list(self.measured)
        if self.columns[1:] == ("value", "target", "met"):
            return [
                Figure(name, value, target or None, met == "yes" if met else None)
                for name, value, target, met in self.rows
            ]
        return [
            Figure(f"{self.title}: {row[0]}: {column}", cell)
            for row in self.rows
            for column, cell in zip(self.columns[1:], row[1:], strict=True)
        ]

    def as_text(self) -> str:
        """For a terminal."""
        widths = [max(map(len, column)) for column in zip(self.columns, *self.rows, strict=True)]
        rule = tuple("-" * width for width in widths)
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (self.columns, rule, *self.rows)
        ]
        return "\n".join([self.title, "", *lines, *self._notes()])

    def as_markdown(self) -> str:
        """For ``docs/benchmarks.md``."""
        rule = tuple("---" for _ in self.columns)
        lines = [f"| {' | '.join(row)} |" for row in (self.columns, rule, *self.rows)]
        return "\n".join([f"## {self.title}", "", *lines, *self._notes()])

    def _notes(self) -> list[str]:
        return ["", self.notes] if self.notes else []


class Unmeasured(Exception):
    """A benchmark cannot run here; the message says what it needs."""


def markdown(tables: Iterable[Table]) -> str:
    """The whole of ``docs/benchmarks.md``."""
    head = "# Benchmarks\n\nWritten by `python -m benchmarks --write`."
    return "\n\n".join([head, *(table.as_markdown() for table in tables)]) + "\n"


def seconds(work: Callable[..., Any], *arguments: Any) -> float:
    """How long ``work`` takes, once."""
    began = perf_counter()
    work(*arguments)
    return perf_counter() - began


def medians(timings: Sequence[Callable[[], float]], runs: int) -> list[float]:
    """The median of each of ``timings`` (seconds), taken in turns, the first turn left out.

    Side by side, so that a busy machine slows all of them.
    """
    turns = [[timing() for timing in timings] for _ in range(runs + 1)]
    return [median(times) for times in zip(*turns[1:], strict=True)]


def milliseconds(took: float) -> str:
    """``took`` seconds for a table."""
    return f"{took * 1_000:.3g} ms"
