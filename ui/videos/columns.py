"""The columns of the table of videos: which, how wide, and how their values are written."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

import streamlit as st

from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.view.shown_metrics import MAIN_METRIC
from snapshot_core.view.wording.numbers import ago, compact, percent, signed
from ui.metrics import label_of

TITLE_CLICK = "tg-title-click"
"""Key of the click on a title."""
GAINED = {metric: f"{metric}_gained" for metric in VIDEO_METRICS}


def column_order(metrics: Sequence[str], narrow: bool) -> list[str]:
    """The columns shown at first; on a phone fewer: the page of a video has the rest.

    The table's own menu offers the others, such as ``Likes gained``.
    """
    if narrow:
        return ["cover", "title", GAINED[MAIN_METRIC], MAIN_METRIC, "note"]
    gained = GAINED[MAIN_METRIC]
    return ["cover", "title", gained, "growth", "note", "account", "age", "trend", *metrics]


def column_config(narrow: bool, on_title: Callable[[], None]) -> dict[str, Any]:
    """Labels, widths and kinds of the columns; ``narrow`` for a phone.

    A title is a button that calls ``on_title``: a row would have to be ticked to be selected, and
    a cell is selected by whoever passes it with the Tab key.
    """
    column, label = st.column_config, label_of(MAIN_METRIC)
    number = partial(column.NumberColumn, width=74 if narrow else 84)
    gained = {
        name: number(
            "Gained" if metric == MAIN_METRIC else f"{label_of(metric)} gained",
            help=f"{label_of(metric)} gained in the period",
        )
        for metric, name in GAINED.items()
    }
    return {
        "cover": column.ImageColumn("Cover", width=52),
        "title": column.ButtonColumn(
            "Video",
            width=152 if narrow else 210,
            type="tertiary",
            alignment="left",
            on_click=on_title,
            key=TITLE_CLICK,
        ),
        "note": column.TextColumn("Note", width=104),
        "account": column.TextColumn("Account", width=110),
        "age": column.NumberColumn("Published", width=104, alignment="left"),
        "growth": number("Growth", help=f"{label} gained, as a share of those before the period"),
        "trend": column.AreaChartColumn(
            "By day", width=120, help=f"{label} gained per day", color="blue"
        ),
        **gained,
        **{metric: number(label_of(metric)) for metric in VIDEO_METRICS},
    }


def formats(now: int) -> dict[str, Callable[[Any], str]]:
    """How the values of each column are written at the instant ``now``."""

    def no_text(_: object) -> str:  # an image and a chart
        return ""

    return {
        "cover": no_text,
        "trend": no_text,
        "age": lambda at: ago(max(0, now - int(at))),
        "growth": lambda value: percent(Decimal(str(value))),
        **dict.fromkeys(GAINED.values(), lambda count: signed(int(count))),
        **dict.fromkeys(VIDEO_METRICS, lambda count: compact(int(count))),
    }
