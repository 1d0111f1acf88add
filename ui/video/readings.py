"""Every reading of one video: a table, and a file to download."""

from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from snapshot_core.formats.readings.columns import ReadingRow
from snapshot_core.formats.readings.write import pieces
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.readings import Reading
from snapshot_core.view.shown_metrics import MAIN_METRIC, story_metrics
from snapshot_core.view.video import VideoView
from snapshot_core.view.wording.numbers import duration, exact, exact_signed
from ui.metrics import label_of
from ui.tables import exact_text, integers, moment_text, show_table, styled

DIGIT_PIXELS, PADDING_PIXELS, MIN_PIXELS = 8, 20, 96
"""The width of a digit, at most; of a cell's padding; and of a column, at least."""
STEP, PER_HOUR = " step", " per hour"
"""What the names of the columns of a metric's steps and rates end with."""
_VERDICTS = {
    "held": "held back",
    "rejected": "rejected",
    "negative": "negative, refused",
    "too_large": "impossibly large, refused",
}


def readings(story: VideoView, minute: int) -> Styler:
    """The table: newest first, local times, exact counts, a note where a count is left out."""
    newest_first = story.readings[::-1]
    counts = {
        metric: integers([reading.counts[VIDEO_METRICS.index(metric)] for reading in newest_first])
        for metric in story_metrics(story)
    }
    at = integers([reading.captured_at for reading in newest_first])
    columns: dict[str, Any] = {"at": at}
    if (published := story.about.published_at) is not None:
        columns["age"] = integers([max(0, each.captured_at - published) for each in newest_first])
    steps = story.steps[::-1]
    for metric, of_metric in counts.items():
        columns[metric] = of_metric
        gains = [step[metric].gained if metric in step else None for step in steps]
        columns[f"{metric}{STEP}"] = integers(gains)
        if metric == MAIN_METRIC:
            rates = [round(step[metric].per_hour) if metric in step else None for step in steps]
            columns[f"{metric}{PER_HOUR}"] = integers(rates)
    notes = [_note(reading) for reading in newest_first]
    columns |= {"note": notes} if any(notes) else {}
    formats = {"at": moment_text(story.zone, minute * 60), "age": lambda age: duration(int(age))}
    for name in columns:
        if name.endswith((STEP, PER_HOUR)):
            formats[name] = lambda count: exact_signed(int(count))
        elif name in counts:
            formats[name] = exact_text
    return styled(pd.DataFrame(columns), formats)


def readings_table(table: Styler) -> None:
    """Show the table of `readings`."""
    number = st.column_config.NumberColumn
    columns: dict[str, Any] = {"at": number("Read at", width=120, alignment="left")}
    columns["age"] = number("Age", width=84)
    for metric in VIDEO_METRICS:
        if metric in table.data:
            columns[metric] = number(label_of(metric), width=_width(table.data[metric]))
            since = f"{label_of(metric)} that came since the reading before"
            columns[f"{metric}{STEP}"] = number("step", width=MIN_PIXELS - 12, help=since)
            columns[f"{metric}{PER_HOUR}"] = number("per hour", width=84, help=f"{since}, an hour")
    columns["note"] = st.column_config.TextColumn("Note", width=220)
    show_table(table, "tg-readings", columns, "Every reading of the video, newest first")


def _width(counts: Any) -> int:
    """Wide enough for the longest count: a narrow cell would cut off its first digits."""
    longest = max((len(exact(int(count))) for count in counts.dropna()), default=0)
    return max(MIN_PIXELS, longest * DIGIT_PIXELS + PADDING_PIXELS)


def readings_file(story: VideoView) -> bytes:
    """The readings as a CSV file that can be imported again."""
    return b"".join(pieces((_row(story, reading) for reading in story.readings), "csv"))


def _row(story: VideoView, reading: Reading) -> ReadingRow:
    about = story.about
    # Without a status: the file has one video of the capture, whatever that was. Where the capture
    # is stored already, its own status stands.
    return ReadingRow(
        story.account.name,
        about.platform_id,
        about.title,
        about.published_at,
        reading.captured_at,
        reading.counts,
        rounded=story.account.rounded,
        source=story.account.platform,
    )


def _note(reading: Reading) -> str:
    """``held back``; where only some metrics are, ``views, likes: held back``."""
    notes = []
    for verdict in dict.fromkeys(reading.doubts.values()):
        metrics = [metric for metric in VIDEO_METRICS if reading.doubts.get(metric) == verdict]
        words = _VERDICTS.get(verdict, verdict)
        notes.append(
            words if len(metrics) == len(VIDEO_METRICS) else f"{', '.join(metrics)}: {words}"
        )
    if reading.status == "partial":
        notes.append("from a partial snapshot")
    return "; ".join(notes)
