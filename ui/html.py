"""The HTML that cards, panels and tables are made of. Plain text is escaped here."""

import re
from collections.abc import Sequence
from html import escape
from typing import Final

from snapshot_core.growth.growth import Growth
from snapshot_core.view.wording.growth import percentage
from snapshot_core.view.wording.numbers import compact

_MARKDOWN: Final = re.compile(r"([!-/:-@\[-`{-~])")


def tip(text: str, hint: str, css: str = "") -> str:
    """``text`` with a tooltip on hover, keyboard focus and touch."""
    return (
        f'<span class="tg-tip {css}" tabindex="0">{escape(text)}'
        f'<span class="tg-hint" role="tooltip">{escape(hint)}</span></span>'
    )


def percentage_of_total(growth: Growth) -> str:
    """``↑ +5.6% now 22.2M``; only the total where there is no percentage to show."""
    text, gained, pill = percentage(growth), growth.growth or 0, ""
    if text:
        # The arrow says what the colour says.
        name, arrow = ("up", "↑ ") if gained > 0 else ("down", "↓ ") if gained < 0 else ("even", "")
        pill = f'<span class="tg-pill tg-{name}">{arrow}{escape(text)}</span>'
    return f"{pill} now {compact(growth.current or 0)}"


def panel(title: str, body: str, aside: str = "") -> str:
    """A titled box as ``st.container(border=True)`` draws it, for a part that is one element."""
    return f'<div class="tg-panel">{heading(title, aside)}{body}</div>'


def cards(sections: Sequence[str], css: str = "") -> str:
    """Cards side by side, all in one row where there is room."""
    count, body = len(sections), "".join(sections)
    return f'<div class="tg-cards {css}" style="--cards:{count}">{body}</div>'


def card(
    metric: str, label: str, chip: str, gain: str, total: str, more: str = "", *, waiting: bool
) -> str:
    """One metric's card, of parts in HTML. ``waiting``: there is no growth to show yet."""
    return (
        f'<section class="tg-card{" tg-waiting" if waiting else ""}" data-counter="{metric}" '
        f'aria-label="{label}"><div class="tg-label"><h2>{label}</h2>{chip}</div>'
        f'<p class="tg-gain">{gain}</p><p class="tg-of">{total}</p>{more}</section>'
    )


def heading(text: str, aside: str = "") -> str:
    """The title of a part, with something quiet beside it (HTML)."""
    return f'<div class="tg-head"><h2>{escape(text)}</h2>{aside}</div>'


def chart_heading(text: str, key: Sequence[tuple[str, str]]) -> str:
    """The title of a chart and its key: the CSS class of each mark, and what it means."""
    marks = "".join(f'<span><i class="{css}"></i>{escape(word)}</span>' for css, word in key)
    return heading(text, f'<p class="tg-key">{marks}</p>')


def table(columns: Sequence[tuple[str, str]], rows: Sequence[str], css: str) -> str:
    """A table: the CSS class and the heading (HTML) of each column, and the rows (HTML)."""
    head = "".join(f'<th scope="col" class="{kind}">{text}</th>' for kind, text in columns)
    return (
        f'<table class="{css}"><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table>'
    )


def notice(body: str) -> str:
    """A highlighted line (HTML)."""
    return f'<p class="tg-notice">{body}</p>'


def note(text: str) -> str:
    """A quiet line."""
    return f'<p class="tg-note">{escape(text)}</p>'


def literal(text: str) -> str:
    """``text`` for a place that reads Markdown, without images, links or formulas in it."""
    return _MARKDOWN.sub(r"\\\1", text)
