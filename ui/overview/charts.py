"""What each day brought of one metric, told apart by what the period has of it."""

from snapshot_core.view.overview import Overview
from snapshot_core.view.wording.bars import bars_note
from ui import charts
from ui.html import note


def daily_chart(view: Overview, metric: str) -> charts.Chart:
    """A bar per calendar day; none where a day is not known."""
    card = view.cards[metric]
    chart = charts.daily_bars(card.bars, metric, 352, card.breaks)
    remark = bars_note(card)
    return chart._replace(heading=chart.heading + (note(remark) if remark else ""))
