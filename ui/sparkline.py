"""A sparkline without a chart library: the one kind that cards, tables and rows of videos use.

It stands on zero, has its own scale, and leaves out today, whose part-day would be a fall.
Estimated days are dotted; days that are not known are open.

`st.metric(chart_data=…)` would pull in Vega (1.5 s on a first visit), and `st.html` strips inline
`<svg>`. So the line is an SVG *mask* over a colour of the style sheet: one declaration follows the
theme, light or dark, with no rerun.
"""

from collections.abc import Sequence
from html import escape
from itertools import groupby, pairwise
from typing import Final
from urllib.parse import quote

from snapshot_core.growth.day_gains import DayGain
from snapshot_core.view.shown_metrics import MAIN_METRIC
from snapshot_core.view.videos_table import VideoRow
from snapshot_core.windows import DAY
from ui.metrics import label_of

WIDTH, HEIGHT, MARGIN = 200, 40, 3
STROKE_PIXELS: Final = 1.5
CARD_STROKE_PIXELS: Final = 1.75

Stop = tuple[float, float, bool]
"""A point of the line: its place, and whether its day is estimated."""


def sparkline(days: Sequence[DayGain], label: str, stroke: float = STROKE_PIXELS) -> str:
    """Markup for one line; empty where fewer than two days are known.

    ``label`` is for screen readers; ``stroke``: the line's width in pixels.
    """
    if sum(day.gain is not None for day in days) < 2:
        return ""
    return (
        f'<span class="tg-spark" role="img" aria-label="{escape(label)}" '
        f'style="--line:url(&quot;data:image/svg+xml,{_mask(days, stroke)}&quot;)"></span>'
    )


def video_line(video: VideoRow, now: int) -> str:
    """The line of one video; of one that is not a day old, that it is."""
    published = video.about.published_at
    if published is not None and now - published < DAY:
        return '<span class="tg-first-day">first day</span>'
    return sparkline(video.sparkline, f"{label_of(MAIN_METRIC)} gained per day")


def _mask(days: Sequence[DayGain], stroke: float) -> str:
    known = [day.gain for day in days if day.gain is not None]
    low, high = min((0, *known)), max((0, *known))
    step, span = WIDTH / max(1, len(days) - 1), (high - low) or 1

    def height(number: int) -> float:
        return HEIGHT - MARGIN - (number - low) / span * (HEIGHT - 2 * MARGIN)

    shapes = []
    for has_numbers, run in groupby(enumerate(days), key=lambda place: place[1].gain is not None):
        if not has_numbers:
            continue
        stops: list[Stop] = [
            (number * step, height(day.gain or 0), day.estimated) for number, day in run
        ]
        if len(stops) == 1:  # a lone day is a short stroke
            x, y, estimated = stops[0]
            ends = max(0.0, x - step / 4), min(float(WIDTH), x + step / 4)
            stops = [(end, y, estimated) for end in ends]
        floor = f"{stops[-1][0]:.0f},{height(0):.1f} {stops[0][0]:.0f},{height(0):.1f}"
        shapes.append(f'<polygon points="{_points(stops)} {floor}" opacity=".12"/>')
        shapes += _lines(stops, stroke)
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="none">{"".join(shapes)}</svg>'
    )
    return quote(svg.replace('"', "'"), safe=" =/:,.'-")


def _lines(stops: Sequence[Stop], stroke: float) -> list[str]:
    """Lines through ``stops``: dotted to and from what is estimated."""
    lines = []
    steps = [(before, after, before[2] or after[2]) for before, after in pairwise(stops)]
    for dotted, run in groupby(steps, key=lambda step: step[2]):
        parts = list(run)
        points = _points([parts[0][0], *(after for _, after, _ in parts)])
        dots = ' stroke-dasharray="2 2.5"' if dotted else ""
        lines.append(
            f'<polyline points="{points}" fill="none" stroke="#000" stroke-width="{stroke}"{dots} '
            'stroke-linejoin="round" vector-effect="non-scaling-stroke"/>'
        )
    return lines


def _points(stops: Sequence[Stop]) -> str:
    return " ".join(f"{x:.0f},{y:.1f}" for x, y, _ in stops)
