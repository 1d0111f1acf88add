"""The curves of several videos in one figure, told apart by hue, dashes and a label at the end."""

from typing import Any, Final

from snapshot_core.view.comparison import By, Comparison
from snapshot_core.view.wording.numbers import compact
from snapshot_core.windows import DAY
from ui import charts
from ui.html import chart_heading
from ui.metrics import label_of
from ui.video.head import name_of

HUES: Final = ("#3f74e6", "#0f8f7e", "#b7791f", "#9061d0", "#7c7c87")
"""Of lines, at least 3 to 1 on light and on dark cards."""
DASHES: Final = ("solid", "dash", "dot", "dashdot", "longdash")


def comparison_chart(compared: Comparison, metric: str, by: By) -> charts.Chart:
    """A line for each video."""
    traces: list[dict[str, Any]] = []
    counts: list[int | None] = []
    for number, video in enumerate(compared.videos):
        points = compared.curve(video, metric, by)
        counts += [count for _, count in points]
        name = name_of(video.about)
        trace = charts.scatter(points, video.zone, "lines+text", f"{name}: %{{y:,}}")
        if by == "age":
            trace["x"] = [round(seconds / DAY, 3) for seconds, _ in points]
        last = [""] * (len(points) - 1) + [compact(points[-1][1] or 0)] if points else []
        look = {"color": HUES[number], "width": 2.25, "dash": DASHES[number]}
        traces.append(
            trace | {"name": name, "line": look, "text": last, "textposition": "top left"}
        )
    layout = charts.layout(400, "%-d %b", charts.TO_THE_MINUTE)
    if by == "age":
        layout["xaxis"] |= {"type": "linear", "tickformat": "", "ticksuffix": " d"}
        layout["xaxis"]["hoverformat"] = ".1f"
    charts.set_ticks(layout["yaxis"], counts)
    key = [
        (f"tg-line tg-line-{number}", name_of(video.about))
        for number, video in enumerate(compared.videos, 1)
    ]
    words = "by age" if by == "age" else "by date"
    title = chart_heading(f"{label_of(metric)} {words}", key)
    return charts.Chart(title, charts.CachedFigure(traces, layout))
