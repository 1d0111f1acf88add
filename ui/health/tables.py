"""The tables of the health page: doubtful readings, and the log of snapshots."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from snapshot_core.plural import plural
from snapshot_core.store.captures import CaptureRow, Doubt
from snapshot_core.view.health import Health
from ui.metrics import label_of
from ui.tables import exact_text, integers, moment_text, on_a_phone, show_table, styled

PHONE_ORDER = [
    *("at", "status", "counter", "count", "verdict", "videos", "message"),
    *("video", "accepted", "trigger", "scope"),
]
"""What matters of a row comes first."""
VERDICTS = {
    "held": "Fell steeply; held back until the next snapshot confirms it",
    "gone": "Fell steeply; not confirmed: the video is gone",
    "rejected": "Fell steeply and came back; rejected",
    "negative": "Negative, which no counter can be; refused",
    "too_large": "Larger than any counter; refused",
}
TRIGGERS = {
    "manual": "by hand",
    "baseline": "first one",
    "import": "imported",
    "sample": "sample data",
}
"""The others are called what they are: nightly, hourly."""


def doubtful_readings(view: Health) -> Styler:
    """Readings of an account that are held back, rejected or refused, newest first."""
    rows = view.doubts
    columns = {
        "video": [row.video or "the account itself" for row in rows],
        "counter": [label_of(row.metric) for row in rows],
        "count": integers([row.count for row in rows]),
        "accepted": integers([row.accepted_count for row in rows]),
        "verdict": [VERDICTS.get(row.verdict, row.verdict) for row in rows],
    }
    return _table(view, rows, columns)


def capture_log(view: Health) -> Styler:
    """The captures of an account in the last days, newest first."""
    rows = view.captures
    columns: dict[str, Any] = {
        "status": [row.status for row in rows],
        "trigger": [TRIGGERS.get(row.trigger, row.trigger) for row in rows],
        "scope": ["all videos" if row.scope == "complete" else "newest videos" for row in rows],
        "videos": [row.videos for row in rows],
    }
    messages = [_message(row) for row in rows]
    if any(messages):
        columns["message"] = messages
    return _table(view, rows, columns)


def _table(view: Health, rows: Sequence[Doubt | CaptureRow], columns: Any) -> Styler:
    at = integers([row.captured_at for row in rows])
    formats = {
        "at": moment_text(view.zone, view.now),
        **dict.fromkeys(("count", "accepted", "videos"), exact_text),
    }
    return styled(pd.DataFrame({"at": at, **columns}), formats)


def _message(row: CaptureRow) -> str:
    refused = f"{plural(row.rejected, 'count')} refused." if row.rejected else ""
    return " ".join(part for part in (row.message, refused) if part)


def show(table: Styler, key: str, alt: str) -> None:
    """Show one of the tables above."""
    number, text = st.column_config.NumberColumn, st.column_config.TextColumn
    order = [name for name in PHONE_ORDER if name in table.data] if on_a_phone() else None
    columns = {
        "at": number("Taken at", width=116, alignment="left"),
        "video": text("Video", width=200),
        "counter": text("Metric", width=92),
        "count": number("Reported", width=100),
        "accepted": number("Before", width=100),
        "verdict": text("What happened", width=380),
        "status": text("Status", width=88),
        "trigger": text("Trigger", width=84),
        "scope": text("Scope", width=116),
        "videos": number("Videos", width=72),
        "message": text("Message", width=380),
    }
    show_table(table, key, columns, alt, order)
