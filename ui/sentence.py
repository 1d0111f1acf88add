"""The line of plain words that a page begins with, as HTML."""

from html import escape

from snapshot_core.view.overview import Overview
from snapshot_core.view.videos_table import VideoTable
from snapshot_core.view.wording.sentence.lists import videos_sentence
from snapshot_core.view.wording.sentence.overview import overview_sentence
from snapshot_core.view.wording.sentence.spans import Sentence, Span
from ui.html import sentence as line


def sentence_html(sentence: Sentence) -> str:
    """Facts and names are strong; empty where there is nothing to say."""
    return line("".join(map(_span, sentence.spans))) if sentence.spans else ""


def overview_line(view: Overview) -> str:
    """That of the Overview."""
    return sentence_html(overview_sentence(view))


def videos_line(table: VideoTable) -> str:
    """That of the table of videos."""
    return sentence_html(videos_sentence(table))


def _span(span: Span) -> str:
    text = escape(span.text)
    if span.kind == "rest":
        return text
    # A title in another script must not turn the words around it.
    return f"<b><bdi>{text}</bdi></b>" if span.kind == "name" else f"<b>{text}</b>"
