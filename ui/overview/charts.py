"""The growth of one metric as figures: its gain over the period, and what each day brought."""

from snapshot_core.view.overview import Overview
from snapshot_core.view.wording.growth import reason
from snapshot_core.windows import DAY
from ui import charts
from ui.html import chart_heading, note, panel
from ui.metrics import label_of


def gain_chart(view: Overview, metric: str) -> charts.Chart:
    """The gain since the period's start, with the period before dotted under it."""
    curve, window, period = view.curves[metric], view.window, view.period
    last, earlier = period.title.capitalize(), period.compared_words.removeprefix("the ")
    growth = view.cards[metric].growth
    if growth.comparable_accounts < growth.accounts:
        earlier += f", {growth.comparable_accounts} of {growth.accounts} accounts"
    mode = "lines+markers" if len(curve.now) <= charts.MAX_MARKED_POINTS else "lines"
    # The name is written out: Plotly's own template puts a space before the colon.
    before = charts.scatter(curve.before, view.zone, "lines", f"{earlier}: %{{y:+,}}") | {
        "name": earlier,
        "line": {"color": charts.BEFORE, "width": 1.5, "dash": "3px,3px"},
    }
    now = charts.scatter(curve.now, view.zone, mode, f"{last}: %{{y:+,}}") | charts.AREA
    now["name"] = last
    ticks = "%H:%M" if window and window.seconds <= 2 * DAY else "%-d %b"
    layout = charts.layout(300, ticks, charts.TO_THE_MINUTE)
    key = [("tg-now", last)] if curve.now else []
    key += [("tg-was", earlier)] if curve.before else []
    if window:
        ends = (window.start, window.end)
        layout["xaxis"]["range"] = [charts.wall_clock(end, view.zone) for end in ends]
        layout["shapes"], break_key = charts.break_lines(
            (each, charts.wall_clock(max(each.start, window.start), view.zone))
            for each in view.cards[metric].growth.breaks
        )
        key += break_key
    charts.set_ticks(layout["yaxis"], [gain for _, gain in (*curve.now, *curve.before)])
    title = chart_heading(f"{label_of(metric)} gained", key)
    return charts.Chart(title, charts.CachedFigure([before, now], layout))


def no_growth(view: Overview, metric: str) -> str:
    """In place of the gain chart and the ledger: why there is no growth."""
    sentence = reason(view.cards[metric].growth, view.period, view.zone, view.now)
    return panel(f"{label_of(metric)} gained", note(sentence))


def daily_chart(view: Overview, metric: str) -> charts.Chart:
    """A bar per calendar day; none where a day is not known."""
    card = view.cards[metric]
    return charts.daily_bars(card.days, metric, 352, card.breaks)
