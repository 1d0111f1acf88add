"""One account's share of an overview, and several accounts' shares taken together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from snapshot_core.clock import believed_until
from snapshot_core.growth.gain_line import GainLine
from snapshot_core.growth.growth import (
    Growth,
    History,
    add_changes,
    follower_growth,
    reaches_back,
    video_counter_growth,
    window_before,
    window_of,
)
from snapshot_core.growth.ledger import EMPTY, Ledger
from snapshot_core.growth.lines import Lines, lines
from snapshot_core.growth.rounding import Roundings
from snapshot_core.metrics import FOLLOWERS, VIDEO_METRICS
from snapshot_core.sources.registry import roundings_of
from snapshot_core.store.accounts import Account
from snapshot_core.store.brackets import load
from snapshot_core.store.captures import history_of
from snapshot_core.store.database import Connection
from snapshot_core.store.keys import Key
from snapshot_core.store.readings import followers, gain_lines
from snapshot_core.view.definitions import across_breaks
from snapshot_core.windows import DAY, Period, Window

DAYS: Final = {1: 14, 7: 14, 30: 30}
"""Calendar days on the daily chart, by the period's days."""


@dataclass(frozen=True, slots=True)
class AccountGrowth:
    """What the engine says of an account for one period. Ledgers are by metric."""

    history: History
    window: Window | None
    now: Mapping[str, Ledger]
    before: Mapping[str, Ledger] | None
    """The period before; None where the captures do not reach back to its start."""
    videos: Lines | None
    """The videos behind the ledgers of now; None without a window."""


def account_growth(
    connection: Connection, key: Key, period: Period, now: int, rounding: Roundings
) -> AccountGrowth:
    """The ledgers, at ``now``, of an account's video counters for ``period`` and the one before."""
    history = history_of(connection, key, now)
    window = window_of(history, period)
    if window is None:
        return AccountGrowth(history, None, {}, None, None)
    before = window_before(history, window)
    windows = [window] if before is None else [window, before]
    loaded = load(connection, key, windows, now=now, rounding=rounding)
    latest, *earlier = lines(loaded, windows)
    ledgers_before = earlier[0].ledgers() if earlier else None
    return AccountGrowth(history, window, latest.ledgers(), ledgers_before, latest)


@dataclass(frozen=True, slots=True)
class AccountShare:
    """One account's share of an overview: what the engine says of it, and its lines."""

    account: Account
    rounding: Roundings
    growth: AccountGrowth
    lines: Mapping[str, GainLine]
    follower_series: Sequence[tuple[int, int]]

    @property
    def window(self) -> Window | None:
        """The period, as the account's own captures end it."""
        return self.growth.window

    @property
    def reaches_back(self) -> bool:
        """Whether the account's captures reach back to the start of its window."""
        return self.window is not None and reaches_back(self.growth.history, self.window)


def account_share(
    connection: Connection, account: Account, period: Period, now: int
) -> AccountShare:
    """The share of one account at ``now``. Reads the store; all that follows is arithmetic."""
    rounding = roundings_of(account.source, rounded=account.rounded)
    growth = account_growth(connection, account.key, period, now, rounding)
    window = growth.window
    if window is None:
        return AccountShare(account, rounding, growth, {}, [])
    # Far enough back for the period before, for the days charted, and for a gap beside both.
    since = min(window.before.start, window.end - (DAYS[period.days] + 1) * DAY) - window.max_gap
    return AccountShare(
        account,
        rounding,
        growth,
        gain_lines(connection, account.key, since, window.end),
        # A count that came later still tells what there was at the window's end.
        followers(
            connection,
            account.key,
            since,
            min(window.end + window.max_gap, believed_until(now)),
        ),
    )


def overlapping(shares: Sequence[AccountShare]) -> list[AccountShare]:
    """The shares whose windows have an instant in common with the one that ends last.

    What an account gained in a week long past is no part of what all gained this week.
    """
    windows = [share.window for share in shares if share.window is not None]
    if not windows:
        return []
    latest = max(windows, key=lambda window: window.end)
    return [share for share in shares if share.window and share.window.end > latest.start]


def combined_history(histories: Sequence[History]) -> History:
    """Several accounts' captures as those of one: what the oldest allows may be said."""
    begun = [history for history in histories if history.first_complete is not None]
    return History(
        captures=max((history.captures for history in begun), default=0),
        first_complete=min((history.first_complete or 0 for history in begun), default=None),
        last_complete=max((history.last_complete or 0 for history in begun), default=None),
        partial_since=any(history.partial_since for history in begun),
    )


def gain_lines_by_counter(shares: Sequence[AccountShare]) -> dict[str, list[GainLine]]:
    """The running gains of every counter, followers included, a line for each account."""
    lines = {
        metric: [share.lines[metric] for share in shares if share.lines] for metric in VIDEO_METRICS
    }
    lines[FOLLOWERS] = [GainLine.from_readings(share.follower_series) for share in shares]
    return lines


def combined_growths(
    shares: Sequence[AccountShare], history: History, window: Window | None
) -> dict[str, Growth]:
    """The growth of every counter: ledgers add up over accounts as over videos."""
    accounts = [share.growth for share in shares if share.window is not None]
    befores = [account.before for account in accounts if account.before is not None]
    growths = {}
    for metric in VIDEO_METRICS:
        now = sum((account.now[metric] for account in accounts), EMPTY)
        before: Ledger | None = None
        if accounts and len(befores) == len(accounts):
            before = sum((ledgers[metric] for ledgers in befores), EMPTY)
        growths[metric] = video_counter_growth(metric, window, now, before, history)
    growths[FOLLOWERS] = _combined_follower_growth(shares, window)
    return {metric: across_breaks(growth, places(shares)) for metric, growth in growths.items()}


def places(shares: Sequence[AccountShare]) -> list[tuple[str, Window]]:
    """The sources of some shares, each with its window."""
    return [(share.account.source, share.window) for share in shares if share.window is not None]


def _combined_follower_growth(shares: Sequence[AccountShare], window: Window | None) -> Growth:
    """The change of the follower counts of all that count them: known where each one's is."""
    growths = [
        follower_growth(
            share.window,
            share.follower_series,
            share.growth.history,
            share.rounding.of(FOLLOWERS),
        )
        for share in shares
        if share.follower_series or len(shares) == 1
    ]
    return growths[0] if len(growths) == 1 else add_changes(FOLLOWERS, window, growths)
