"""The growth cards: the gain, its percentage, the total, the period before, the days behind it.

One `st.html` for all: each Streamlit element costs a message and a React subtree, and style sheets
decide better how many cards stand in a row.
"""

from html import escape

from snapshot_core.growth.day_gains import whole_days
from snapshot_core.growth.growth import Growth
from snapshot_core.view.overview import Card, Overview
from snapshot_core.view.shown_metrics import card_metrics
from snapshot_core.view.wording import growth as wording
from snapshot_core.view.wording.accounts import counter_note
from ui.html import card, cards, percentage_of_total, tip
from ui.metrics import label_of
from ui.overview.left_out import left_out
from ui.sparkline import CARD_STROKE_PIXELS, sparkline


def growth_cards(view: Overview) -> str:
    """A card per metric, in the order of the table of metrics; above them, who is not in them."""
    drawn = cards([_card(metric, view.cards[metric], view) for metric in card_metrics(view)])
    return left_out(view) + drawn


def _card(metric: str, shown: Card, view: Overview) -> str:
    growth = shown.growth
    doubts = wording.doubts(growth, view.now)
    chip = tip(doubts.words, doubts.sentence, f"tg-chip tg-{doubts.badges[-1]}") if doubts else ""
    label = f"{label_of(metric)} gained per day"
    line = sparkline(whole_days(shown.days), label, CARD_STROKE_PIXELS)
    return card(
        metric,
        label_of(metric),
        chip,
        tip(wording.headline(growth), wording.in_full(growth, view.period)),
        _total(growth),
        f'<p class="tg-before">{_before(growth, view)}</p>{_accounts(shown, view)}{line}',
        waiting=growth.reason is not None,
    )


def _total(growth: Growth) -> str:
    """The percentage and the total."""
    if growth.reason is not None:
        return "" if growth.current is None else "in total"
    return percentage_of_total(growth)


def _accounts(shown: Card, view: Overview) -> str:
    """``2 of 3 accounts``, where one of those in the numbers is not in this one."""
    note = counter_note(shown, view)
    if not note:
        return ""
    return f'<p class="tg-before">{tip(note.partition(":")[0], f"{note}.")}</p>'


def _before(growth: Growth, view: Overview) -> str:
    """The period before; where growth is not ready, when it will be."""
    if growth.reason is not None:
        short = wording.short_reason(growth, view.zone, view.now)
        why = wording.reason(growth, view.period, view.zone, view.now)
        known = wording.since_tracking(growth.since_tracking)
        since = f"<span>{escape(known)}</span>" if known else ""
        return since + tip(short, why, "tg-chip")
    change = wording.comparison(growth)
    if change is None:
        return "counted differently before" if growth.redefined else "nothing earlier to compare"
    # Only beside "vs" can the article go where there is little room.
    the = '<span class="tg-wide">the </span>' if change.endswith("vs") else "the "
    return f"{escape(change)} {the}{view.period.compared_words.removeprefix('the ')}"
