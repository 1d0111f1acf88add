"""A sparkline without a chart library.

`st.metric(chart_data=…)` would pull in Vega (1.5 s on a first visit), and `st.html` strips inline
`<svg>`. So the line is an SVG *mask* over the current text colour: one declaration follows the
theme, light or dark, with no rerun.
"""

from collections.abc import Sequence
from html import escape
from itertools import groupby
from urllib.parse import quote

WIDTH, HEIGHT, MARGIN = 200, 40, 3

Numbers = Sequence[int | None]


def sparkline(numbers: Numbers, label: str) -> str:
    """Markup for one line; a gap where a number is None. ``label`` is for screen readers."""
    image = _mask(numbers)
    return (
        f'<span class="tg-spark" role="img" aria-label="{escape(label)}" '
        f'style="--line:url(&quot;data:image/svg+xml,{image}&quot;)"></span>'
    )


def _mask(numbers: Numbers) -> str:
    known = [number for number in numbers if number is not None]
    low, high = min((0, *known)), max((0, *known))
    step, span = WIDTH / max(1, len(numbers) - 1), (high - low) or 1

    def height(number: int) -> float:
        return HEIGHT - MARGIN - (number - low) / span * (HEIGHT - 2 * MARGIN)

    shapes = []
    for has_numbers, run in groupby(enumerate(numbers), key=lambda place: place[1] is not None):
        if not has_numbers:
            continue
        stops = [(day * step, height(number)) for day, number in run if number is not None]
        if len(stops) == 1:  # a lone day is a short stroke
            x, y = stops[0]
            stops = [(max(0.0, x - step / 4), y), (min(float(WIDTH), x + step / 4), y)]
        points = " ".join(f"{x:.0f},{y:.1f}" for x, y in stops)
        floor = f"{stops[-1][0]:.0f},{height(0):.1f} {stops[0][0]:.0f},{height(0):.1f}"
        shapes.append(f'<polygon points="{points} {floor}" opacity=".12"/>')
        shapes.append(
            f'<polyline points="{points}" fill="none" stroke="#000" stroke-width="1.75" '
            'stroke-linejoin="round" vector-effect="non-scaling-stroke"/>'
        )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'preserveAspectRatio="none">{"".join(shapes)}</svg>'
    )
    return quote(svg.replace('"', "'"), safe=" =/:,.'-")
