"""What the commands print: tables for people, one JSON document for programs."""

import json
import re
import sys
from collections.abc import Sequence
from io import TextIOBase
from typing import Final, TextIO

from snapshot_core.errors import StoreError
from snapshot_core.store.accounts import Account
from snapshot_core.view.documents.fields import json_object
from snapshot_core.view.wording.snapshot import WAITING

BAR_CHARACTERS: Final = 30
_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
"""What a terminal obeys, but for new lines and tabs."""


def harmless(text: str) -> str:
    """``text`` with a mark in place of each character that would command a terminal.

    Captions and the columns of files are other people's.
    """
    return _CONTROLS.sub("\N{REPLACEMENT CHARACTER}", text)


class HarmlessOutput(TextIOBase):
    """Stdout, on which nothing that is printed commands the terminal."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Print it; the number of characters."""
        return self._stream.write(harmless(text))

    def flush(self) -> None:
        """Pass on what is buffered."""
        self._stream.flush()


def print_json(document: object) -> None:
    """A document of `snapshot_core.view.documents`, indented."""
    text = json.dumps(json_object(document), ensure_ascii=False, indent=2)
    print(_CONTROLS.sub(lambda match: f"\\u{ord(match[0]):04x}", text))


def print_table(header: Sequence[str], rows: Sequence[Sequence[str]], texts: int = 1) -> None:
    """Columns as wide as they need to be; the first ``texts`` to the left, numbers right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]
    for row in (header, *rows):
        cells = [
            cell.ljust(width) if n < texts else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print("  ".join(cells).rstrip())


class ProgressBar:
    """A bar on stderr, where a person is looking."""

    def __init__(self) -> None:
        self._watched = sys.stderr.isatty()

    def draw(self, account: Account, count: int, expected: int | None) -> None:
        """Show how many videos of how many have been read."""
        self._draw(account.name, count, expected, "videos")

    def draw_rows(self, done: int, total: int) -> None:
        """Show how many rows of a file of how many have been imported."""
        self._draw("Importing", done, total, "rows")

    def _draw(self, label: str, count: int, expected: int | None, unit: str) -> None:
        known = f" of {expected:,}" if expected else ""
        done = min(BAR_CHARACTERS, BAR_CHARACTERS * count // expected) if expected else 0
        bar = f"[{'#' * done}{' ' * (BAR_CHARACTERS - done)}] " if expected else ""
        self._write(f"\r{label}: {bar}{count:,}{known} {unit}")

    def wait(self, account: Account, error: StoreError) -> None:
        """Show what keeps a snapshot from being stored."""
        self.wipe()
        self._write(f"{account.name}: {WAITING} {error}")

    def wipe(self) -> None:
        """Leave the line empty."""
        self._write("\r\x1b[K")

    def _write(self, text: str) -> None:
        if self._watched:
            sys.stderr.write(text)
            sys.stderr.flush()
