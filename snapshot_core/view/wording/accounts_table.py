"""What the table of accounts says of each, and of all in a sentence."""

from typing import NamedTuple

from snapshot_core.growth.growth import Growth
from snapshot_core.plural import plural
from snapshot_core.view.accounts_table import AccountRow, AccountsTable
from snapshot_core.view.wording.growth import comparison, gain, short_reason
from snapshot_core.view.wording.numbers import MINUS, UNKNOWN_TEXT, ago, duration, moment


class Cell(NamedTuple):
    """A figure, and what stands small beneath it."""

    figure: str
    beneath: str = ""


def gained(row: AccountRow, table: AccountsTable) -> Cell:
    """``+1.6M``; ``+412, in 19 h`` where a period is not ready; ``+378K, to 25 Nov`` where old."""
    growth, known = row.views, row.views.since_tracking
    if growth.growth is None and known is not None and known.window is not None:
        return Cell(gain(known), f"in {duration(known.window.seconds)}")
    if growth.growth is None:
        return Cell(UNKNOWN_TEXT)
    if growth.stale_since is not None:
        last = moment(growth.stale_since, row.health.zone, table.now).partition(",")[0]
        return Cell(gain(growth), f"to {last}")
    return Cell(gain(growth))


def compared(row: AccountRow, table: AccountsTable) -> str:
    """``↑ 22 %`` against the period before, ``ready 10 Dec, 19:30``, or nothing."""
    growth = row.views
    if growth.growth is None:
        return short_reason(growth, row.health.zone, table.now)
    text = _change(growth)
    return text if text else UNKNOWN_TEXT


def last_post(row: AccountRow, now: int) -> str:
    """``3 h ago``; unknown where no video says when it was published."""
    return UNKNOWN_TEXT if row.last_post is None else ago(max(0, now - row.last_post))


def sentence(table: AccountsTable) -> Cell:
    """What all of them did: the fact, and the rest of it."""
    total, needs = table.total, sum(row.state.needs_user for row in table.rows)
    rest = [plural(needs, "needs you", "need you") + "."] if needs else []
    if total.growth is None:
        return Cell(f"{plural(len(table.rows), 'account')}.", " ".join(rest))
    fact = f"{plural(total.accounts, 'account')} gained {gain(total)} views {table.period.phrase}"
    if text := _change(total):
        figure = text.lstrip("↑↓ ")
        than = "less than " if text.startswith("↓") else "more than "
        if figure.endswith("×"):
            than = ""
        against = f"{figure} {than}{table.period.compared_words}."
        return Cell(f"{fact},", " ".join([against, *rest]))
    return Cell(f"{fact}.", " ".join(rest))


def _change(growth: Growth) -> str:
    """`comparison` with an arrow for its sign; empty where it is no part of anything."""
    text = comparison(growth) or ""
    if growth.change is None or not text:
        return ""
    figure = text.removesuffix(" vs")
    arrow = {"+": "↑ ", MINUS: "↓ "}.get(figure[0], "↑ " if figure.endswith("×") else "")
    return f"{arrow}{figure.lstrip(f'+{MINUS}')}"
