"""The running gain of a period: what was read, what was not, and what happened meanwhile."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from html import escape
from itertools import pairwise
from typing import Any, Final

from snapshot_core.growth.growth import Growth
from snapshot_core.view.overview import Overview
from snapshot_core.view.wording.growth import earlier_gain, gain, reason
from snapshot_core.view.wording.numbers import moment
from snapshot_core.windows import DAY, Window, midnight
from ui import charts
from ui.html import chart_heading, note, panel
from ui.metrics import label_of

Points = Sequence[tuple[int, int | None]]

HEIGHT_PIXELS: Final = 320
UNREAD_DASH, BEFORE_DASH = "6px,5px", "3px,3px"


def gain_chart(view: Overview, metric: str) -> charts.Chart:
    """The gain since the period's start, or since tracking began; the period before dotted under
    it, stretches that nobody read dashed, publications and notes marked.
    """
    curve, window = view.curves[metric], view.shown_window(metric)
    growth = view.cards[metric].growth
    shown, last = growth.known, _name(view, growth)
    earlier = view.period.compared_words.removeprefix("the ")
    if growth.comparable_accounts < growth.accounts:
        earlier += f", {growth.comparable_accounts} of {growth.accounts} accounts"
    traces = [_before(view, curve.before, earlier), *_now(view, curve.now, curve.unread, last)]
    ticks = "%H:%M" if window and window.seconds <= 2 * DAY else "%-d %b"
    layout = charts.layout(HEIGHT_PIXELS, ticks, charts.TO_THE_MINUTE)
    charts.set_ticks(layout["yaxis"], [gain for _, gain in (*curve.now, *curve.before)])
    layout["annotations"] = _ends(view, shown, metric)
    key = [("tg-now", last)] if curve.now else []
    key += [("tg-unread", "not read, estimated")] if curve.unread else []
    key += [("tg-was", earlier)] if curve.before else []
    if window:
        layout["xaxis"]["range"] = [charts.wall_clock(end, view.zone) for end in _edges(window)]
        layout["shapes"], breaks = charts.break_lines(
            (each, charts.wall_clock(max(each.start, window.start), view.zone))
            for each in shown.breaks
        )
        marks = list(_published(view, window))
        written = list(_notes(view, window))
        layout["annotations"] += [*marks, *written]
        layout["shapes"] += [_upright(each["x"]) for each in written]
        key += [("tg-published", "video published")] if marks else []
        key += [("tg-noted", "your note")] if written else []
        key += breaks
    title = chart_heading(_title(view, metric), key)
    return charts.Chart(title, charts.CachedFigure(traces, layout))


def no_growth(view: Overview, metric: str) -> str:
    """In place of the gain chart and the ledger: why there is no growth."""
    sentence = reason(view.cards[metric].growth, view.period, view.zone, view.now)
    return panel(f"{label_of(metric)} gained", note(sentence))


def _name(view: Overview, growth: Growth) -> str:
    return "Since tracking began" if growth.growth is None else view.period.title.capitalize()


def _title(view: Overview, metric: str) -> str:
    known = view.cards[metric].growth.growth is not None
    return f"{label_of(metric)} gained{'' if known else ' since tracking began'}"


def _edges(window: Window) -> tuple[int, int]:
    """The ends of the axis: the last point is not cut in half."""
    return window.start, window.end + max(1, window.seconds // 200)


def _before(view: Overview, points: Points, name: str) -> dict[str, Any]:
    # The name is written out: Plotly's own template puts a space before the colon.
    return charts.scatter(points, view.zone, "lines", f"{name}: %{{y:+,}}") | {
        "name": name,
        "line": {"color": charts.BEFORE, "width": 1.5, "dash": BEFORE_DASH},
    }


def _now(
    view: Overview, points: Points, unread: Sequence[Window], name: str
) -> Iterator[dict[str, Any]]:
    """The area, which answers to the pointer; over it what was read, what was not, and the end."""
    area = charts.scatter(points, view.zone, "lines", f"{name}: %{{y:+,}}") | charts.AREA
    yield area | {"name": name, "line": charts.AREA["line"] | {"width": 0}}
    marked = "lines+markers" if len(points) <= charts.MAX_MARKED_POINTS else "lines"
    read = charts.scatter(_read(points, unread), view.zone, marked, "") | charts.AREA
    yield read | {"fill": "none", "hoverinfo": "skip"}
    if unread:
        dashed = charts.scatter(_unread(points, unread), view.zone, "lines+markers", "")
        yield dashed | {
            "hoverinfo": "skip",
            "line": charts.AREA["line"] | {"dash": UNREAD_DASH},
            "marker": {
                "size": 7,
                "color": charts.CARD,
                "line": {"color": charts.DATA, "width": 1.75},
            },
        }
    if points:
        end = charts.scatter(points[-1:], view.zone, "markers", "")
        yield end | {"hoverinfo": "skip", "marker": {"size": 9, "color": charts.DATA}}


def _read(points: Points, unread: Sequence[Window]) -> Points:
    """The line without its unread stretches."""
    line: list[tuple[int, int | None]] = list(points[:1])
    for (before, _), after in pairwise(points):
        if _inside(before, after[0], unread):
            line.append((before, None))
        line.append(after)
    return line


def _unread(points: Points, unread: Sequence[Window]) -> Points:
    """The unread stretches alone, each a line of its own."""
    line: list[tuple[int, int | None]] = []
    for before, after in pairwise(points):
        if _inside(before[0], after[0], unread):
            line += [before, after] if not line or line[-1] != before else [after]
        elif line and line[-1][1] is not None:
            line.append((before[0], None))
    return line


def _inside(start: int, end: int, unread: Iterable[Window]) -> bool:
    return any(each.start <= start and end <= each.end for each in unread)


def _ends(view: Overview, shown: Growth, metric: str) -> list[dict[str, Any]]:
    """What both lines come to, beside their last points."""
    curve, labels = view.curves[metric], []
    now, before = (points[-1] if points else None for points in (curve.now, curve.before))
    above = now is None or before is None or (now[1] or 0) >= (before[1] or 0)
    if now is not None:
        labels.append(
            _label(view, now, f"<b>{escape(gain(shown))}</b>", charts.DATA, 14, above=above)
        )
    if before is not None and shown.before is not None:
        text = f"{earlier_gain(shown)} {view.period.compared_words}"
        labels.append(_label(view, before, escape(text), charts.BEFORE, 12, above=not above))
    return labels


def _label(
    view: Overview, point: tuple[int, int | None], text: str, color: str, size: int, *, above: bool
) -> dict[str, Any]:
    return {
        "x": charts.wall_clock(point[0], view.zone),
        "y": point[1],
        "text": text,
        "showarrow": False,
        "xanchor": "right",
        "yanchor": "bottom" if above else "top",
        "xshift": -6,
        "yshift": 4 if above else -4,
        "font": {"color": color, "size": size},
    }


def _published(view: Overview, window: Window) -> Iterator[dict[str, Any]]:
    """Triangles on the axis."""
    for each in view.publications:
        if window.start <= each.at <= window.end:
            when = moment(each.at, view.zone, view.now)
            yield _mark(view, each.at, "▾", f"{when}: {each.title}", charts.INK, bottom=True)


def _notes(view: Overview, window: Window) -> Iterator[dict[str, Any]]:
    """The user's own notes, above the line, at the beginning of their day."""
    for each in view.notes:
        begin = midnight(each.day, view.zone)
        end = midnight(each.day + timedelta(days=1), view.zone)
        if begin < window.end and end > window.start:
            at = max(begin, window.start)
            yield _mark(view, at, "●", f"{each.day.day} {each.day:%b}: {each.text}", charts.MARK)


def _mark(
    view: Overview, at: int, sign: str, text: str, color: str, *, bottom: bool = False
) -> dict[str, Any]:
    return {
        "x": charts.wall_clock(at, view.zone),
        "y": 0 if bottom else 1,
        "yref": "y" if bottom else "paper",
        "yanchor": "bottom" if bottom else "middle",
        "text": sign,
        "hovertext": escape(text),
        "showarrow": False,
        "font": {"color": color, "size": 14},
    }


def _upright(place: str) -> dict[str, Any]:
    """The line under a note."""
    line = {"color": charts.MARK, "width": 1, "dash": "dot"}
    return {
        "type": "line", "yref": "paper", "y0": 0, "y1": 1, "x0": place, "x1": place, "line": line,
    }  # fmt: skip
