"""One video's line in the ledger of the period: what it had, what came, what it has."""

from snapshot_core.growth.ledger import Line
from snapshot_core.view.video import VideoView
from snapshot_core.view.wording import growth as wording
from snapshot_core.view.wording.numbers import UNKNOWN_TEXT, moment
from ui.html import note, panel
from ui.metrics import label_of
from ui.overview.ledger import change, corrections, total

LINES: dict[Line, tuple[str, str]] = {
    "like_for_like": ("Gained", "counts as growth, among the videos you had"),
    "published": ("Gained since it was published", "counts as growth, among the new videos"),
    "newly_tracked": ("Newly tracked", "not growth: what it gained before is not known"),
    "removed": ("Removed", "not a loss: it is no longer on the account"),
}
"""The label of each line, and a hint."""


def video_ledger(story: VideoView, metric: str, minute: int) -> str:
    """Start, change and end as a table that adds up; a sentence where there is nothing to add."""
    title = f"{label_of(metric)} {story.period.within}"
    growth, now = story.growth[metric], minute * 60
    line, ledger, window = growth.line, growth.ledger, growth.window
    reason = wording.reason(growth, story.period, story.zone, now)
    if line is None or ledger is None or window is None:
        return panel(title, note(reason))
    notes = [reason or wording.estimate(growth) or wording.bounds(growth)]
    if not reason:
        notes.append(corrections(ledger))
    start = {"published": "not published yet", "newly_tracked": "not read"}.get(line, "")
    end = ""
    if growth.current is None:
        end = "not counted any more" if ledger.uncounted else "not on the account"
    gain = -ledger.removed if line == "removed" else getattr(ledger, line)
    aside = " tg-aside" if line in ("newly_tracked", "removed") else ""
    rows = (
        _row(moment(window.start, story.zone, now), start, _count(growth.previous), "tg-end")
        + _row(*LINES[line], change(gain), aside)
        + _row(moment(window.end, story.zone, now), end, _count(growth.current), "tg-end")
    )
    remarks = "".join(note(text) for text in notes if text)
    return panel(title, f'<table class="tg-ledger"><tbody>{rows}</tbody></table>{remarks}')


def _row(label: str, hint: str, figure: str, css: str) -> str:
    small = f"<small>{hint}</small>" if hint else ""
    return (
        f'<tr class="{css}"><th scope="row">{label}{small}</th>'
        f'<td class="tg-num">{figure}</td></tr>'
    )


def _count(count: int | None) -> str:
    return UNKNOWN_TEXT if count is None else total(count)
