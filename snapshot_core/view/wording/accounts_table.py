"""What the table of accounts says of each, and of all in a sentence."""

from typing import NamedTuple

from snapshot_core.plural import plural
from snapshot_core.view.accounts_table import AccountRow, AccountsTable
from snapshot_core.view.wording.growth import change as change_of
from snapshot_core.view.wording.growth import gain, short_reason
from snapshot_core.view.wording.numbers import UNKNOWN_TEXT, ago, duration, moment


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
    text = change_of(growth)
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
    if text := change_of(total):
        more = f"{text} against {table.period.compared_words}."
        return Cell(f"{fact},", " ".join([more, *rest]))
    return Cell(f"{fact}.", " ".join(rest))
