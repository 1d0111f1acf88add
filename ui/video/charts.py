"""One video as figures: its running total, and what each day brought."""

from collections.abc import Iterator
from typing import Any

from snapshot_core.view.video import VideoStory
from snapshot_core.view.wording.numbers import exact
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
from ui.html import chart_heading
from ui.metrics import label_of

VERDICTS = {
    "held": "held back until the next snapshot confirms it",
    "rejected": "rejected: the next snapshot was back to normal",
}


def history_chart(story: VideoStory, metric: str) -> CachedFigure:
    """Accepted readings as a line, with a gap where a snapshot is missing.

    Corrections are triangles on the line; readings that growth leaves out are hollow circles
    beside it. The period is shaded.
    """
    line = story.curve(metric)
    counts = dict(story.accepted[metric])
    corrections = _marks(
        story,
        [
            (at, counts[at], f"the platform took back {exact(lost)}")
            for at, lost in story.corrections[metric]
        ],
        {"symbol": "triangle-down", "size": 12, "color": QUIET},
    )
    doubts = _marks(
        story,
        [
            (at, count, f"{exact(count)}: {VERDICTS.get(verdict, verdict)}")
            for at, count, verdict in story.doubtful(metric)
        ],
        {"symbol": "circle-open", "size": 10, "color": QUIET, "line": {"width": 2}},
    )
    chart_layout = layout(300, "%-d %b", "%a %-d %b, %H:%M")
    set_ticks(chart_layout["yaxis"], [count for _, count in line])
    if story.window is not None and line:
        chart_layout["shapes"] = [_shade(story)]
    return CachedFigure([*_runs(story, line), corrections, doubts], chart_layout)


def history_heading(story: VideoStory, metric: str) -> str:
    """Title and key: only the marks that occur."""
    line = story.curve(metric)
    key = [("tg-period", f"last {story.period.words}")] if story.window and line else []
    key += [("tg-gap", "no snapshot")] if any(count is None for _, count in line) else []
    key += [("tg-fall", "correction")] if story.corrections[metric] else []
    key += [("tg-doubt", "left out")] if story.doubtful(metric) else []
    return chart_heading(f"{label_of(metric)} in total", key)


def daily_chart(story: VideoStory, metric: str) -> CachedFigure:
    """A bar per calendar day since the first reading."""
    return daily_bars(story.days[metric], metric, height=292)


def daily_heading(story: VideoStory, metric: str) -> str:
    """Title and key of the bars."""
    return daily_bars_heading(story.days[metric], metric)


def _runs(story: VideoStory, line: list[tuple[int, int | None]]) -> Iterator[dict[str, Any]]:
    """A trace per unbroken stretch: Plotly would fill the area under a gap, too."""
    runs: list[list[tuple[int, int]]] = [[]]
    for at, count in line:
        if count is None:
            runs.append([])
        else:
            runs[-1].append((at, count))
    for run in runs:
        marked = len(line) <= MAX_MARKED_POINTS or len(run) == 1
        yield {
            "type": "scatter",
            "mode": "lines+markers" if marked else "lines",
            "x": [wall_clock(at, story.zone) for at, _ in run],
            "y": [count for _, count in run],
            "line": {"color": ACCENT, "width": 2.5},
            "marker": {"size": 6},
            "fill": "tozeroy",
            "fillcolor": ACCENT_FILL,
            "hovertemplate": "%{y:,}<extra></extra>",
            "cliponaxis": False,
        }


def _marks(
    story: VideoStory, points: list[tuple[int, int, str]], marker: dict[str, Any]
) -> dict[str, Any]:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [wall_clock(at, story.zone) for at, _, _ in points],
        "y": [count for _, count, _ in points],
        "customdata": [text for _, _, text in points],
        "hovertemplate": "%{customdata}<extra></extra>",
        "marker": marker,
        "cliponaxis": False,
    }


def _shade(story: VideoStory) -> dict[str, Any]:
    assert story.window is not None
    # Tracking may begin after the period does: a shade without a line under it says nothing.
    first = min((reading.captured_at for reading in story.readings), default=story.window.start)
    return {
        "type": "rect",
        "layer": "below",
        "yref": "paper",
        "y0": 0,
        "y1": 1,
        "x0": wall_clock(max(story.window.start, first), story.zone),
        "x1": wall_clock(story.window.end, story.zone),
        "fillcolor": "rgba(139,139,149,.12)",
        "line": {"width": 0},
    }
