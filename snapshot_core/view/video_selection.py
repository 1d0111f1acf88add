"""Which rows of a table of videos are shown, in which order, and what each tag did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import Final, Literal

from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.view.videos_table import RANKED_BY, Totals, VideoRow, VideoTable

Show = Literal["all", "new", "removed"]
SortKey = str
"""One of `SORT_KEYS`."""


def _total(metric: str, row: VideoRow) -> int | None:
    return row.growth[metric].current


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)


_SHOWN: Final[dict[Show, Callable[[VideoRow], bool]]] = {
    "all": lambda row: row.line != "removed",
    "new": lambda row: row.line == "published",
    "removed": lambda row: row.line == "removed",
}
_VALUES: Final[dict[str, Callable[[VideoRow], float | None]]] = {
    "gained": lambda row: row.growth[RANKED_BY].growth,
    "growth": lambda row: _float(row.growth[RANKED_BY].percentage),
    "engagement": lambda row: _float(row.engagement),
    "published": lambda row: row.about.published_at,
    **{metric: partial(_total, metric) for metric in VIDEO_METRICS},
}
SORT_KEYS: Final = tuple(_VALUES)
"""What a table can be ordered by; ``views`` and the like are totals."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a visitor has chosen to see of the videos."""

    show: Show = "all"
    """All that are listed, those of them published in the period, or those removed in it."""
    tag: str | None = None
    search: str = ""
    """Words of a title or tag, a platform id, or the link to a post."""
    sort: SortKey = "gained"
    ascending: bool = False


@dataclass(frozen=True, slots=True)
class TagTotals:
    """A tag, and the videos that have it together."""

    tag: str
    totals: Totals


def select_rows(table: VideoTable, selection: Selection) -> list[VideoRow]:
    """The rows of ``table`` that are shown, in their order; what is unknown comes last."""
    rows = [row for row in table.rows if _is_shown(row, selection)]
    value = _VALUES[selection.sort]
    sign = 1 if selection.ascending else -1

    def rank(row: VideoRow) -> tuple[bool, float]:
        of_row = value(row)
        return of_row is None, sign * (of_row or 0)

    return sorted(rows, key=rank)


def count_shown(table: VideoTable, show: Show) -> int:
    """How many videos there are of a kind."""
    return sum(map(_SHOWN[show], table.rows))


def tag_totals(table: VideoTable) -> list[TagTotals]:
    """Every tag of the table's videos, the one whose videos gained most first."""
    tagged: dict[str, list[VideoRow]] = {}
    for row in table.rows:
        for tag in row.tags:
            tagged.setdefault(tag, []).append(row)
    totals = [TagTotals(tag, table.totals(rows)) for tag, rows in sorted(tagged.items())]
    return sorted(totals, key=lambda each: -(each.totals.growth[RANKED_BY].growth or 0))


def with_tag(rows: Sequence[VideoRow], tag: str | None) -> list[VideoRow]:
    """The rows that have a tag; all where it is None."""
    return [row for row in rows if tag is None or tag in row.tags]


def _is_shown(row: VideoRow, selection: Selection) -> bool:
    if not _SHOWN[selection.show](row):
        return False
    if selection.tag is not None and selection.tag not in row.tags:
        return False
    return _matches(row, selection.search.strip().casefold())


def _matches(row: VideoRow, search: str) -> bool:
    """Whether all words stand in title and tags, or ``search`` is the id or the link."""
    names = " ".join((row.about.title or "", *row.tags)).casefold()
    if all(word in names for word in search.split()):
        return True
    platform_id = row.about.platform_id.casefold()
    link = (row.about.share_url or "").casefold()
    # A link that is copied elsewhere has other parts around the id.
    return search in platform_id or search in link or ("/" in search and platform_id in search)
