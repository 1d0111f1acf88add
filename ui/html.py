"""The few shapes of HTML that cards and tables are made of. Whatever is text is escaped here."""

import re
from html import escape
from typing import Final

_MARKED: Final = re.compile(r"([!-/:-@\[-`{-~])")


def tip(text: str, hint: str, css: str = "") -> str:
    """``text`` that says more on hover, on keyboard focus and on touch."""
    return (
        f'<span class="tg-tip {css}" tabindex="0">{escape(text)}'
        f'<span class="tg-hint" role="tooltip">{escape(hint)}</span></span>'
    )


def pill(text: str, direction: int) -> str:
    """A percentage: an arrow says what the colour says."""
    name, arrow = {1: ("up", "↑ "), -1: ("down", "↓ "), 0: ("even", "")}[direction]
    return f'<span class="tg-pill tg-{name}">{arrow}{escape(text)}</span>'


def panel(body: str, css: str = "") -> str:
    """A box as ``st.container(border=True)`` draws it, for a part that is one element."""
    return f'<div class="tg-panel {css}">{body}</div>'


def heading(text: str, note: str = "") -> str:
    """The title of a part, with a quiet word beside it (HTML)."""
    return f'<div class="tg-head"><h2>{escape(text)}</h2>{note}</div>'


def remark(body: str, css: str = "") -> str:
    """A line that stands out (HTML); quieter as ``tg-quiet``."""
    return f'<p class="tg-remark {css}">{body}</p>'


def note(text: str) -> str:
    """A quiet line."""
    return f'<p class="tg-note">{escape(text)}</p>'


def literal(text: str) -> str:
    """``text`` for a place that reads Markdown: a name is no picture, link or formula there."""
    return _MARKED.sub(r"\\\1", text)


def sign(number: int) -> int:
    """-1, 0 or 1."""
    return (number > 0) - (number < 0)
