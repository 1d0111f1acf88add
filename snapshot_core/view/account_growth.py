"""One account's share of an overview."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from snapshot_core.clock import believed_until
from snapshot_core.growth.follower_growth import follower_growth
from snapshot_core.growth.gain_line import GainLine
from snapshot_core.growth.growth import (
    Growth,
    History,
    Reason,
    is_stale,
    reaches_back,
    tracked_window,
    video_counter_growth,
    window_before,
    window_of,
)
from snapshot_core.growth.learned import NOTHING_LEARNED, Learned
from snapshot_core.growth.ledger import EMPTY, Ledger
from snapshot_core.growth.lines import Lines, lines
from snapshot_core.growth.rounding import Roundings
from snapshot_core.growth.value import Series
from snapshot_core.metrics import FOLLOWERS, VIDEO_METRICS
from snapshot_core.sources.registry import roundings_of
from snapshot_core.store.accounts import Account
from snapshot_core.store.brackets import load
from snapshot_core.store.captures import history_of
from snapshot_core.store.database import Connection
from snapshot_core.store.keys import Key
from snapshot_core.store.readings import followers, gain_lines
from snapshot_core.store.rhythms.held import learned_between
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
    tracked: Window | None = None
    """Where the period is not ready: the time since tracking began."""
    since_tracking: Mapping[str, Ledger] | None = None


def account_growth(
    connection: Connection,
    key: Key,
    period: Period,
    now: int,
    rounding: Roundings,
    keep_days: int | None = None,
) -> AccountGrowth:
    """The ledgers, at ``now``, of an account's video counters for ``period`` and the one before.

    Where ``period`` is not ready, also those of the time since tracking began. ``keep_days``: for
    which the account's captures are kept.
    """
    history = history_of(connection, key, now, keep_days)
    window = window_of(history, period)
    if window is None:
        return AccountGrowth(history, None, {}, None, None)
    before = window_before(history, window)
    tracked = None if reaches_back(history, window) else tracked_window(history)
    windows = [window, *filter(None, (before, tracked))]
    loaded = load(connection, key, windows, now=now, rounding=rounding)
    latest, *others = lines(loaded, windows)
    ledgers = [each.ledgers() for each in others]
    return AccountGrowth(
        history,
        window,
        latest.ledgers(),
        ledgers[0] if before else None,
        latest,
        tracked,
        ledgers[-1] if tracked else None,
    )


@dataclass(frozen=True, slots=True)
class AccountShare:
    """One account's share of an overview: what the engine says of it, and its lines."""

    account: Account
    history: History
    window: Window | None
    """The period, as the account's own captures end it."""
    growths: Mapping[str, Growth]
    """By counter."""
    videos: Lines | None
    """The videos behind them; None without a window."""
    lines: Mapping[str, GainLine]
    """The running gain by counter; empty without a window."""
    left_out: Reason | None = None
    """Why it is not in the sum of several accounts; None where it is."""

    @property
    def stale(self) -> bool:
        """Whether its last complete capture is too old."""
        return any(growth.stale_since is not None for growth in self.growths.values())


def account_share(
    connection: Connection, account: Account, period: Period, now: int
) -> AccountShare:
    """The share of one account at ``now``. Reads the store; all that follows is arithmetic."""
    rounding = roundings_of(account.platform, rounded=account.rounded)
    growth = account_growth(connection, account.key, period, now, rounding, account.keep_days)
    history, window = growth.history, growth.window
    if window is None:
        unknown = _growths(account, growth, [], NOTHING_LEARNED, now)
        return AccountShare(account, history, None, unknown, None, {})
    # Far enough back for the period before, for the days charted, and for a gap beside both.
    since = min(window.before.start, window.end - (DAYS[period.days] + 1) * DAY) - window.max_gap
    # A count of followers that came later still tells what there was at the window's end.
    until = min(window.end + window.max_gap, believed_until(now))
    series = followers(connection, account.key, since, until)
    learned = learned_between(connection, account.key, since, until)
    gained = gain_lines(connection, account.key, since, window.end, learned.share_at())
    return AccountShare(
        account,
        history,
        window,
        _growths(account, growth, series, learned, now),
        growth.videos,
        {**gained, FOLLOWERS: GainLine.from_readings(series, learned.share_at())},
    )


def _growths(
    account: Account,
    growth: AccountGrowth,
    follower_series: Series,
    learned: Learned,
    now: int,
) -> dict[str, Growth]:
    """The growth of every counter, and beside one that is not ready what is known of it."""
    history = growth.history
    rounding = roundings_of(account.platform, rounded=account.rounded).of(FOLLOWERS)
    stale = is_stale(history, now, account.cadence_seconds)

    def of(
        window: Window | None, ledgers: Mapping[str, Ledger], before: Mapping[str, Ledger] | None
    ) -> dict[str, Growth]:
        by_metric = {
            metric: video_counter_growth(
                metric,
                window,
                ledgers.get(metric, EMPTY),
                before[metric] if before else None,
                history,
            )
            for metric in VIDEO_METRICS
        }
        by_metric[FOLLOWERS] = follower_growth(window, follower_series, history, rounding, learned)
        places = [] if window is None else [(account.platform, window)]
        return {metric: across_breaks(each, places) for metric, each in by_metric.items()}

    growths = of(growth.window, growth.now, growth.before)
    tracked = of(growth.tracked, growth.since_tracking, None) if growth.since_tracking else {}
    return {
        metric: replace(
            growth_of_metric,
            stale_since=history.last_complete if stale else None,
            since_tracking=if_known(tracked.get(metric)),
        )
        for metric, growth_of_metric in growths.items()
    }


def if_known(growth: Growth | None) -> Growth | None:
    """The growth if there is a number."""
    return growth if growth is not None and growth.growth is not None else None
