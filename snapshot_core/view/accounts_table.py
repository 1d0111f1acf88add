"""All accounts beside each other: what each gained, how many follow it, and how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.capture.schedule import Schedule
from snapshot_core.clock import believed_until
from snapshot_core.growth.follower_growth import follower_growth
from snapshot_core.growth.gain_line import DayGrowth, GainLine
from snapshot_core.growth.growth import Growth
from snapshot_core.growth.history import History, windows_of
from snapshot_core.growth.rhythms.learned import NOTHING_LEARNED, Learned
from snapshot_core.metrics import FOLLOWERS
from snapshot_core.periods import PERIODS, Period
from snapshot_core.sources.registry import SOURCES, roundings_of
from snapshot_core.store.accounts import Account
from snapshot_core.store.database import Connection
from snapshot_core.store.due_accounts import due_accounts
from snapshot_core.store.several.account_lines import (
    followers_of,
    last_posts,
    learned_of,
    totals_of,
)
from snapshot_core.view.account_growth import MIN_DAYS_CHARTED, account_shares
from snapshot_core.view.account_health import AccountHealth, healths_of
from snapshot_core.view.account_state import AccountState, account_state
from snapshot_core.view.cadence import shared
from snapshot_core.view.videos_table import RANKED_BY
from snapshot_core.windows import DAY

FOLLOWERS_PERIOD: Final = PERIODS[1]
"""Over which followers are compared, whatever the period of the views."""
READ_BEFORE_SECONDS: Final = 4 * DAY
"""Further back than that nothing tells what there was at an instant."""


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account. Instants are UTC seconds."""

    account: Account
    platform: str
    """What people call where it is from."""
    views: Growth
    """In the period, as its own Overview says it."""
    days: Sequence[DayGrowth]
    """Views by day, the last `MIN_DAYS_CHARTED`, today last."""
    followers: Growth
    """In `FOLLOWERS_PERIOD`."""
    last_post: int | None
    health: AccountHealth
    state: AccountState


@dataclass(frozen=True, slots=True)
class AccountsTable:
    """All accounts of a user."""

    period: Period
    zone: ZoneInfo
    now: int
    rows: Sequence[AccountRow]
    """In the order in which they were added."""


def accounts_table(
    connection: Connection,
    accounts: Sequence[Account],
    period: Period,
    schedule: Schedule,
    now: int,
    zone: ZoneInfo,
) -> AccountsTable:
    """The table of ``accounts``, of one user: in a fixed number of statements, but for accounts
    that are cut short or lie far back.
    """
    if not accounts:
        return AccountsTable(period, zone, now, ())
    shares = account_shares(connection, accounts, period, now, zone)
    waiting = due_accounts(connection, now, accounts[0].user_id)
    healths = healths_of(connection, accounts, waiting, shared(connection, schedule), now)
    posts = last_posts(connection, accounts, now)
    recent = _Recent(connection, accounts, now)
    rows = [
        AccountRow(
            share.account,
            platform_of(share.account),
            share.growths[RANKED_BY],
            recent.days(share.account, health.zone),
            recent.followers(share.account, health.history, health.zone),
            posts.get(share.account.account_id),
            health,
            account_state(health, now),
        )
        for share, health in zip(shares, healths, strict=True)
    ]
    return AccountsTable(period, zone, now, rows)


def platform_of(account: Account) -> str:
    """What people call where an account is from: ``TikTok`` of any way to read it."""
    source = SOURCES.get(account.platform)
    return source.label.partition(" (")[0] if source else account.platform


class _Recent:
    """What accounts did in the last days, whatever the period of the table."""

    def __init__(self, connection: Connection, accounts: Sequence[Account], now: int) -> None:
        self._now = now
        since = now - max(MIN_DAYS_CHARTED, 2 * FOLLOWERS_PERIOD.days) * DAY - READ_BEFORE_SECONDS
        until = believed_until(now)
        self._learned = learned_of(connection, accounts, since, until)
        self._totals = totals_of(connection, accounts, since, until, (RANKED_BY,))
        self._followers = followers_of(connection, accounts, since, until)

    def days(self, account: Account, zone: ZoneInfo) -> Sequence[DayGrowth]:
        """Views by day, today last."""
        number = account.account_id
        totals = self._totals.get(number, {}).get(RANKED_BY, [])
        line = GainLine.from_totals(totals, self._learned_by(number).share_at())
        return line.days(self._now - (MIN_DAYS_CHARTED - 1) * DAY, self._now, zone)

    def followers(self, account: Account, history: History, zone: ZoneInfo) -> Growth:
        """How many there are, and how many more in a week."""
        number = account.account_id
        windows = windows_of(history, FOLLOWERS_PERIOD, zone)
        rounding = roundings_of(account.platform, rounded=account.rounded).of(FOLLOWERS)
        series = self._followers.get(number, [])
        return follower_growth(windows, series, rounding, self._learned_by(number))

    def _learned_by(self, number: int) -> Learned:
        return self._learned.get(number, NOTHING_LEARNED)
