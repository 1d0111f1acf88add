"""The growth of one metric as figures: its gain over the period, and what each day brought."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from snapshot_core.view.overview import Overview
from snapshot_core.view.wording.growth import reason
from ui.charts import (
    ACCENT,
    ACCENT_FILL,
    MAX_MARKED_POINTS,
    QUIET,
    CachedFigure,
    daily_bars,
    daily_bars_heading,
    layout,
    set_ticks,
    wall_clock,
)
from ui.html import chart_heading, heading, note, panel
from ui.metrics import label_of


def gain_chart(view: Overview, metric: str) -> CachedFigure:
    """The gain since the period's start, with the period before dotted under it."""
    curve, window = view.curves[metric], view.window
    words = view.period.words
    before = _line(curve.before, view.zone, f"{words} before") | {
        "line": {"color": QUIET, "width": 1.5, "dash": "dot"},
    }
    now = _line(curve.now, view.zone, f"Last {words}") | {
        "line": {"color": ACCENT, "width": 2.5},
        "marker": {"size": 6},
        "fill": "tozeroy",
        "fillcolor": ACCENT_FILL,
    }
    if len(curve.now) <= MAX_MARKED_POINTS:
        now["mode"] = "lines+markers"
    ticks = "%H:%M" if view.period.days == 1 else "%-d %b"
    chart_layout = layout(300, ticks, "%a %-d %b, %H:%M")
    if window:
        chart_layout["xaxis"]["range"] = [
            wall_clock(window.start, view.zone),
            wall_clock(window.end, view.zone),
        ]
    set_ticks(chart_layout["yaxis"], [gain for _, gain in (*curve.now, *curve.before)])
    return CachedFigure([before, now], chart_layout)


def gain_heading(view: Overview, metric: str) -> str:
    """Title and key of the gain chart."""
    curve, words = view.curves[metric], view.period.words
    key = [("tg-now", f"Last {words}")] if curve.now else []
    key += [("tg-was", f"{words} before")] if curve.before else []
    return chart_heading(f"{label_of(metric)} gained", key)


def no_growth(view: Overview, metric: str) -> str:
    """In place of the gain chart and the ledger: why there is no growth."""
    sentence = reason(view.cards[metric].growth, view.period, view.zone, view.now)
    return panel(heading(f"{label_of(metric)} gained") + note(sentence))


def has_days(view: Overview, metric: str) -> bool:
    """Whether the growth of any day is known."""
    return any(day.growth is not None for day in view.cards[metric].days)


def daily_chart(view: Overview, metric: str) -> CachedFigure:
    """A bar per calendar day; none where a day is not known."""
    return daily_bars(view.cards[metric].days, metric, height=352)


def daily_heading(view: Overview, metric: str) -> str:
    """Title and key of the daily bars."""
    return daily_bars_heading(view.cards[metric].days, metric)


def _line(points: Sequence[tuple[int, int | None]], zone: ZoneInfo, name: str) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [wall_clock(at, zone) for at, _ in points],
        "y": [gain for _, gain in points],
        "name": name,
        # Written out: Plotly's own template puts a space before the colon.
        "hovertemplate": f"{name}: %{{y:+,}}<extra></extra>",
        "cliponaxis": False,
    }
