"""A day in one column and its time in another, put together."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from snapshot_core.formats.cells import DATE_FORMS, Refused, is_unknown, moment_of
from snapshot_core.formats.csv_text import Row
from snapshot_core.formats.spreadsheet.table import Table, folded

_WORDS: Final = (
    "time|time of day|clock|hour|uhrzeit|zeit|hora|heure|ora|godzina|время|час|saat|jam|tid|tijd"
    "|klokkeslæt|giờ|時刻|時間|时间|시간|시각"
)
_NAMES: Final = frozenset(_WORDS.split("|"))
_CLOCK: Final = re.compile(r"\d\d?[:.h]\d\d(?:[:.]\d\d)?(?: ?[AP]\.?M\.?)?", re.IGNORECASE)
_LOOKED_AT_ROWS: Final = 2_000


def time_column(table: Table, columns: Mapping[str, int]) -> int | None:
    """The position of the column with the times of the days on which counts were read.

    None where those days have their time, or no column has nothing but times and is called so.
    """
    day_at = columns.get("captured_at")
    if day_at is None:
        return None
    free = (at for at in range(len(table.header)) if at not in columns.values())
    called = [at for at in free if folded(table.header[at]) in _NAMES]
    if not called:
        return None
    rows = [
        cells
        for _, cells in islice(table.rows(), _LOOKED_AT_ROWS)
        if len(cells) == len(table.header) and not is_unknown(cells[day_at].strip())
    ]
    if any(_has_time(cells[day_at]) for cells in rows):
        return None
    return next((at for at in called if _are_times([cells[at] for cells in rows])), None)


def with_times(table: Table, day_at: int, time_at: int) -> Table:
    """``table`` with each day followed by its time."""

    def rows() -> Iterator[Row]:
        for line, cells in table.rows():
            if len(cells) == len(table.header) and _CLOCK.fullmatch(cells[time_at].strip()):
                cells[day_at] = f"{cells[day_at].strip()} {cells[time_at].strip()}"
            yield line, cells

    return replace(table, rows=rows, lines=None)


def _are_times(cells: Sequence[str]) -> bool:
    written = [cell.strip() for cell in cells if not is_unknown(cell.strip())]
    return bool(written) and all(map(_CLOCK.fullmatch, written))


def _has_time(text: str) -> bool:
    """Also where it is no date at all: nothing is to be put behind that."""
    for form in DATE_FORMS:
        try:
            return moment_of("", text, form).clock is not None
        except Refused:
            continue
    return False
