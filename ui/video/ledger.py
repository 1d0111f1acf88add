"""One video's line in the ledger of the period: what it had, what came, what it has."""

from zoneinfo import ZoneInfo

from snapshot_core.growth.growth import Growth
from snapshot_core.growth.ledger import Ledger, Line
from snapshot_core.view.video import VideoStory
from snapshot_core.view.wording import growth as wording
from snapshot_core.view.wording.numbers import UNKNOWN, exact, moment
from snapshot_core.windows import Window
from ui.html import heading, note, panel
from ui.metrics import label_of
from ui.overview.ledger import change, total

LINES: dict[Line, tuple[str, str]] = {
    "like_for_like": ("Gained", "counts as growth, among the videos you had"),
    "published": ("Gained since it was published", "counts as growth, among the new videos"),
    "newly_tracked": ("Newly tracked", "not growth: what it gained before is not known"),
    "removed": ("Removed", "not a loss: it is no longer on the account"),
}
"""The label of each line, and a hint."""


def video_ledger(story: VideoStory, metric: str, minute: int) -> str:
    """Start, change and end as a table that adds up; a sentence where there is nothing to add."""
    title = heading(f"{label_of(metric)} in the last {story.period.words}")
    growth, now = story.growth[metric], minute * 60
    reason = wording.reason(growth, story.period, story.zone, now)
    if growth.line is None or growth.ledger is None or growth.window is None:
        return panel(title + note(reason))
    notes = [reason] if reason else _notes(growth, growth.ledger)
    rows = _rows(growth, growth.ledger, growth.window, growth.line, story.zone, now)
    return panel(
        f'{title}<table class="tg-ledger"><tbody>{rows}</tbody></table>'
        + "".join(note(text) for text in notes if text)
    )


def _rows(
    growth: Growth, book: Ledger, window: Window, line: Line, zone: ZoneInfo, now: int
) -> str:
    start = {"published": "not published yet", "newly_tracked": "not read"}.get(line, "")
    end = ""
    if growth.current is None:
        end = "not counted any more" if book.uncounted else "not on the account"
    gain = {
        "like_for_like": book.like_for_like,
        "published": book.published,
        "newly_tracked": book.newly_tracked,
        "removed": -book.removed,
    }[line]
    aside = " tg-aside" if line in ("newly_tracked", "removed") else ""
    return (
        _row(moment(window.start, zone, now), start, _count(growth.previous), "tg-end")
        + _row(*LINES[line], change(gain), aside)
        + _row(moment(window.end, zone, now), end, _count(growth.current), "tg-end")
    )


def _row(label: str, hint: str, figure: str, css: str) -> str:
    small = f"<small>{hint}</small>" if hint else ""
    return (
        f'<tr class="{css}"><th scope="row">{label}{small}</th>'
        f'<td class="tg-num">{figure}</td></tr>'
    )


def _count(count: int | None) -> str:
    return UNKNOWN if count is None else total(count)


def _notes(growth: Growth, book: Ledger) -> list[str]:
    notes = [wording.estimate(growth) or wording.bounds(growth)]
    if book.corrections:
        notes.append(f"The platform took back {exact(book.corrections)} in corrections.")
    return notes
