"""The table of videos as a data frame: numbers to sort by, shown as people write them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd
from pandas.io.formats.style import Styler

from snapshot_core.view.shown_metrics import MAIN_METRIC
from snapshot_core.view.videos_table import VideoRow, VideoTable
from snapshot_core.view.wording import growth as wording
from ui.tables import integers, styled
from ui.video.head import name_of
from ui.videos.columns import GAINED, column_order, formats

NOTES = {"published": "new", "newly_tracked": "newly tracked", "removed": "removed"}
"""The note beside the title, by line of the ledger; most videos need none."""
MAX_TITLE_CHARS, MAX_TITLE_CHARS_ON_A_PHONE = 32, 18


class VideoFrame(NamedTuple):
    """The table, the ids of its rows in their order, and the columns shown."""

    video_ids: Sequence[int]
    styled: Styler
    columns: Sequence[str]


def matching(table: VideoTable, search: str) -> list[VideoRow]:
    """The rows whose title has all words of ``search``, or whose platform id contains it."""
    words = search.casefold().split()
    if not words:
        return list(table.rows)
    return [
        row
        for row in table.rows
        if all(word in (row.about.title or "").casefold() for word in words)
        or search.strip() in row.about.platform_id
    ]


def video_frame(
    table: VideoTable,
    search: str,
    metrics: tuple[str, ...],
    several: bool,
    narrow: bool,
    minute: int,
) -> VideoFrame:
    """The rows that match ``search``, with columns for ``metrics``.

    ``several``: with their accounts; ``narrow``: for a phone; ``minute``: the present.
    """
    rows, now = matching(table, search), minute * 60
    max_chars = MAX_TITLE_CHARS_ON_A_PHONE if narrow else MAX_TITLE_CHARS
    columns: dict[str, Any] = {
        "cover": [row.about.cover_url for row in rows],
        "title": [_cut(name_of(row.about), max_chars) for row in rows],
        "note": [_note(row, table.ready) for row in rows],
        "account": [row.account.name for row in rows],
        "age": integers([row.about.published_at for row in rows]),
        "growth": pd.array([_float(row.growth[MAIN_METRIC].percentage) for row in rows], "Float64"),
        "trend": [_trend(row) for row in rows],
    }
    for metric in metrics:
        columns[metric] = integers([row.growth[metric].current for row in rows])
        columns[GAINED[metric]] = integers([row.growth[metric].growth for row in rows])
    # What a value alone does not tell: below its source's resolution, or next to nothing.
    texts = {
        GAINED[metric]: {
            number: wording.gain(row.growth[metric])
            for number, row in enumerate(rows)
            if row.growth[metric].below_resolution
        }
        for metric in metrics
    }
    shares = [wording.percentage(row.growth[MAIN_METRIC]) for row in rows]
    texts["growth"] = {
        number: text for number, text in enumerate(shares) if text == wording.ALMOST_NOTHING
    }
    empty = {name for name in ("cover", "note", "trend") if not any(columns[name])}
    empty |= set() if several else {"account"}
    return VideoFrame(
        [row.about.video_id for row in rows],
        styled(pd.DataFrame(columns), formats(now), texts),
        [name for name in column_order(metrics, narrow) if name not in empty],
    )


def _cut(title: str, max_chars: int) -> str:
    """A button in a table is cut off without an ellipsis, so it is cut here."""
    return title if len(title) <= max_chars else f"{title[: max_chars - 1].rstrip()}…"


def _note(row: VideoRow, ready: bool) -> str:
    if ready and row.line == "like_for_like" and row.growth[MAIN_METRIC].growth is None:
        return "not counted"
    return NOTES.get(row.line or "", "")


def _trend(row: VideoRow) -> list[int] | None:
    """The gains that are known: a column of charts cannot leave a gap."""
    known = [day.gain for day in row.sparkline if day.gain is not None]
    return known if any(known) and len(known) > 1 else None


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
