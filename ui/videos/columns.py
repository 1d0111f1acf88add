"""The columns of the table of videos: which, how wide, and how their values are written."""

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from typing import Any

import streamlit as st

from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.view.wording.numbers import ago, compact, percent, signed
from ui.charts import ACCENT
from ui.growth_text import counted

CLICKED = "tg-opened"
"""Key of the click on a title."""
GAINED = {metric: f"{metric}_gained" for metric in VIDEO_METRICS}
WIDE = [
    "cover",
    "title",
    "views_gained",
    "growth",
    "note",
    "account",
    "age",
    "trend",
    *VIDEO_METRICS,
]
NARROW = ["cover", "title", "views_gained", "views", "note"]
"""What a phone shows; the page of a video has the rest."""


def column_config(narrow: bool, opened: Callable[[], None]) -> dict[str, Any]:
    """Labels, widths and kinds of the columns; ``narrow`` for a phone.

    A title is a button that calls ``opened``: a row that is selected would have to be ticked, and
    a cell is selected by whoever comes by with the Tab key.
    """
    column = st.column_config
    number = partial(column.NumberColumn, width=74 if narrow else 84)
    gained = {
        GAINED[metric]: number(
            "Gained" if metric == "views" else f"{counted(metric)} gained",
            help=f"{counted(metric)} gained in the period",
        )
        for metric in VIDEO_METRICS
    }
    return {
        "cover": column.ImageColumn("Cover", width=52),
        "title": column.ButtonColumn(
            "Video",
            width=152 if narrow else 210,
            type="tertiary",
            alignment="left",
            on_click=opened,
            key=CLICKED,
        ),
        "note": column.TextColumn("Note", width=104),
        "account": column.TextColumn("Account", width=110),
        "age": column.NumberColumn("Published", width=104, alignment="left"),
        "growth": number("Growth", help="Views gained, of the views at the period's start"),
        "trend": column.AreaChartColumn(
            "By day", width=120, help="Views gained per day", color=ACCENT
        ),
        **{metric: number(counted(metric)) for metric in VIDEO_METRICS},
        **gained,
    }


def formats(now: int) -> dict[str, Callable[[Any], str]]:
    """How the values of each column are written at the instant ``now``."""

    def nothing(_: object) -> str:  # drawn, not written
        return ""

    return {
        "cover": nothing,
        "trend": nothing,
        "age": lambda at: ago(max(0, now - int(at))),
        "growth": lambda value: percent(Decimal(str(value))),
        **{metric: lambda count: compact(int(count)) for metric in VIDEO_METRICS},
        **{name: lambda count: signed(int(count)) for name in GAINED.values()},
    }
