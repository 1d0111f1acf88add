"""When a nightly capture is due: decided from what is stored and the instant, nothing else.

A *night* begins at the installation's snapshot time on the account's own wall clock and lasts
until the next one. It is served by one complete capture at or after its beginning, whoever took
it. One that failed or broke off is tried again in the same night, later and later; one whose
listing was short is looked at once more, so that a real mass removal is believed. Nothing is
remembered between two questions, so a restart, an outage of any length and a clock that jumps
all get the same answer: one capture now, or none.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.clock import is_ahead
from snapshot_core.errors import InputError, NotFound
from snapshot_core.session import Session
from snapshot_core.sources.contract import Source
from snapshot_core.sources.registry import source
from snapshot_core.store.accounts import Account
from snapshot_core.store.due_accounts import DueAccount
from snapshot_core.windows import HOUR, local_date
from snapshot_core.zones import first_zone

FIRST_RETRY_SECONDS: Final = 300
"""Seconds until a capture that failed is tried again, doubled by each further failure; and until
a listing that was short without an error gets its second look."""
MAX_RETRY_SECONDS: Final = HOUR


@dataclass(frozen=True, slots=True)
class Schedule:
    """The installation's rhythm: its time zone, and the wall-clock time of the nightly capture."""

    zone: ZoneInfo
    at: time
    sources: Callable[[str], Source] = source

    def next_due(self, account: DueAccount, now: int) -> int | None:
        """The first instant, ``now`` or later, at which a capture is due if nothing happens.

        ``now`` itself means: take it. None means never, until the user acts: the account is
        paused or blocked, or its source is one that is only imported.
        """
        blocked = account.blocked and not is_ahead(account.attempted_at, now)
        if account.paused or blocked or why_not(account, self.sources):
            return None
        zone = first_zone((account.time_zone, account.user_time_zone), self.zone)
        begin = night_of(now, zone, self.at)
        served = _served_at(account, begin)
        if served is not None:
            return night_after(max(now, served), zone, self.at)
        return max(now, _retry_at(account, begin, now))

    def overdue(self, account: DueAccount, now: int) -> int:
        """Seconds for which a capture has been due untried; 0 where none was ever tried."""
        tried = [
            at for at in (account.attempted_at, account.last_good) if at is not None and at <= now
        ]
        if not tried or self.next_due(account, now) != now:
            return 0
        since = self.next_due(account, max(tried))
        return 0 if since is None else max(0, now - since)

    def agenda(
        self, accounts: Iterable[DueAccount], now: int
    ) -> tuple[list[DueAccount], int | None]:
        """The accounts due at ``now``, longest waiting first, and when the next one will be.

        The second is ``now`` while any is due, None where none ever will be.
        """
        when = [
            (at, account) for account in accounts if (at := self.next_due(account, now)) is not None
        ]
        due = [account for at, account in when if at == now]
        due.sort(key=lambda account: (account.last_good or 0, account.user_id, account.account_id))
        return due, min((at for at, _ in when), default=None)


def schedule_of(session: Session, account: Account | None = None) -> Schedule:
    """The rhythm of a user's snapshots, in the zone of ``account`` or in their own."""
    return Schedule(session.zone(account), session.settings.snapshot_at)


def why_not(
    account: Account, sources: Callable[[str], Source] = source
) -> NotFound | InputError | None:
    """Why no snapshot of ``account`` can be taken; None where one can."""
    try:
        known = sources(account.source)
    except NotFound:  # stored by a newer version of the program
        return NotFound(
            f"This version has no source {account.source!r}. Update Truegrowth, or remove the "
            "account."
        )
    if "complete" not in known.scopes:
        return InputError(
            f"{account.name} comes from a file: import a newer one to bring it up to date."
        )
    return None


@lru_cache(maxsize=1024)
def night_of(now: int, zone: ZoneInfo, at: time) -> int:
    """The instant at which the night that holds ``now`` began."""
    # From a day ahead: a clock put back over midnight is on the old date in the new night.
    day = local_date(now, zone) + timedelta(days=1)
    while (begin := _begin(day, zone, at)) > now:
        day -= timedelta(days=1)
    return begin


@lru_cache(maxsize=1024)
def night_after(now: int, zone: ZoneInfo, at: time) -> int:
    """The instant at which the night after the one that holds ``now`` begins."""
    day = local_date(now, zone) - timedelta(days=1)
    while (begin := _begin(day, zone, at)) <= now:
        day += timedelta(days=1)
    return begin


def _begin(day: date, zone: ZoneInfo, at: time) -> int:
    """When the wall clock shows ``at`` on ``day``: the first time, if it does so twice.

    Where it skips that time, the moment that would have been it: still once for the day.
    """
    return int(datetime.combine(day, at, tzinfo=zone).timestamp())


def _served_at(account: DueAccount, begin: int) -> int | None:
    """The capture by which the night that began at ``begin`` is served; None where it is not."""
    complete, looked = account.last_complete, account.looked_before
    if complete is not None and complete >= begin:
        return complete
    if not account.failures and looked is not None and looked >= begin:
        return account.last_good  # a third look would show no more than the second
    return None


def _retry_at(account: DueAccount, begin: int, now: int) -> int:
    """Not before this instant, in a night that is not served."""
    if account.failures:
        last, delay = account.attempted_at, FIRST_RETRY_SECONDS << min(account.failures - 1, 10)
    else:
        last, delay = account.last_good, FIRST_RETRY_SECONDS
    if last is None or last > now or (not account.failures and last < begin):
        return now  # an attempt in the future tells of a clock put back, not of a delay
    return last + min(delay, MAX_RETRY_SECONDS)
