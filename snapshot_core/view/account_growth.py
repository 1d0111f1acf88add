"""One account's share of an overview, and several accounts' shares taken together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

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
from snapshot_core.metrics import FOLLOWERS, VIDEO_METRICS
from snapshot_core.store.accounts import Account
from snapshot_core.store.brackets import load
from snapshot_core.store.captures import history_of
from snapshot_core.store.database import Connection
from snapshot_core.store.keys import Key
from snapshot_core.store.readings import followers, gain_lines
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
    connection: Connection, key: Key, period: Period, *, rounded: bool
) -> AccountGrowth:
    """The ledgers of an account's video counters for ``period`` and the period before."""
    history = history_of(connection, key)
    window = window_of(history, period)
    if window is None:
        return AccountGrowth(history, None, {}, None, None)
    before = window_before(history, window)
    windows = [window] if before is None else [window, before]
    now, *earlier = lines(load(connection, key, windows, rounded=rounded), windows)
    then = earlier[0].ledgers() if earlier else None
    return AccountGrowth(history, window, now.ledgers(), then, now)


@dataclass(frozen=True, slots=True)
class Part:
    """One account's share of an overview: what the engine says of it, and its lines."""

    account: Account
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


def part_of(connection: Connection, account: Account, period: Period) -> Part:
    """The share of one account. Reads the store; all that follows is arithmetic."""
    growth = account_growth(connection, account.key, period, rounded=account.rounded)
    window = growth.window
    if window is None:
        return Part(account, growth, {}, [])
    # Far enough back for the period before, for the days charted, and for a gap beside both.
    since = min(window.before.start, window.end - (DAYS[period.days] + 1) * DAY) - window.max_gap
    return Part(
        account,
        growth,
        gain_lines(connection, account.key, since, window.end),
        # A count that came later still tells what there was at the window's end.
        followers(connection, account.key, since, window.end + window.max_gap),
    )


def of_one_time(parts: Sequence[Part]) -> list[Part]:
    """The parts whose windows have an instant in common with the one that ends last.

    What an account gained in a week long past is no part of what all gained this week.
    """
    windows = [part.window for part in parts if part.window is not None]
    if not windows:
        return []
    latest = max(windows, key=lambda window: window.end)
    return [part for part in parts if part.window and part.window.end > latest.start]


def joint_history(histories: Sequence[History]) -> History:
    """Several accounts' captures as those of one: what the oldest allows may be said."""
    begun = [one for one in histories if one.first_complete is not None]
    return History(
        captures=max((one.captures for one in begun), default=0),
        first_complete=min((one.first_complete or 0 for one in begun), default=None),
        last_complete=max((one.last_complete or 0 for one in begun), default=None),
        partial_since=any(one.partial_since for one in begun),
    )


def lines_of(parts: Sequence[Part]) -> dict[str, list[GainLine]]:
    """The running gains of every counter, followers included, a line for each part."""
    lines = {
        metric: [part.lines[metric] for part in parts if part.lines] for metric in VIDEO_METRICS
    }
    counted = [GainLine.from_readings(part.follower_series) for part in parts]
    return {**lines, FOLLOWERS: counted}


def joint_growth(
    metric: str, parts: Sequence[Part], history: History, window: Window | None
) -> Growth:
    """The growth of a video counter: ledgers add up over accounts as over videos."""
    growths = [part.growth for part in parts if part.window is not None]
    now = sum((growth.now[metric] for growth in growths), EMPTY)
    before: Ledger | None = None
    if growths and all(growth.before is not None for growth in growths):
        before = sum((growth.before[metric] for growth in growths if growth.before), EMPTY)
    return video_counter_growth(metric, window, now, before, history)


def joint_follower_growth(parts: Sequence[Part], window: Window | None) -> Growth:
    """The change of the follower counts of all that count them: known where each one's is."""
    each = [
        follower_growth(
            part.window, part.follower_series, part.growth.history, rounded=part.account.rounded
        )
        for part in parts
        if part.follower_series or len(parts) == 1
    ]
    if len(each) == 1:
        return each[0]
    return add_changes(FOLLOWERS, window, each)
