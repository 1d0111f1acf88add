"""The HTML that cards, panels and tables are made of. Plain text is escaped here."""

import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final, Literal, NamedTuple
from urllib.parse import urlencode

from snapshot_core.growth.growth import Growth
from snapshot_core.view.wording.growth import percentage
from snapshot_core.view.wording.numbers import compact

ChipKind = Literal["", "data", "more", "less", "bad", "tag"]
"""What a chip speaks of: nothing special, the data's own news, more, less, a fault, a tag."""
Order = Literal["ascending", "descending"]

SORT: Final = "sort"
"""The parameter of the URL that says by which column a table is sorted."""
MAX_PERCENTAGE: Final = 999
"""Up to here a card says a percentage."""
_MARKDOWN: Final = re.compile(r"([!-/:-@\[-`{-~])")


def tip(text: str, hint: str, css: str = "") -> str:
    """``text`` with a tooltip on hover, keyboard focus and touch."""
    return (
        f'<span class="tg-tip {css}" tabindex="0">{escape(text)}'
        f'<span class="tg-hint" role="tooltip">{escape(hint)}</span></span>'
    )


def percentage_of_total(growth: Growth) -> str:
    """``+5.6 % · now 22.2M``; only the total where there is no percentage to show.

    ``from 38.2K to 926K`` where the percentage would be too large to picture.
    """
    if growth.percentage is not None and growth.percentage > MAX_PERCENTAGE and growth.previous:
        return f"from {compact(growth.previous)} to {compact(growth.current or 0)}"
    now = f"now {compact(growth.current or 0)}"
    return " · ".join(filter(None, (escape(percentage(growth)), now)))


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


class Column(NamedTuple):
    """One column of a table: the CSS class of its cells, its heading (HTML), how it is sorted."""

    css: str
    heading: str
    order: Order | None = None


def table(columns: Sequence[Column], rows: Sequence[str], css: str = "", foot: str = "") -> str:
    """A table in the one style of all; ``rows`` and ``foot``, a row of sums, are HTML.

    A column of numbers has the class ``tg-num``, one that a phone leaves out ``tg-wide``. What
    `row_link` makes opens its whole row.
    """
    head = "".join(_head_cell(column) for column in columns)
    foot = foot and f"<tfoot>{foot}</tfoot>"
    return (
        f'<table class="tg-table {css}"><thead><tr>{head}</tr></thead>'
        f"<tbody>{''.join(rows)}</tbody>{foot}</table>"
    )


def _head_cell(column: Column) -> str:
    order = f' aria-sort="{column.order}"' if column.order else ""
    return f'<th scope="col" class="{column.css}"{order}>{column.heading}</th>'


def row_link(text: str, address: str) -> str:
    """A link that a click anywhere in its row follows; the row is ``<tr class="tg-opens">``."""
    title = escape(text)
    link = f'class="tg-row-link" href="{escape(address)}" target="_self"'
    return f'<a {link} title="{title}">{title}</a>'


def sort_heading(
    label: str, name: str, chosen: str, query: Mapping[str, str], css: str = "tg-num"
) -> Column:
    """A column whose heading sorts by it: the largest first, and the smallest at a second click.

    ``chosen``: what the table is sorted by, ``views`` or ``-views``; ``query``: the parameters of
    the URL, which the link keeps.
    """
    order: Order | None = {name: "descending", f"-{name}": "ascending"}.get(chosen)  # type: ignore[assignment]
    following = f"-{name}" if chosen == name else name
    address = "?" + urlencode({**query, SORT: following})
    return Column(css, f'<a href="{escape(address)}" target="_self">{escape(label)}</a>', order)


def chip(word: str, kind: ChipKind = "") -> str:
    """A word about a row or a card; a row has two at most."""
    return f'<span class="tg-chip{f" tg-chip-{kind}" if kind else ""}">{escape(word)}</span>'


def sentence(body: str) -> str:
    """What happened, in one line of HTML above the content: facts in ``<b>``, the rest quiet."""
    return f'<p class="tg-sentence">{body}</p>'


def notice(body: str) -> str:
    """A highlighted line (HTML)."""
    return f'<p class="tg-notice">{body}</p>'


def note(text: str) -> str:
    """A quiet line."""
    return f'<p class="tg-note">{escape(text)}</p>'


def literal(text: str) -> str:
    """``text`` for a place that reads Markdown, without images, links or formulas in it."""
    return _MARKDOWN.sub(r"\\\1", text)
