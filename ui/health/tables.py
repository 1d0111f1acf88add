"""The tables of the health page: readings not taken at face value, and the log of captures."""

from typing import Any

import pandas as pd
import streamlit as st

from snapshot_core.view.health import Health
from snapshot_core.view.wording.numbers import exact, moment
from ui.growth_text import counted
from ui.tables import UNKNOWN, on_a_phone, styled

ROW = 36
MOST_ROWS = 10
NARROW = [
    *("at", "status", "counter", "count", "verdict", "videos", "message"),
    *("video", "account", "accepted", "trigger", "scope"),
]
VERDICTS = {
    "held": "Fell steeply; held back until the next snapshot confirms it",
    "gone": "Fell steeply; not confirmed: the video is gone",
    "rejected": "Fell steeply and came back; not believed",
    "negative": "Negative, which no counter can be; refused",
    "too_large": "Larger than any counter; refused",
}
TRIGGERS = {
    "nightly": "nightly",
    "hourly": "hourly",
    "manual": "by hand",
    "baseline": "first one",
    "import": "imported",
    "sample": "made up",
}


def doubts(view: Health, several: bool) -> Any:
    """Readings held back, not believed or refused, newest first."""
    rows = view.doubts
    columns: dict[str, Any] = {
        "at": pd.array([row.captured_at for row in rows], "Int64"),
        "account": [row.account for row in rows],
        "video": [row.video or "the account itself" for row in rows],
        "counter": [counted(row.metric.replace("_", " ")) for row in rows],
        "count": pd.array([row.count for row in rows], "Int64"),
        "accepted": pd.array([row.accepted_count for row in rows], "Int64"),
        "verdict": [VERDICTS.get(row.verdict, row.verdict) for row in rows],
    }
    if not several:
        del columns["account"]
    counts = dict.fromkeys(("count", "accepted"), lambda count: exact(int(count)))
    return styled(pd.DataFrame(columns), {"at": _moment(view), **counts})


def log(view: Health, several: bool) -> Any:
    """The captures of the last days, newest first."""
    rows = view.captures
    columns: dict[str, Any] = {
        "at": pd.array([row.captured_at for row in rows], "Int64"),
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
    formats = {"at": _moment(view), "videos": exact}
    return styled(pd.DataFrame(columns), formats)


def show(table: Any, rows: int, key: str, alt: str) -> None:
    """One of the tables above; on a phone, what is said of a row comes before whose it is."""
    column, names = st.column_config, list(table.data)
    st.dataframe(
        table,
        key=key,
        hide_index=True,
        row_height=ROW,
        height=ROW * min(rows, MOST_ROWS) + 38,
        placeholder=UNKNOWN,
        column_order=[name for name in NARROW if name in names] if on_a_phone() else None,
        column_config={
            "at": column.NumberColumn("Taken at", width=116, alignment="left"),
            "account": column.TextColumn("Account", width=120),
            "video": column.TextColumn("Video", width=200),
            "counter": column.TextColumn("Counter", width=92),
            "count": column.NumberColumn("Was given", width=100),
            "accepted": column.NumberColumn("Instead of", width=100),
            "verdict": column.TextColumn("What happened", width=380),
            "status": column.TextColumn("Status", width=88),
            "trigger": column.TextColumn("How", width=84),
            "scope": column.TextColumn("Scope", width=116),
            "videos": column.NumberColumn("Videos", width=72),
            "message": column.TextColumn("Message", width=380),
        },
        alt=alt,
    )


def _moment(view: Health) -> Any:
    return lambda at: moment(int(at), view.zone, view.now)


def _message(message: str | None, rejected: int) -> str:
    refused = f"{rejected:,} count{'' if rejected == 1 else 's'} refused." if rejected else ""
    return " ".join(part for part in (message, refused) if part)
