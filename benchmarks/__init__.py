"""Measurements beside the original's: ``python -m benchmarks``.

Each module here measures one claim and offers ``run() -> Table`` (or a list of tables). Ours
and the original's figures always come from the same run on the same input.
"""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """What one benchmark found: rows of text under named columns."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[str, ...]]
    notes: str = ""
    """What was measured and how, for a reader who doubts it."""

    def as_text(self) -> str:
        """For a terminal."""
        widths = [max(map(len, column)) for column in zip(self.columns, *self.rows, strict=True)]
        rule = tuple("-" * width for width in widths)
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in (self.columns, rule, *self.rows)
        ]
        return "\n".join([self.title, "", *lines, *(["", self.notes] if self.notes else [])])

    def as_markdown(self) -> str:
        """For ``docs/benchmarks.md``."""
        rule = tuple("---" for _ in self.columns)
        lines = [f"| {' | '.join(row)} |" for row in (self.columns, rule, *self.rows)]
        return "\n".join(
            [f"## {self.title}", "", *lines, *(["", self.notes] if self.notes else [])]
        )


class Unmeasured(Exception):
    """A benchmark cannot run here; the message says what it needs."""


def markdown(tables: Iterable[Table]) -> str:
    """The whole of ``docs/benchmarks.md``."""
    head = "# Benchmarks\n\nWritten by `python -m benchmarks --write`."
    return "\n\n".join([head, *(table.as_markdown() for table in tables)]) + "\n"
