"""What each account brings to an overview, and to a table of accounts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.clock import believed_until
from snapshot_core.growth.bracket import Videos
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
from snapshot_core.store.brackets import Asked, load, load_several
from snapshot_core.store.brackets.several import TOGETHER_SECONDS
from snapshot_core.store.captures import histories_of, history_of
from snapshot_core.store.database import Connection
from snapshot_core.store.keys import Key
from snapshot_core.store.several.account_lines import followers_of, learned_of, totals_of
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
    return _of_videos(
        history, windows, load(connection, key, windows.measured, now=now, rounding=rounding)
    )


def _of_videos(history: History, windows: Windows, videos: Videos) -> AccountGrowth:
    latest, *others = lines(videos, windows.measured)
    ledgers = [each.ledgers() for each in others]
    return AccountGrowth(
        history,
        windows,
        latest.ledgers(),
        ledgers[0] if windows.before else None,
        latest,
        ledgers[-1] if windows.tracked else None,
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
    """The videos behind them; None without a window."""
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


def account_shares(
    connection: Connection, accounts: Sequence[Account], period: Period, now: int, zone: ZoneInfo
) -> list[AccountShare]:
    """The shares of accounts of one user at ``now``, in their order: in as many statements for a
    thousand as for one, if their captures lie as close together.
    """
    histories = histories_of(connection, accounts, now)
    shares: dict[int, AccountShare] = {}
    ends: dict[Account, Windows] = {}
    for account in accounts:
        # One that was removed since the accounts were read has no captures.
        history = histories.get(account.account_id, History(0, None, None))
        ends[account] = windows = windows_of(history, period, zone)
        if windows.window is None:
            unknown = _growths(
                account, AccountGrowth(history, windows, {}, None, None), [], NOTHING_LEARNED, now
            )
            shares[account.account_id] = AccountShare(account, history, windows, unknown, None, {})
    asked = [
        Asked(account.key, windows.measured, _rounding(account))
        for account, windows in ends.items()
        if windows.window is not None
    ]
    loaded = load_several(connection, asked, now=now)
    for together in _together(period, ends, now):
        owned, spans = [*together], together.values()
        since, until = min(span.start for span in spans), max(span.end for span in spans)
        totals = totals_of(connection, owned, since, until)
        followers = followers_of(connection, owned, since, until)
        learned = learned_of(connection, owned, since, until)
        for account, span in together.items():
            number = account.account_id
            known = learned.get(number, NOTHING_LEARNED)
            growth = _of_videos(histories[number], ends[account], loaded[account.key])
            series = [each for each in followers.get(number, []) if _inside(span, each)]
            gained = {
                metric: GainLine.from_totals(
                    [
                        each
                        for each in totals.get(number, {}).get(metric, [])
                        if _inside(span, each)
                    ],
                    known.share_at(),
                )
                for metric in VIDEO_METRICS
            }
            shares[number] = AccountShare(
                account,
                growth.history,
                growth.windows,
                _growths(account, growth, series, known, now),
                growth.videos,
                {**gained, FOLLOWERS: GainLine.from_readings(series, known.share_at())},
            )
    return [shares[account.account_id] for account in accounts]


def _rounding(account: Account) -> Roundings:
    return roundings_of(account.platform, rounded=account.rounded)


def _inside(span: Window, row: Sequence[int]) -> bool:
    return span.start <= row[0] <= span.end


def _together(
    period: Period, ends: Mapping[Account, Windows], now: int
) -> Iterator[dict[Account, Window]]:
    """Accounts whose captures end close to each other, and of when each one's lines are."""
    together: dict[Account, Window] = {}
    with_window = [(account, each) for account, each in ends.items() if each.window is not None]
    for account, windows in sorted(with_window, key=lambda pair: _end(pair[1])):
        first = next(iter(together), None)
        if first is not None and _end(windows) - _end(ends[first]) > TOGETHER_SECONDS:
            yield together
            together = {}
        together[account] = _charted(period, windows, now)
    if together:
        yield together


def _end(windows: Windows) -> int:
    assert windows.window is not None
    return windows.window.end


def _charted(period: Period, windows: Windows, now: int) -> Window:
    """Far enough back for what it is compared with, for the days charted, and for a gap beside
    both. What was read later still tells what there was at the window's end.
    """
    window = windows.window
    assert window is not None
    begins = [charted_from(period, window), *([windows.before.start] if windows.before else [])]
    since = min(begins) - DAY - window.max_gap
    return Window(since, min(window.end + window.max_gap, believed_until(now)))


def _growths(
    account: Account,
    growth: AccountGrowth,
    follower_series: Series,
    learned: Learned,
    now: int,
) -> dict[str, Growth]:
    """The growth of every counter, and beside one that is not ready what is known of it."""
    history, asked = growth.history, growth.windows
    rounding = _rounding(account).of(FOLLOWERS)
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
