"""The growth cards: the gain, its percentage, the total, the period before, the days behind it.

One `st.html` for all five: each Streamlit element costs a message and a React subtree, and style
sheets decide better how many stand in a row.
"""

from html import escape

from snapshot_core.view.overview import Card, Overview
from snapshot_core.view.wording.numbers import compact
from ui.growth_text import (
    against,
    counted,
    doubts,
    full_reason,
    headline,
    in_full,
    short_reason,
    shown_percent,
)
from ui.html import pill, sign, tip
from ui.sparkline import sparkline


def cards(view: Overview) -> str:
    """All cards, in the view's order."""
    every = "".join(_card(name, card, view) for name, card in view.cards.items())
    return f'<div class="tg-cards">{every}</div>'


def _card(name: str, card: Card, view: Overview) -> str:
    growth = card.growth
    badge = doubts(growth, view)
    chip = tip(*badge, f"tg-chip tg-{badge[0]}") if badge else ""
    label = counted(name)
    # Half a day would end every line in a fall.
    days = [day.growth for day in card.days if not day.so_far]
    line = sparkline(days, f"{label} gained per day") if any(days) else ""
    waiting = "" if growth.reason is None else " tg-waiting"
    return (
        f'<section class="tg-card{waiting}" data-counter="{name}" aria-label="{label}">'
        f"<div class='tg-label'><h2>{label}</h2>{chip}</div>"
        f'<p class="tg-gain">{tip(headline(growth), in_full(growth, view.period))}</p>'
        f'<p class="tg-of">{_of(card, view)}</p>'
        f'<p class="tg-before">{_before(card, view)}</p>{line}</section>'
    )


def _of(card: Card, view: Overview) -> str:
    """The percentage and the total."""
    growth = card.growth
    if growth.reason is not None:
        return "" if growth.current is None else "in total"
    shown, gained = "", growth.growth or 0
    if growth.percentage is not None and not growth.below_resolution:
        shown = pill(shown_percent(growth.percentage, gained), sign(gained))
    return f"{shown} of {compact(growth.current or 0)}"


def _before(card: Card, view: Overview) -> str:
    """The period before; where growth is not ready, when it will be."""
    growth = card.growth
    if growth.reason is not None:
        return tip(short_reason(growth, view), full_reason(growth, view), "tg-chip")
    change = against(growth)
    if change is None:
        return "nothing earlier to compare"
    # Only beside "vs" can the article go where there is little room.
    the = '<span class="tg-wide">the </span>' if change.endswith("vs") else "the "
    return f"{escape(change)} {the}{view.period.words} before"
