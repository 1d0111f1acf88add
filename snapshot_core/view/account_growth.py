"""One account's share of an overview."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.clock import believed_until
from snapshot_core.growth.follower_growth import follower_growth
from snapshot_core.growth.gain_line import GainLine
from snapshot_core.growth.growth import Growth, video_counter_growth
from snapshot_core.growth.history import History, Reason, Windows, is_stale, windows_of
from snapshot_core.growth.ledger import EMPTY, Ledger
from snapshot_core.growth.lines import Lines, lines
from snapshot_core.growth.rhythms.learned import NOTHING_LEARNED, Learned
from snapshot_core.growth.rounding import Roundings
from snapshot_core.growth.value import Series
from snapshot_core.metrics import FOLLOWERS, VIDEO_METRICS
from snapshot_core.periods import Days, Period
from snapshot_core.sources.registry import roundings_of
from snapshot_core.store.accounts import Account
from snapshot_core.store.brackets import load
from snapshot_core.store.captures import history_of
from snapshot_core.store.database import Connection
from snapshot_core.store.keys import Key
from snapshot_core.store.readings import followers, gain_lines
from snapshot_core.store.rhythms.held import learned_between
from snapshot_core.view.definitions import across_breaks
from snapshot_core.windows import DAY, Window

MIN_DAYS_CHARTED: Final = 14


@dataclass(frozen=True, slots=True)
class AccountGrowth:
    """What the engine says of an account for one period. Ledgers are by metric."""

    history: History
    windows: Windows
    now: Mapping[str, Ledger]
    before: Mapping[str, Ledger] | None
    """The period it is compared with; None where the captures do not reach back to its start."""
    videos: Lines | None
    """The videos behind the ledgers of now; None without a window."""
    since_tracking: Mapping[str, Ledger] | None = None
    """Where the period is not ready: those of the part of it that is known."""
    tracked: Lines | None = None
    """The videos behind those."""


def account_growth(
    connection: Connection,
    key: Key,
    period: Period,
    now: int,
    zone: ZoneInfo,
    rounding: Roundings,
    keep_days: int | None = None,
) -> AccountGrowth:
    """The ledgers, at ``now``, of an account's video counters for ``period`` and what it is
    compared with.

    Where ``period`` is not ready, also those of what is known of it. ``zone``: whose days it
    means. ``keep_days``: for which the account's captures are kept.
    """
    history = history_of(connection, key, now, keep_days)
    windows = windows_of(history, period, zone)
    if windows.window is None:
        return AccountGrowth(history, windows, {}, None, None)
    measured = [windows.window, *filter(None, (windows.before, windows.tracked))]
    loaded = load(connection, key, measured, now=now, rounding=rounding)
    latest, *others = lines(loaded, measured)
    ledgers = [each.ledgers() for each in others]
    return AccountGrowth(
        history,
        windows,
        latest.ledgers(),
        ledgers[0] if windows.before else None,
        latest,
        ledgers[-1] if windows.tracked else None,
        others[-1] if windows.tracked else None,
    )


@dataclass(frozen=True, slots=True)
class AccountShare:
    """One account's share of an overview: what the engine says of it, and its lines."""

    account: Account
    history: History
    windows: Windows
    """The period, as the account's own captures bound it."""
    growths: Mapping[str, Growth]
    """By counter."""
    videos: Lines | None
    """The videos behind them, or behind what is known of them; None without a window."""
    lines: Mapping[str, GainLine]
    """The running gain by counter; empty without a window."""
    left_out: Reason | None = None
    """Why it is not in the sum of several accounts; None where it is."""

    @property
    def window(self) -> Window | None:
        """What is measured."""
        return self.windows.window

    @property
    def stale(self) -> bool:
        """Whether its last complete capture is too old."""
        return any(growth.stale_since is not None for growth in self.growths.values())


def charted_from(period: Period, window: Window) -> int:
    """An instant of the first day that the daily chart shows of a period."""
    since = window.start
    if isinstance(period, Days) and not period.whole:
        since = window.end - (period.days - 1) * DAY
    return min(since, window.end - (MIN_DAYS_CHARTED - 1) * DAY)


def account_share(
    connection: Connection, account: Account, period: Period, now: int, zone: ZoneInfo
) -> AccountShare:
    """The share of one account at ``now``. Reads the store; all that follows is arithmetic."""
    rounding = roundings_of(account.platform, rounded=account.rounded)
    growth = account_growth(connection, account.key, period, now, zone, rounding, account.keep_days)
    history, windows = growth.history, growth.windows
    window = windows.window
    if window is None:
        unknown = _growths(account, growth, [], NOTHING_LEARNED, now)
        return AccountShare(account, history, windows, unknown, None, {})
    # Far enough back for what it is compared with, for the days charted, and for a gap beside both.
    begins = [charted_from(period, window), *([windows.before.start] if windows.before else [])]
    since = min(begins) - DAY - window.max_gap
    # What was read later still tells what there was at the window's end.
    until = min(window.end + window.max_gap, believed_until(now))
    series = followers(connection, account.key, since, until)
    learned = learned_between(connection, account.key, since, until)
    gained = gain_lines(connection, account.key, since, until, learned.share_at())
    return AccountShare(
        account,
        history,
        windows,
        _growths(account, growth, series, learned, now),
        growth.tracked or growth.videos,
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
    history, asked = growth.history, growth.windows
    rounding = roundings_of(account.platform, rounded=account.rounded).of(FOLLOWERS)
    # What ended before the last capture does not grow old.
    stale = asked.end_at(history.last_complete) and is_stale(history, now, account.cadence_seconds)

    def of(
        windows: Windows, ledgers: Mapping[str, Ledger], before: Mapping[str, Ledger] | None
    ) -> dict[str, Growth]:
        by_metric = {
            metric: video_counter_growth(
                metric, windows, ledgers.get(metric, EMPTY), before[metric] if before else None
            )
            for metric in VIDEO_METRICS
        }
        by_metric[FOLLOWERS] = follower_growth(windows, follower_series, rounding, learned)
        places = [] if windows.window is None else [(account.platform, windows.window)]
        return {metric: across_breaks(each, places) for metric, each in by_metric.items()}

    growths = of(asked, growth.now, growth.before)
    tracked = of(asked.known_part(), growth.since_tracking, None) if growth.since_tracking else {}
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
