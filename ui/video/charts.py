"""One video as figures: its running total, and what each day brought."""

from itertools import groupby
from typing import Any

from snapshot_core.growth.charts.bars import Bar
from snapshot_core.view.video import VideoView
from snapshot_core.view.wording.numbers import exact
from snapshot_core.windows import DAY
from ui import charts
from ui.html import chart_heading
from ui.metrics import label_of

FEW_DAYS_SECONDS = 4 * DAY
VERDICTS = {
    "held": "held back until the next snapshot confirms it",
    "rejected": "rejected: the next snapshot was back to normal",
}


def history_chart(story: VideoView, metric: str) -> charts.Chart:
    """Accepted readings as a line, with a gap where a snapshot is missing.

    Corrections are triangles on the line; readings that growth leaves out are hollow circles
    beside it. The period is shaded. The key has only the marks that occur.
    """
    line, counts = story.curve(metric), dict(story.accepted[metric])
    falls, doubtful = story.corrections[metric], story.doubtful(metric)
    corrections = _marks(
        story,
        [(at, counts[at], f"the platform took back {exact(lost)}") for at, lost in falls],
        {"symbol": "triangle-down", "size": 12, "color": charts.MARK},
    )
    doubts = _marks(
        story,
        [
            (at, count, f"{exact(count)}: {VERDICTS.get(verdict, verdict)}")
            for at, count, verdict in doubtful
        ],
        {"symbol": "circle-open", "size": 10, "color": charts.MARK, "line": {"width": 2}},
    )
    layout = charts.layout(300, "%-d %b", charts.TO_THE_MINUTE)
    charts.set_ticks(layout["yaxis"], [count for _, count in line])
    if line and line[-1][0] - line[0][0] < FEW_DAYS_SECONDS:
        # Of so few days the hours are marked; the day stands below, where it changes.
        layout["xaxis"]["tickformat"] = "%H:%M\n%-d %b"
        layout["margin"]["b"] += 16
    key = []
    if story.window is not None and line:
        layout["shapes"] = [_shade(story)]
        key.append(("tg-period", story.period.title))
    key += [("tg-gap", "no snapshot")] if any(count is None for _, count in line) else []
    key += [("tg-fall", "correction")] if falls else []
    key += [("tg-doubt", "left out")] if doubtful else []
    shapes, breaks = charts.break_lines(
        (each, charts.wall_clock(max(each.start, line[0][0]), story.zone))
        for each in story.breaks[metric]
    )
    layout["shapes"] = [*layout.get("shapes", []), *shapes]
    begins = bool(line) and line[0] == (story.about.begins_at, 0)
    words = "since publication" if begins else "in total"
    title = chart_heading(f"{label_of(metric)} {words}", key + breaks)
    figure = charts.CachedFigure([*_stretches(story, line), corrections, doubts], layout)
    return charts.Chart(title, figure)


def has_history(story: VideoView, metric: str) -> bool:
    """Whether there is anything to draw of a metric."""
    return bool(story.accepted[metric] or story.doubtful(metric))


def has_days(story: VideoView, metric: str) -> bool:
    """Whether days can be compared: one that stands alone says what the card says."""
    return sum(day.growth is not None for day in story.days[metric]) > 1


def daily_chart(story: VideoView, metric: str) -> charts.Chart:
    """A bar per calendar day since the first reading."""
    bars = [Bar(day, day.growth) for day in story.days[metric]]
    return charts.daily_bars(bars, metric, 292, story.breaks[metric])


def _stretches(story: VideoView, line: list[tuple[int, int | None]]) -> list[dict[str, Any]]:
    """A trace per unbroken stretch: Plotly would fill the area under a gap, too."""
    traces = []
    for known, stretch in groupby(line, key=lambda point: point[1] is not None):
        if known:
            points = list(stretch)
            marked = len(line) <= charts.MAX_MARKED_POINTS or len(points) == 1
            mode = "lines+markers" if marked else "lines"
            traces.append(charts.scatter(points, story.zone, mode, "%{y:,}") | charts.AREA)
    return traces


def _marks(
    story: VideoView, marks: list[tuple[int, int, str]], marker: dict[str, Any]
) -> dict[str, Any]:
    points = [(at, count) for at, count, _ in marks]
    trace = charts.scatter(points, story.zone, "markers", "%{customdata}")
    return trace | {"customdata": [text for _, _, text in marks], "marker": marker}


def _shade(story: VideoView) -> dict[str, Any]:
    assert story.window is not None
    # Tracking may begin after the period does: a shade without a line under it says nothing.
    first = min((reading.captured_at for reading in story.readings), default=story.window.start)
    return {
        "type": "rect",
        "layer": "below",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "x0": charts.wall_clock(max(story.window.start, first), story.zone),
        "x1": charts.wall_clock(story.window.end, story.zone),
        "fillcolor": "rgba(139,139,149,.12)",
        "line": {"width": 0},
    }
