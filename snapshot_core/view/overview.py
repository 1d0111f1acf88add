"""The overview: what grew in a period, for one account or all accounts of a user."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from snapshot_core.growth.charts.bars import Bar, bars
from snapshot_core.growth.definitions import DefinitionBreak
from snapshot_core.growth.gain_line import DayGrowth, days_together
from snapshot_core.growth.growth import Growth
from snapshot_core.growth.history import History
from snapshot_core.growth.several_accounts import latest_window, sum_of_accounts
from snapshot_core.metrics import COUNTERS
from snapshot_core.periods import Period
from snapshot_core.store.accounts import Account, accounts_together
from snapshot_core.store.annotations.notes import Note, notes_of
from snapshot_core.store.database import Connection
from snapshot_core.store.readings import videos_listed
from snapshot_core.view.account_growth import AccountShare, account_shares, charted_from
from snapshot_core.view.curves import Curve, curve_of
from snapshot_core.view.definitions import breaks_of, mark_days
from snapshot_core.view.publications import Publication, publications
from snapshot_core.view.sum_of_accounts import (
    LeftOut,
    accounts_left_out,
    left_out_of,
    marked,
    summed,
)
from snapshot_core.view.top_videos import top_videos
from snapshot_core.view.videos_table import RANKED_BY, VideoRow
from snapshot_core.windows import Window, local_date


@dataclass(frozen=True, slots=True)
class Card:
    """One counter: its growth and the days that led to it (oldest first)."""

    growth: Growth
    days: Sequence[DayGrowth]
    breaks: Sequence[DefinitionBreak] = ()
    """The days in the period, or among ``days``, on which a platform redefined the counter."""
    left_out: Sequence[LeftOut] = ()
    """When several accounts are shown together: those that are not in it."""
    bars: Sequence[Bar] = ()
    """``days``, with what the period has of each."""


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
    """Of all accounts together that of the latest; each is measured over its own."""
    history: History | None
    """None: all accounts together."""
    videos: int
    cards: Mapping[str, Card]
    """By counter, in the order of `COUNTERS`."""
    curves: Mapping[str, Curve]
    top_videos: Sequence[VideoRow]
    stale: bool
    """Whether the last complete capture, of each account in the numbers, is too old."""
    stale_accounts: Sequence[str] = ()
    """When several are shown together: the names of those whose is."""
    summed_accounts: int = 1
    left_out: Sequence[LeftOut] = ()
    """When several are shown together: the accounts that are in none of the numbers."""
    publications: Sequence[Publication] = ()
    """In the period."""
    notes: Sequence[Note] = ()
    """Of days of the charts, about what is shown."""

    def shown_window(self, metric: str) -> Window | None:
        """What the charts of a counter show: where the period is not ready, what is known of it."""
        return self.cards[metric].growth.known.window or self.window


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
    shares = marked(account_shares(connection, shown, period, now, zone))
    ready = [share for share in shares if share.left_out is None]
    window = latest_window(share.window for share in ready or shares)
    growths = {
        name: sum_of_accounts(name, [share.growths[name] for share in shares]) for name in COUNTERS
    }
    stale = [share.account.name for share in ready or shares if share.stale]
    return Overview(
        period,
        zone,
        now,
        accounts,
        account,
        window,
        shares[0].history if len(shares) == 1 else None,
        sum(_videos_listed(connection, share) for share in ready or shares),
        {name: _card(shares, growths[name], window, period, zone) for name in COUNTERS},
        {name: curve_of(shares, name, window) for name in COUNTERS},
        top_videos(connection, ready or shares, zone),
        0 < len(stale) == len(ready or shares),
        stale if len(shares) > 1 else (),
        len(ready),
        accounts_left_out(shares, RANKED_BY),
        publications(connection, ready or shares, window),
        _notes(connection, shown, account, period, window, zone),
    )


def _card(
    shares: Sequence[AccountShare],
    growth: Growth,
    window: Window | None,
    period: Period,
    zone: ZoneInfo,
) -> Card:
    left_out = left_out_of(shares, growth.metric)
    if window is None:
        return Card(growth, [], left_out=left_out)
    since = charted_from(period, window)
    shown, parts = Window(min(since, window.start), window.end), summed(shares, growth.metric)
    breaks = breaks_of(growth.metric, [(share.account.platform, shown) for share in parts])
    lines = [share.lines[growth.metric] for share in parts]
    days = days_together(lines, since, window.end, zone)
    # Of a period that is not ready, what is known of a shorter one holds for a day too.
    marked_days = mark_days(days, breaks, zone, growth.known.resolution)
    inside = bars(marked_days, lines, growth.known.window or window, zone)
    return Card(growth, marked_days, breaks, left_out, inside)


def _notes(
    connection: Connection,
    shown: Sequence[Account],
    account: Account | None,
    period: Period,
    window: Window | None,
    zone: ZoneInfo,
) -> list[Note]:
    if window is None:
        return []
    first = local_date(min(charted_from(period, window), window.start), zone)
    return notes_of(connection, shown[0].user_id, account, first, local_date(window.end, zone))


def _videos_listed(connection: Connection, share: AccountShare) -> int:
    """How many videos the last complete capture listed."""
    last = share.history.last_complete
    return 0 if last is None else videos_listed(connection, share.account.key, last)
