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
from snapshot_core.view.wording.numbers import signed
from ui.html import card, cards, percentage_of_total, tip
from ui.metrics import label_of
from ui.sparkline import CARD_STROKE_PIXELS, sparkline

MAX_HALF_WIDTH = 0.1
"""Of an estimate's range, as a part of the gain, up to which the comparison is worth showing."""


def growth_cards(view: Overview) -> str:
    """A card per metric, in the order of the table of metrics."""
    return cards([_card(metric, view.cards[metric], view) for metric in card_metrics(view)])


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
    if _is_wide(growth):
        return f"{signed(growth.low or 0)} to {signed(growth.high or 0)}, 9 in 10"
    if view.period.compare == "none":
        return ""
    change = wording.comparison(growth)
    if change is None:
        return "counted differently before" if growth.redefined else "nothing earlier to compare"
    figure, space, word = (
        change.rpartition(" ") if change.endswith((" vs", " in")) else (change, "", "")
    )
    earlier = view.period.compared_words.removeprefix("the ")
    return f"{_arrow(figure, growth)}{space}{word} {escape(earlier)}"


def _is_wide(growth: Growth) -> bool:
    """Whether an estimate is so vague that its range says more than a comparison."""
    if not growth.estimated or growth.low is None or growth.high is None:
        return False
    return growth.high - growth.low > 2 * MAX_HALF_WIDTH * abs(growth.growth or 0)


def _arrow(figure: str, growth: Growth) -> str:
    """``↑ 3.0×``: more or less than in the period before, in the colour of that."""
    now, before = growth.compared or 0, growth.before or 0
    if growth.change is None or now == before:
        return escape(figure)
    css, arrow = ("tg-more", "↑") if now > before else ("tg-less", "↓")
    return f'<b class="{css}">{arrow} {escape(figure)}</b>'
