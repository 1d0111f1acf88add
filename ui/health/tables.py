"""The tables of the health page: doubtful readings, and the log of snapshots."""

from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from snapshot_core.view.health import Health
from snapshot_core.view.wording.numbers import exact
from ui.metrics import label_of
from ui.tables import exact_text, integers, moment_text, on_a_phone, show_table, styled
from ui.wording import plural

PHONE_ORDER = [
    *("at", "status", "counter", "count", "verdict", "videos", "message"),
    *("video", "account", "accepted", "trigger", "scope"),
]
"""What matters of a row comes before the account it belongs to."""
VERDICTS = {
    "held": "Fell steeply; held back until the next snapshot confirms it",
    "gone": "Fell steeply; not confirmed: the video is gone",
    "rejected": "Fell steeply and came back; rejected",
    "negative": "Negative, which no counter can be; refused",
    "too_large": "Larger than any counter; refused",
}
TRIGGERS = {
    "nightly": "nightly",
    "hourly": "hourly",
    "manual": "by hand",
    "baseline": "first one",
    "import": "imported",
    "sample": "sample data",
}


def doubtful_readings(view: Health, several: bool) -> Styler:
    """Readings held back, rejected or refused, newest first. ``several``: with their accounts."""
    rows = view.doubts
    columns: dict[str, Any] = {
        "at": integers([row.captured_at for row in rows]),
        "account": [row.account for row in rows],
        "video": [row.video or "the account itself" for row in rows],
        "counter": [label_of(row.metric) for row in rows],
        "count": integers([row.count for row in rows]),
        "accepted": integers([row.accepted_count for row in rows]),
        "verdict": [VERDICTS.get(row.verdict, row.verdict) for row in rows],
    }
    if not several:
        del columns["account"]
    formats = {
        "at": moment_text(view.zone, view.now),
        "count": exact_text,
        "accepted": exact_text,
    }
    return styled(pd.DataFrame(columns), formats)


def capture_log(view: Health, several: bool) -> Styler:
    """The captures of the last days, newest first. ``several``: with their accounts."""
    rows = view.captures
    columns: dict[str, Any] = {
        "at": integers([row.captured_at for row in rows]),
        "account": [row.account for row in rows],
        "status": [row.status for row in rows],
        "trigger": [TRIGGERS.get(row.trigger, row.trigger) for row in rows],
        "scope": ["all videos" if row.scope == "complete" else "newest videos" for row in rows],
        "videos": [row.videos for row in rows],
        "message": [_message(row.message, row.rejected) for row in rows],
    }
    if not several:
        del columns["account"]
    if not any(columns["message"]):
        del columns["message"]
    formats = {"at": moment_text(view.zone, view.now), "videos": exact}
    return styled(pd.DataFrame(columns), formats)


def show(table: Styler, key: str, alt: str) -> None:
    """Show one of the tables above."""
    column, names = st.column_config, list(table.data)
    order = [name for name in PHONE_ORDER if name in names] if on_a_phone() else None
    columns = {
        "at": column.NumberColumn("Taken at", width=116, alignment="left"),
        "account": column.TextColumn("Account", width=120),
        "video": column.TextColumn("Video", width=200),
        "counter": column.TextColumn("Metric", width=92),
        "count": column.NumberColumn("Reported", width=100),
        "accepted": column.NumberColumn("Before", width=100),
        "verdict": column.TextColumn("What happened", width=380),
        "status": column.TextColumn("Status", width=88),
        "trigger": column.TextColumn("Trigger", width=84),
        "scope": column.TextColumn("Scope", width=116),
        "videos": column.NumberColumn("Videos", width=72),
        "message": column.TextColumn("Message", width=380),
    }
    show_table(table, key, columns, alt, order)


def _message(message: str | None, rejected: int) -> str:
    refused = f"{plural(rejected, 'count')} refused." if rejected else ""
    return " ".join(part for part in (message, refused) if part)
