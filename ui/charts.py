"""What the figures of all pages share: layout, axes, and the bars of daily growth.

Dictionaries and lists go in as JSON will carry them; times are local wall-clock text, because
Plotly knows no time zones.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import plotly.graph_objects as go
import streamlit as st

from snapshot_core.growth.definitions import DefinitionBreak
from snapshot_core.growth.gain_line import DayGrowth
from snapshot_core.plural import plural
from snapshot_core.view.wording.numbers import calendar_day, compact, exact_signed
from ui.html import chart_heading
from ui.metrics import label_of

DATA, SECOND, BEFORE, MARK, INK = "#000001", "#000002", "#000003", "#000004", "#000005"
SOFT, CARD = "#000006", "#000007"
"""Colours by their place in the theme's chartCategoricalColors (.streamlit/config.toml), in the
names that the browser replaces by those of the theme: a figure serves light and dark."""
AREA = {
    "line": {"color": DATA, "width": 2.25},
    "marker": {"size": 6},
    "fill": "tozeroy",
    "fillcolor": f"{DATA}14",
}
"""How the main line of a figure looks."""
TO_THE_MINUTE = "%a %-d %b, %H:%M"
"""What hovering over a point of a line writes of its instant."""

TARGET_TICKS = 5
NOON, ONE_DAY, DAY_MS = time(12), timedelta(days=1), 86_400_000
MAX_MARKED_POINTS = 16
"""Up to so many points, each has a marker: a line alone would hide how few they are."""


class CachedFigure(go.Figure):  # type: ignore[misc]
    """A finished figure.

    Streamlit calls `to_dict()` at every rerun, and Plotly copies and encodes everything each time;
    a figure of a frozen view needs that once.
    """

    def to_dict(self) -> dict[str, Any]:
        """What Plotly's own method gives, computed once."""
        cached = self.__dict__.get("_dict")
        if cached is None:
            cached = self.__dict__["_dict"] = super().to_dict()
        return cached


class Chart(NamedTuple):
    """A figure and what stands above it: its title and its key (HTML)."""

    heading: str
    figure: CachedFigure


def show_chart(chart: Chart, box: str, key: str, alt: str | None = None) -> None:
    """Show a chart, without a toolbar and without zoom, in a bordered box with the key ``box``."""
    config = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}
    with st.container(border=True, key=box):
        st.html(chart.heading)
        st.plotly_chart(chart.figure, config=config, key=key, alt=alt)


def layout(height: int, ticks: str, hover: str) -> dict[str, Any]:
    """The layout of all figures: no zoom, quiet axes that begin at zero. ``height``: pixels."""
    return {
        "height": height,
        "margin": {"l": 46, "r": 6, "t": 6, "b": 28},
        "showlegend": False,
        "hovermode": "x unified",
        # However far away the next point is: there is none between two snapshots.
        "hoverdistance": -1,
        "dragmode": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "xaxis": {
            "type": "date",
            "fixedrange": True,
            "showgrid": False,
            "tickformat": ticks,
            "nticks": 6,
            "hoverformat": hover,
        },
        "yaxis": {"fixedrange": True, "rangemode": "tozero", "zeroline": True},
        "font": {"size": 12},
    }


def scatter(
    points: Sequence[tuple[int, int | None]], zone: ZoneInfo, mode: str, hover: str
) -> dict[str, Any]:
    """A trace of counts at instants; ``hover``: Plotly's template for what hovering shows."""
    return {
        "type": "scatter",
        "mode": mode,
        "x": [wall_clock(at, zone) for at, _ in points],
        "y": [count for _, count in points],
        "hovertemplate": f"{hover}<extra></extra>",
        "cliponaxis": False,
    }


def break_lines(
    breaks: Iterable[tuple[DefinitionBreak, str]],
) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
    """A line where a platform redefined the counter, and its mark in the key.

    ``breaks``: each with its place on the axis of time, as wall-clock text.
    """
    shapes, key = [], []
    for each, place in breaks:
        shapes.append(
            {
                "type": "line",
                "yref": "paper",
                "y0": 0,
                "y1": 1,
                "x0": place,
                "x1": place,
                "line": {"color": MARK, "width": 1.5, "dash": "dash"},
            }
        )
        key.append(("tg-break", f"{calendar_day(each.day)}: {each.change}"))
    return shapes, key


