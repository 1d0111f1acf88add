"""The columns of somebody else's table: which of our fields each may be, by its name and cells."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from snapshot_core.errors import InputError
from snapshot_core.formats.cells import DateForm, form_of, separator_of
from snapshot_core.formats.spreadsheet.files import tables_of
from snapshot_core.formats.spreadsheet.table import Table, folded
from snapshot_core.metrics import COUNTERS, METRICS, Metric

DATES: Final = ("captured_at", "published_at")
FIELDS: Final = ("video_id", "captured_at", *COUNTERS, "title", "published_at")
"""Our fields, by the names of a readings file, in the order that they are asked for in."""
_SAMPLE_ROWS: Final = 500
"""Looked at to find out how dates and numbers are written."""

_NAMES: Final = {
    "video_id": "video id|video link|video url|link|url|post id|post url|permalink|aweme id"
    "|item id|id|video",
    "captured_at": "captured at|read at|snapshot|snapshot date|timestamp|collected at|scraped at"
    "|as of|date|day|time|date time",
    "title": "title|video title|caption|description|text|desc",
    "published_at": "published at|published|post time|posted|posted at|post date|publish date"
    "|upload date|uploaded|created|created at|create time|video publish time",
}
"""Names that columns have elsewhere, the likeliest first. Signs between words do not count."""
_MORE_NAMES: Final = {
    "views": "video views|plays|play count",
    "likes": "hearts|digg count",
    "shares": "reposts",
    "saves": "favourites|favorites|bookmarks|collect count",
    "followers": "subscribers|subscriber count",
}
"""The same of metrics that have other names than their own."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a table looks like."""

    columns: dict[str, int]
    """The position of the column of each of our fields; those that there are."""
    form: DateForm | None
    """None where its dates could be read in two ways: only their owner knows."""
    separator: str
    """Between thousands."""


def table_of(path: Path) -> Table:
    """The first table of the file at ``path``. Raises `InputError`."""
    tables = tables_of(path).tables
    if not tables or len(tables[0].header) < 2:
        raise InputError(f"{path.name} is no table: it needs columns, named in the first line")
    return tables[0]


def suggest(table: Table, chosen: Mapping[str, int] | None = None) -> Suggestion:
    """What the columns are by their names, and how dates and numbers are by the first rows.

    Where the columns are ``chosen`` already, only their dates and numbers are looked at.
    """
    columns = _by_name(table.header) if chosen is None else dict(chosen)
    dates, numbers = _cells(table, columns, DATES), _cells(table, columns, COUNTERS)
    return Suggestion(columns, form_of(dates), separator_of(numbers))


def _by_name(header: Sequence[str]) -> dict[str, int]:
    names = [_key(name) for name in header]
    known = {**_NAMES, **{metric.name: _metric_names(metric) for metric in METRICS}}
    columns: dict[str, int] = {}
    for field in FIELDS:
        for name in map(_key, known[field].split("|")):
            if name in names and (at := names.index(name)) not in columns.values():
                columns[field] = at
                break
    return columns


def _metric_names(metric: Metric) -> str:
    names = metric.name, metric.label, f"total {metric.name}", metric.column
    return "|".join((*names, *filter(None, [_MORE_NAMES.get(metric.name)])))


def _key(name: str) -> str:
    """A name as it is compared: ``play_count``, ``Play Count`` and ``playCount`` are the same."""
    return re.sub(r"[\s_-]", "", folded(name))


def _cells(table: Table, columns: Mapping[str, int], fields: Sequence[str]) -> list[str]:
    positions = [columns[field] for field in fields if field in columns]
    return [
        cell
        for _, cells in islice(table.rows(), _SAMPLE_ROWS)
        for position in positions
        if position < len(cells) and (cell := cells[position].strip())
    ]
