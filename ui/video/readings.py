"""Every reading of one video: a table to look into, and a file to take away."""

from typing import Any

import pandas as pd
import streamlit as st

from snapshot_core.formats.readings.columns import ReadingRow
from snapshot_core.formats.readings.write import pieces
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.readings import Reading
from snapshot_core.view.video import VideoStory
from snapshot_core.view.wording.numbers import exact, moment
from ui.growth_text import counted
from ui.tables import UNKNOWN, styled

ROW = 36
MOST_ROWS = 10
DIGIT, AROUND = 8, 20
"""Pixels that a digit takes at most, and what a cell adds to its text."""
_SAID = {
    "held": "held back",
    "rejected": "not believed",
    "negative": "negative, refused",
    "too_large": "impossibly large, refused",
}


def readings(story: VideoStory, minute: int) -> Any:
    """Newest first, local times, exact numbers, and a word where one was not taken as it is."""
    newest = list(reversed(story.readings))
    columns: dict[str, Any] = {
        "at": pd.array([reading.captured_at for reading in newest], "Int64"),
        **{
            metric: pd.array([reading.counts[column] for reading in newest], "Int64")
            for column, metric in enumerate(VIDEO_METRICS)
        },
        "note": [_note(reading) for reading in newest],
    }
    if not any(columns["note"]):
        del columns["note"]
    zone, now = story.zone, minute * 60
    counts = {metric: lambda count: exact(int(count)) for metric in VIDEO_METRICS}
    return styled(pd.DataFrame(columns), {"at": lambda at: moment(int(at), zone, now), **counts})


def readings_table(table: Any, rows: int) -> None:
    """The table of `readings`."""
    column, number = st.column_config, st.column_config.NumberColumn
    st.dataframe(
        table,
        key="tg-readings",
        hide_index=True,
        row_height=ROW,
        height=ROW * min(rows, MOST_ROWS) + 38,
        column_config={
            "at": number("Read at", width=120, alignment="left"),
            **{
                metric: number(counted(metric), width=_width(table.data[metric]))
                for metric in VIDEO_METRICS
            },
            "note": column.TextColumn("Note", width=220),
        },
        placeholder=UNKNOWN,
        alt="Every reading of the video, newest first",
    )


def _width(counts: Any) -> int:
    """Wide enough for the longest count: a narrow cell would cut off its first digits."""
    longest = max((len(exact(int(count))) for count in counts.dropna()), default=0)
    return max(96, longest * DIGIT + AROUND)


def readings_file(story: VideoStory) -> bytes:
    """The readings as a file that can be imported again."""
    return b"".join(pieces((_row(story, reading) for reading in story.readings), "csv"))


def _row(story: VideoStory, reading: Reading) -> ReadingRow:
    about = story.about
    return ReadingRow(
        story.account.name,
        about.platform_id,
        about.title,
        about.published_at,
        reading.captured_at,
        reading.counts,
        # No status: whatever a capture was, the file has one video of it, and where the capture
        # is stored already, what is known of it stands.
        rounded=story.account.rounded,
    )


def _note(reading: Reading) -> str:
    """``held back``, where only some counters are: ``views, likes: held back``."""
    said = []
    for verdict in dict.fromkeys(reading.doubts.values()):
        whose = [metric for metric in VIDEO_METRICS if reading.doubts.get(metric) == verdict]
        words = _SAID.get(verdict, verdict)
        said.append(words if len(whose) == len(VIDEO_METRICS) else f"{', '.join(whose)}: {words}")
    if reading.status == "partial":
        said.append("from a partial snapshot")
    return "; ".join(said)
