"""The history of one video as figures: its running total, and what each day brought."""

from collections.abc import Iterator
from typing import Any

from snapshot_core.view.video import VideoStory
from snapshot_core.view.wording.numbers import exact
from ui.charts import ACCENT, FEW, FILL, QUIET, Drawn, day_bars, layout, scale
from ui.growth_text import counted
from ui.html import heading
from ui.times import wall_clock
from ui.video.texts import keys_of

VERDICTS = {
    "held": "held back until the next snapshot confirms it",
    "rejected": "not believed: the next snapshot was whole again",
}


def history_chart(story: VideoStory, metric: str) -> Drawn:
    """Accepted readings as a line that is broken where a snapshot is missing.

    Corrections stand on the line as triangles. Readings that were not believed are hollow and
    stand alone. The period is shaded.
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
    made = layout(300, "%-d %b", "%a %-d %b, %H:%M")
    scale(made["yaxis"], [count for _, count in line])
    if story.window is not None and line:
        made["shapes"] = [_shade(story)]
    return Drawn([*_runs(story, line), corrections, doubts], made)


def history_key(story: VideoStory, metric: str) -> str:
    """Title and key: only what is there to be explained."""
    line = story.curve(metric)
    keys = [("tg-period", f"last {story.period.words}")] if story.window and line else []
    keys += [("tg-gap", "no snapshot")] if any(count is None for _, count in line) else []
    keys += [("tg-fall", "correction")] if story.corrections[metric] else []
    keys += [("tg-doubt", "not believed")] if story.doubtful(metric) else []
    return heading(f"{counted(metric)} in total", keys_of(keys))


def daily_chart(story: VideoStory, metric: str) -> Drawn:
    """A bar per calendar day since the first reading."""
    return day_bars(story.days[metric], metric, height=292)


def daily_key(story: VideoStory, metric: str) -> str:
    """Title and key of the bars."""
    days = story.days[metric]
    keys = []
    if any(day.estimated and day.growth is not None for day in days):
        keys.append(("tg-hatched", "estimated"))
    if any(day.so_far and day.growth is not None for day in days):
        keys.append(("tg-dotted", "so far"))
    if any(day.growth is None for day in days):
        keys.append(("tg-gap", "not known"))
    return heading(f"{counted(metric)} per day", keys_of(keys))


def _runs(story: VideoStory, line: list[tuple[int, int | None]]) -> Iterator[dict[str, Any]]:
    """A trace per unbroken stretch: Plotly would fill the ground under a gap, too."""
    whole: list[list[tuple[int, int]]] = [[]]
    for at, count in line:
        if count is None:
            whole.append([])
        else:
            whole[-1].append((at, count))
    for run in whole:
        marked = len(line) <= FEW or len(run) == 1
        yield {
            "type": "scatter",
            "mode": "lines+markers" if marked else "lines",
            "x": [wall_clock(at, story.zone) for at, _ in run],
            "y": [count for _, count in run],
            "line": {"color": ACCENT, "width": 2.5},
            "marker": {"size": 6},
            "fill": "tozeroy",
            "fillcolor": FILL,
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
    # Captures may begin after the period does: a shade without a line under it says nothing.
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
