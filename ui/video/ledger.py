"""One video's line in the ledger of the period: what it had, what came, what it has."""

from snapshot_core.growth.ledger import VideoGrowth
from snapshot_core.view.video import VideoStory
from snapshot_core.view.wording.numbers import exact, moment
from ui.growth_text import exact_signed
from ui.html import heading, note, panel
from ui.metrics import label_of
from ui.overview.ledger import change, total
from ui.video.texts import LINE_HINTS, LINES, unsure, why_unknown


def video_ledger(story: VideoStory, metric: str, minute: int) -> str:
    """Start, change and end as a table that adds up; a sentence where there is nothing to add."""
    title = heading(f"{label_of(metric)} in the last {story.period.words}")
    growth, why = story.growth[metric], why_unknown(story, story.growth[metric], minute * 60)
    if growth is None:
        return panel(title + note(why or ""))
    notes = [why] if why else _notes(story, metric, growth)
    return panel(
        title
        + f'<table class="tg-ledger"><tbody>{_rows(story, growth, minute * 60)}</tbody></table>'
        + "".join(note(text) for text in notes if text)
    )


def _rows(story: VideoStory, growth: VideoGrowth, now: int) -> str:
    assert story.window is not None
    start, end, book = growth.start, growth.end, growth.ledger
    hint = "not published yet" if growth.line == "published" else "" if start else "not read"
    had = book.previous if start else 0 if growth.line == "published" else None
    gained = {
        "like_for_like": book.like_for_like,
        "published": book.published,
        "newly_tracked": book.newly_tracked,
        "removed": -book.removed,
    }[growth.line]
    aside = " tg-aside" if growth.line in ("newly_tracked", "removed") else ""
    gone = "" if end else "not counted any more" if book.uncounted else "not on the account"
    return (
        _row(moment(story.window.start, story.zone, now), hint, _count(had), "tg-end")
        + _row(LINES[growth.line], LINE_HINTS[growth.line], change(gained), aside)
        + _row(
            moment(story.window.end, story.zone, now),
            gone,
            _count(book.current if end else None),
            "tg-end",
        )
    )


def _row(label: str, hint: str, figure: str, css: str) -> str:
    small = f"<small>{hint}</small>" if hint else ""
    return (
        f'<tr class="{css}"><th scope="row">{label}{small}</th>'
        f'<td class="tg-num">{figure}</td></tr>'
    )


def _count(count: int | None) -> str:
    return "–" if count is None else total(count)


def _notes(story: VideoStory, metric: str, growth: VideoGrowth) -> list[str]:
    book = growth.ledger
    notes = [unsure(story, metric)]
    if book.low < book.high:
        low, high = exact_signed(book.low), exact_signed(book.high)
        notes.append(f"For certain between {low} and {high}.")
    if book.corrections:
        notes.append(f"The platform took back {exact(book.corrections)} in corrections.")
    return notes
