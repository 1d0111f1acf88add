"""What the commands print: tables for people, one JSON document for programs."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

BAR: Final = 30
"""Characters of the progress bar."""


def print_json(document: object) -> None:
    """One document, as it is read by programs and still legible."""
    print(json.dumps(document, ensure_ascii=False, indent=2))


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 1) -> None:
    """Columns as wide as they need to be; the first ``texts`` to the left, numbers right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        cells = [
            cell.ljust(width) if n < texts else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


@contextmanager
def progress_bar(label: str) -> Iterator[Callable[[int, int | None], None] | None]:
    """A bar on stderr, wiped when done; None where no person is looking."""
    if not sys.stderr.isatty():
        yield None
        return

    def draw(count: int, expected: int | None) -> None:
        known = f" of {expected:,}" if expected else ""
        done = min(BAR, BAR * count // expected) if expected else 0
        bar = f"[{'#' * done}{' ' * (BAR - done)}] " if expected else ""
        _write(f"\r{label}: {bar}{count:,}{known} videos")

    try:
        draw(0, None)
        yield draw
    finally:
        _write("\r\x1b[K")


def _write(text: str) -> Any:
    sys.stderr.write(text)
    sys.stderr.flush()
