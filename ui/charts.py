"""Figures: a view in, a Plotly figure out.

Dictionaries and lists go in as JSON will carry them; times are local wall-clock text, for Plotly
knows no zones.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import plotly.graph_objects as go

from snapshot_core.growth.gain_line import DayGrowth
from snapshot_core.view.overview import Overview
from snapshot_core.view.wording.numbers import compact
from ui.growth_text import exact_signed

CONFIG = {"displayModeBar": False, "scrollZoom": False, "doubleClick": False, "showTips": False}
ACCENT, FILL, FAINT, QUIET = "#e11d48", "rgba(225,29,72,.10)", "rgba(225,29,72,.4)", "#8b8b95"

TICKS = 5
NOON, ONE_DAY = time(12), timedelta(days=1)

FEW = 16
"""Up to so many points, each is marked: a line alone would hide how few they are."""


class Drawn(go.Figure):  # type: ignore[misc]
    """A finished figure.

    Streamlit asks for `to_dict()` at every rerun, and Plotly's answer copies and encodes anew; a
    figure of a frozen view needs that once.
    """

    def to_dict(self) -> dict[str, Any]:
        """What Plotly's own gives, computed once."""
        kept = self.__dict__.get("_kept")
        if kept is None:
            kept = self.__dict__["_kept"] = super().to_dict()
        return kept


def layout(height: int, ticks: str, hover: str) -> dict[str, Any]:
    """What all figures share: no toolbar's worth of zooming, quiet axes that begin at zero."""
    return {
        "height": height,
        "margin": {"l": 46, "r": 6, "t": 6, "b": 28},
        "showlegend": False,
        "hovermode": "x unified",
        # However far the next point is: between two snapshots there is no other.
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
        "yaxis": {
            "fixedrange": True,
            "rangemode": "tozero",
            "zeroline": True,
        },
        "font": {"size": 12},
    }


def gain_chart(view: Overview, counter: str) -> Drawn:
    """The gain since the period's start, with the period before dotted under it."""
    curve, window = view.curves[counter], view.window
    words = view.period.words
    before = _line(curve.before, view.zone, f"{words} before") | {
        "line": {"color": QUIET, "width": 1.5, "dash": "dot"},
    }
    now = _line(curve.now, view.zone, f"Last {words}") | {
        "line": {"color": ACCENT, "width": 2.5},
        "marker": {"size": 6},
        "fill": "tozeroy",
        "fillcolor": FILL,
    }
    if len(curve.now) <= FEW:
        now["mode"] = "lines+markers"
    ticks = "%H:%M" if view.period.days == 1 else "%-d %b"
    made = layout(300, ticks, "%a %-d %b, %H:%M")
    if window:
        made["xaxis"]["range"] = [_local(window.start, view.zone), _local(window.end, view.zone)]
    scale(made["yaxis"], [gain for _, gain in (*curve.now, *curve.before)])
    return Drawn([before, now], made)


def has_days(view: Overview, counter: str) -> bool:
    """Whether the growth of any day is known."""
    return any(day.growth is not None for day in view.cards[counter].days)


def day_chart(view: Overview, counter: str) -> Drawn:
    """A bar per calendar day; nothing where a day is unknown."""
    return day_bars(view.cards[counter].days, counter, height=352)


def day_bars(days: Sequence[DayGrowth], counter: str, height: int) -> Drawn:
    """Bars of daily growth: hatched where estimated, dotted while the day goes on."""
    bars = {
        "type": "bar",
        "x": [day.date.isoformat() for day in days],
        "y": [day.growth for day in days],
        "customdata": [_told(day) for day in days],
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": {
            "color": [ACCENT if day.growth is not None else QUIET for day in days],
            "cornerradius": 3,
            "pattern": {
                "shape": ["." if d.so_far else "/" if d.estimated else "" for d in days],
                "fillmode": "replace",
                "size": 6,
                "solidity": 0.45,
            },
        },
        "name": counter,
    }
    made = layout(height, "%-d %b", "%a %-d %b") | {"bargap": 0.35}
    if days:
        # A day at the edge keeps its place, known or not.
        first, last = (datetime.combine(day.date, NOON) for day in (days[0], days[-1]))
        made["xaxis"]["range"] = [(first - ONE_DAY).isoformat(), last.isoformat()]
    scale(made["yaxis"], [day.growth for day in days])
    return Drawn([bars], made)


def _told(day: DayGrowth) -> str:
    """A day's figure with everything there is to say about it."""
    if day.growth is None:
        return "no snapshots to tell"
    remarks = [exact_signed(day.growth)]
    if day.so_far:
        remarks.append("so far")
    if day.estimated:
        remarks.append("estimated")
    if day.hours != 24:
        remarks.append(f"a day of {day.hours:g} hours")
    return ", ".join(remarks)


def _line(points: Sequence[tuple[int, int | None]], zone: ZoneInfo, name: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [_local(at, zone) for at, _ in points],
        "y": [gain for _, gain in points],
        "name": name,
        # Named here: of itself Plotly writes a space before the colon.
        "hovertemplate": f"{name}: %{{y:+,}}<extra></extra>",
        "cliponaxis": False,
    }


def scale(axis: dict[str, Any], counts: Iterable[int | None]) -> None:
    """Mark ``axis`` at round counts, written as on the cards."""
    known = [0, *(count for count in counts if count is not None)]
    low, high = min(known), max(known)
    step = _round_step((high - low) / TICKS)
    values = list(range(low // step * step, high + 1, step))
    axis |= {"tickmode": "array", "tickvals": values, "ticktext": [compact(v) for v in values]}


def _round_step(rough: float) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 … that is at least ``rough``."""
    power = 1
    while True:
        for step in (power, 2 * power, 5 * power):
            if step >= rough:
                return step
        power *= 10


def _local(instant: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(instant, zone).replace(tzinfo=None).isoformat()


def warm_up_plotly() -> None:
    """Draw a figure once, so that Plotly loads what it puts off until then."""
    day_bars([], "", 100).to_dict()
