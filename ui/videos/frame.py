"""The table of videos as a data frame: numbers to sort by, shown as people write them."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import pandas as pd
from pandas.io.formats.style import Styler

from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.readings import SPARK_DAYS
from snapshot_core.view.videos import VideoRow, VideoTable
from snapshot_core.windows import DAY
from ui.tables import styled
from ui.video.texts import NOTES, name_of
from ui.videos.columns import GAINED, NARROW, WIDE, formats


class VideoFrame(NamedTuple):
    """The rows in the table's order, and the table."""

    video_ids: Sequence[int]
    styled: Styler
    shown: Sequence[str]


def matching(table: VideoTable, words: str) -> list[VideoRow]:
    """The rows whose title holds all ``words``, or whose platform id holds them as they are."""
    wanted = words.casefold().split()
    if not wanted:
        return list(table.rows)
    return [
        row
        for row in table.rows
        if all(word in (row.title or "").casefold() for word in wanted)
        or words.strip() in row.platform_id
    ]


def video_frame(
    table: VideoTable, words: str, several: bool, narrow: bool, minute: int
) -> VideoFrame:
    """The rows that match ``words``; ``several`` accounts are named. ``minute``: the present."""
    rows, now = matching(table, words), minute * 60
    columns: dict[str, Any] = {
        "cover": [row.cover_url for row in rows],
        "title": [_cut(name_of(row.title, row.platform_id), narrow) for row in rows],
        "note": [_note(row, table.ready) for row in rows],
        "account": [row.account for row in rows],
        "age": pd.array([row.published_at for row in rows], "Int64"),
        "growth": pd.array([_float(row.percentage("views")) for row in rows], "Float64"),
        "trend": [_trend(row, now) for row in rows],
    }
    for metric in VIDEO_METRICS:
        columns[metric] = pd.array([row.current[metric] for row in rows], "Int64")
        columns[GAINED[metric]] = pd.array([row.growth[metric] for row in rows], "Int64")
    empty = {name for name in ("cover", "note", "trend") if not any(columns[name])}
    empty |= set() if several else {"account"}
    frame = pd.DataFrame(columns)
    return VideoFrame(
        [row.video_id for row in rows],
        styled(frame, formats(now)),
        [name for name in (NARROW if narrow else WIDE) if name not in empty],
    )


def _cut(title: str, narrow: bool) -> str:
    """A button in a table is cut without a sign of it, so the sign is made here."""
    most = 18 if narrow else 32
    return title if len(title) <= most else f"{title[: most - 1].rstrip()}…"


def _note(row: VideoRow, ready: bool) -> str:
    if ready and row.line == "like_for_like" and row.growth["views"] is None:
        return "not counted"
    return NOTES.get(row.line, "")


def _trend(row: VideoRow, now: int) -> list[int] | None:
    """The gains that are known; a column of charts can leave no gap.

    Before its publication a video gained nothing, which is known.
    """
    young = row.published_at is not None and now - row.published_at < SPARK_DAYS * DAY
    first = next((n for n, gain in enumerate(row.spark) if gain is not None), len(row.spark))
    known = [0] * first if young else []
    known += [gain for gain in row.spark if gain is not None]
    return known if any(known) and len(known) > 1 else None


def _float(value: Decimal | None) -> float | None:
    return None if value is None else float(value)
