"""The cells of a Studio table: text in; a value, or why there is none, out."""

from typing import Final

from snapshot_core.formats.cells import Refused, count_of, shortened, value_of
from snapshot_core.formats.cells.named_days import DayOfYear, day_of
from snapshot_core.formats.spreadsheet.table import Table
from snapshot_core.formats.tiktok_studio.tables import column_names

_UNKNOWN: Final = frozenset(["", "undefined", "null", "-", "--"])
"""What stands for a number that Studio does not know."""


def positions_of(table: Table) -> dict[str, int]:
    """The position of each column, by its name."""
    return {name: position for position, name in enumerate(column_names(table))}


def cells_by_name(table: Table, positions: dict[str, int], cells: list[str]) -> dict[str, str]:
    """The cells of a row by column. Raises `Refused` where the row has others."""
    if len(cells) != len(table.header):
        raise Refused(
            f"{len(cells)} fields where the header has {len(table.header)}: export the file again "
            "and do not change it"
        )
    return {name: cells[position].strip() for name, position in positions.items()}


def day_in(name: str, text: str) -> DayOfYear:
    """The day that a cell names. Raises `Refused`."""
    day = day_of(value_of(name, text))
    if day is None:
        raise Refused(
            f"{name} {shortened(text)} is not a day that we can read: set TikTok Studio to English "
            "and export again"
        )
    return day


def count_in(name: str, text: str) -> int | None:
    """The count in a cell, None where Studio does not know it. Raises `Refused`."""
    return None if text.casefold() in _UNKNOWN else count_of(name.capitalize(), text)


def amount_in(name: str, text: str) -> int | None:
    """An amount of a day; likes and the like can be taken back, views cannot."""
    if text[:1] == "-" and text[1:].isdigit() and name not in ("video views", "profile views"):
        size = count_of(name, text[1:])
        return None if size is None else -size
    return count_in(name, text)