def daily_bars(
    days: Sequence[DayGrowth], metric: str, height: int, breaks: Sequence[DefinitionBreak] = ()
) -> Chart:
    """A bar per calendar day: hatched where estimated, dotted while the day goes on.

    A day that is not known has no bar; a line stands before one of ``breaks``; the key has only
    the marks that occur. ``height``: pixels.
    """
    bars = {
        "type": "bar",
        "x": [day.date.isoformat() for day in days],
        "y": [day.growth for day in days],
        "customdata": [_day_text(day) for day in days],
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {
            "color": [DATA if day.growth is not None else BEFORE for day in days],
            "cornerradius": 3,
            "pattern": {
                "shape": ["." if d.so_far else "/" if d.estimated else "" for d in days],
                "fillmode": "replace",
                "size": 6,
                "solidity": 0.45,
            },
        },
        "name": metric,
    }
    chart_layout = layout(height, "%-d %b", "%a %-d %b") | {"bargap": 0.35}
    if days:
        # A day at the edge keeps its place, known or not.
        first, last = (datetime.combine(day.date, NOON) for day in (days[0], days[-1]))
        chart_layout["xaxis"]["range"] = [(first - ONE_DAY).isoformat(), last.isoformat()]
        # Among few days, Plotly would write a day's name twice.
        days_apart = -(-len(days) // TARGET_TICKS)
        chart_layout["xaxis"] |= {"tick0": days[0].date.isoformat(), "dtick": days_apart * DAY_MS}
    set_ticks(chart_layout["yaxis"], [day.growth for day in days])
    known = [day for day in days if day.growth is not None]
    key = []
    if any(day.estimated and not day.so_far for day in known):
        key.append(("tg-hatched", "estimated"))
    if any(day.so_far for day in known):
        key.append(("tg-dotted", "so far"))
    if len(known) < len(days):
        key.append(("tg-gap", "not known"))
    shapes, lines_key = break_lines(
        (each, (datetime.combine(each.day, NOON) - ONE_DAY).isoformat())
        for each in breaks
        if days and days[0].date <= each.day <= days[-1].date
    )
    chart_layout["shapes"] = shapes
    heading = chart_heading(f"{label_of(metric)} per day", key + lines_key)
    return Chart(heading, CachedFigure([bars], chart_layout))


def _day_text(day: DayGrowth) -> str:
    if day.growth is None:
        return "not known: no snapshots"
    below = abs(day.growth) < day.resolution
    remarks = [f"< {compact(day.resolution)}" if below else exact_signed(day.growth)]
    if day.so_far:
        remarks.append("so far")
    if day.accounts_missing:
        remarks.append(f"without {plural(day.accounts_missing, 'account')}")
    elif day.estimated:
        remarks.append("estimated")
    if day.hours != 24:
        remarks.append(f"a day of {day.hours:g} hours")
    return ", ".join(remarks)


def set_ticks(axis: dict[str, Any], counts: Iterable[int | None]) -> None:
    """Put ticks on ``axis`` at round counts, written as on the cards."""
    known = [0, *(count for count in counts if count is not None)]
    low, high = min(known), max(known)
    step = _round_step((high - low) / TARGET_TICKS)
    values = list(range(low // step * step, high + 1, step))
    axis |= {"tickmode": "array", "tickvals": values, "ticktext": [compact(v) for v in values]}


def _round_step(minimum: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … that is at least ``minimum``."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if step >= minimum:
                return step
        power *= 10


def wall_clock(instant: int, zone: ZoneInfo) -> str:
    """``2026-11-22T00:00:00`` in ``zone``, without an offset."""
    return datetime.fromtimestamp(instant, zone).replace(tzinfo=None).isoformat()


def warm_up_plotly() -> None:
    """Draw a figure once, so that Plotly imports what it loads on first use."""
    daily_bars([], "", 100).figure.to_dict()
