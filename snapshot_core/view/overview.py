"""The overview: what grew in a period, for one account or all accounts of a user."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from snapshot_core.growth.definitions import DefinitionBreak
from snapshot_core.growth.gain_line import DayGrowth, GainLine, days_together, together
from snapshot_core.growth.growth import Growth, History, is_stale, window_before, window_of
from snapshot_core.metrics import COUNTERS
from snapshot_core.session import accounts_together
from snapshot_core.store.accounts import Account
from snapshot_core.store.database import Connection
from snapshot_core.store.readings import videos_listed
from snapshot_core.view import account_growth
from snapshot_core.view.account_growth import AccountShare
from snapshot_core.view.definitions import breaks_of, mark_days
from snapshot_core.view.top_videos import top_videos
from snapshot_core.view.videos_table import VideoRow
from snapshot_core.windows import DAY, Period, Window


@dataclass(frozen=True, slots=True)
class Card:
    """One counter: its growth and the days that led to it (oldest first)."""

    growth: Growth
    days: Sequence[DayGrowth]
    breaks: Sequence[DefinitionBreak] = ()
    """The days in the period, or among ``days``, on which a platform redefined the counter."""


@dataclass(frozen=True, slots=True)
class Curve:
    """The gain since the window's start, and that of the period before moved onto it.

    ``(instant, gain)``, oldest first; a gain of None breaks the line.
    """

    now: Sequence[tuple[int, int | None]]
    before: Sequence[tuple[int, int | None]]


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything the overview shows. Instants are UTC seconds."""

    period: Period
    zone: ZoneInfo
    now: int
    accounts: Sequence[Account]
    account: Account | None
    """None: all accounts together."""
    window: Window | None
    history: History
    videos: int
    cards: Mapping[str, Card]
    """By counter, in the order of `COUNTERS`."""
    curves: Mapping[str, Curve]
    top_videos: Sequence[VideoRow]
    stale: bool
    late: Sequence[str]
    """When shown together: names of accounts whose numbers are stale, not ready, or of so long
    ago that they are left out.
    """


def overview(
    connection: Connection,
    accounts: Sequence[Account],
    account: Account | None,
    period: Period,
    now: int,
    zone: ZoneInfo,
) -> Overview:
    """The overview of ``account``, or of all ``accounts`` of the user where it is None."""
    shown = [account] if account else accounts_together(accounts)
    all_shares = [account_growth.account_share(connection, each, period, now) for each in shown]
    shares = account_growth.overlapping(all_shares)
    history = account_growth.combined_history([share.growth.history for share in shares])
    window = window_of(history, period)
    stale = [
        share.account.name
        for share in all_shares
        if is_stale(share.growth.history, now, share.account.cadence)
    ]
    not_ready = [share.account.name for share in all_shares if not share.reaches_back]
    lines = account_growth.gain_lines_by_counter(shares)
    growths = account_growth.combined_growths(shares, history, window)
    return Overview(
        period,
        zone,
        now,
        accounts,
        account,
        window,
        history,
        sum(_videos_listed(connection, share) for share in shares),
        {
            name: _card(
                replace(growths[name], stale=bool(stale)), lines[name], shares, window, period, zone
            )
            for name in COUNTERS
        },
        {name: _curve(lines[name], growths[name], history, window) for name in COUNTERS},
        top_videos(connection, shares, zone),
        bool(stale),
        sorted({*stale, *not_ready}) if len(all_shares) > 1 else [],
    )


def _card(
    growth: Growth,
    lines: Sequence[GainLine],
    shares: Sequence[AccountShare],
    window: Window | None,
    period: Period,
    zone: ZoneInfo,
) -> Card:
    if window is None:
        return Card(growth, [])
    since = window.end - (account_growth.DAYS[period.days] - 1) * DAY
    shown = Window(min(since, window.start), window.end)
    breaks = breaks_of(growth.metric, [(share.account.source, shown) for share in shares])
    days = days_together(lines, since, window.end, zone)
    return Card(growth, mark_days(days, breaks, zone), breaks)


def _curve(
    lines: Sequence[GainLine], growth: Growth, history: History, window: Window | None
) -> Curve:
    if window is None or growth.growth is None:
        return Curve((), ())
    line = together(lines, window.max_gap)
    now = line.since(window.start, window.end, window.max_gap)
    earlier = window_before(history, window)
    before: list[tuple[int, int | None]] = []
    if growth.before is not None and earlier is not None:
        then = line.since(earlier.start, earlier.end, window.max_gap)
        before = [(at + window.seconds, gain) for at, gain in then]
    return Curve(_ending(now, growth.growth), _ending(before, growth.before))


def _ending(line: list[tuple[int, int | None]], total: int | None) -> list[tuple[int, int | None]]:
    """The line with its end on the exact figure: sums of captures differ from it by rounding,
    and by videos that a capture in between had missed.
    """
    return [*line[:-1], (line[-1][0], total)] if line else line


def _videos_listed(connection: Connection, share: AccountShare) -> int:
    """How many videos the last complete capture listed."""
    last = share.growth.history.last_complete
    return 0 if last is None else videos_listed(connection, share.account.key, last)
