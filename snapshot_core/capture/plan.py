"""The plan of one account: what is due next of it, by its nights and by its cadence."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import time
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.cadences import ADAPTIVE, NIGHTLY
from snapshot_core.capture.cadence import Rhythm, hours_between, next_launch
from snapshot_core.capture.share import EVEN_PARTS, Share, Spent, first_within
from snapshot_core.capture.slots import DAY_HOURS, night_after, night_date, night_of
from snapshot_core.growth.completeness import Scope
from snapshot_core.sources.contract import Calls
from snapshot_core.store.due_accounts import MAX_NIGHTS_APART, DueAccount
from snapshot_core.windows import HOUR

FIRST_RETRY_SECONDS: Final = 300
"""Seconds until a capture that failed is tried again, doubled by each further failure; and until
a listing that was short without an error gets its second look."""
MAX_RETRY_SECONDS: Final = HOUR


@dataclass(frozen=True, slots=True)
class DueCapture:
    """A capture that is due at an instant (UTC seconds) if nothing happens until then."""

    at: int
    scope: Scope
    trigger: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The captures of one account that are due next, each kind by itself."""

    account: DueAccount
    rhythm: Rhythm
    cadence: str
    calls: Calls | None
    share: Share | None

    def nightly(self, now: int) -> DueCapture:
        """The next one that the night asks for."""
        account, night = self.account, self._night_in_turn(now)
        served = _served_at(account, night)
        if served is not None:
            return DueCapture(self._next_night(max(now, served)), "complete", "nightly")
        trigger = "baseline" if account.last_good is None else "nightly"
        return DueCapture(max(now, _retry_at(account, night, now)), "complete", trigger)

    def extras(self, now: int) -> Iterator[DueCapture]:
        """The next ones beyond the nights: of all videos, and of the newest page."""
        if self.cadence == NIGHTLY or self.calls is None or self.account.last_good is None:
            return
        night = self._night_in_turn(now)
        if _served_at(self.account, night) is not None:
            at = self._within_share(self._next_slot(now), "complete")
            if at is not None:
                yield DueCapture(at, "complete", "hourly")
        if self.cadence == ADAPTIVE:
            coming = self._slots_from(now)
            launch = next_launch(self.account.young, self.account.last_tried, coming, now)
            at = self._within_share(launch, "recent")
            if at is not None:
                yield DueCapture(at, "recent", "hourly")

    @property
    def is_limited(self) -> bool:
        """Whether its share may be too small for its cadence, whatever that is."""
        if self.calls is None or self.share is None:
            return False
        hourly = (DAY_HOURS - 1) * self.calls.of("complete", self.account.videos)
        return self.share.every_nights > 1 or self.share.extra_calls < hourly

    def slot_after(self, now: int) -> int:
        """When its wall clock asks next for a complete capture; there may be too few calls."""
        return min(slot for slot in self._slots_from(now) if slot > now)

    def _next_slot(self, now: int) -> int | None:
        """When the present slot, or else the next one of this night, is due."""
        account = self.account
        read = [account.last_complete or 0]
        if not account.failures:  # a listing that was short shows what it shows
            read.append(account.last_good or 0)
        base = max(now, *read)
        night = night_of(base, *self._wall)
        slots = self._slots(night)
        present = max(slot for slot in slots if slot <= base)
        if present > night and max(read) < present:
            return max(now, _retry_at(account, present, now))
        return min((slot for slot in slots if slot > base), default=None)

    def _within_share(self, at: int | None, scope: Scope) -> int | None:
        """The first instant from ``at`` on at which such a capture keeps to the share."""
        if at is None or self.calls is None or self.share is None:
            return None
        complete, recent = (
            self.calls.of(scope, self.account.videos) for scope in ("complete", "recent")
        )
        cost = complete if scope == "complete" else recent
        # Never more than all of it every hour takes. The night is another capture, but a day from
        # a slot that was read late on to the same slot in time holds one more.
        most = min(self.share.extra_calls, DAY_HOURS * complete)
        # Where nothing has to be left out, one that came late must not hold up the next.
        spread = scope == "recent" or self.is_limited
        spent = [
            *(Spent(each, complete) for each in self.account.extra_complete),
            *(Spent(each, recent) for each in self.account.extra_recent),
        ]
        return first_within(most, at, cost, spent, EVEN_PARTS[scope] if spread else ())

    def _slots_from(self, now: int) -> list[int]:
        """The complete captures to come until the end of the night after this one."""
        night = night_of(now, *self._wall)
        both = night, night_after(now, *self._wall)
        return [slot for night in both for slot in self._slots(night)]

    def _slots(self, night: int) -> tuple[int, ...]:
        hours = hours_between(self.cadence, self.account.created_at, night, self.rhythm)
        return self.rhythm.slots(night, hours)

    def _night_in_turn(self, now: int) -> int:
        """The latest night, by ``now``, of which a capture is taken."""
        night = night_of(now, *self._wall)
        while not self._has_turn(night):
            night = night_of(night - 1, *self._wall)
        return night

    def _next_night(self, after: int) -> int:
        night = night_after(after, *self._wall)
        while not self._has_turn(night):
            night = night_after(night, *self._wall)
        return night

    def _has_turn(self, night: int) -> bool:
        """Where there are too many accounts for one night, they take turns."""
        every = 1 if self.share is None else min(self.share.every_nights, MAX_NIGHTS_APART)
        if every == 1:
            return True
        number = night_date(night, *self._wall).toordinal() + self.account.account_id
        return (number + self.account.user_id) % every == 0

    @property
    def _wall(self) -> tuple[ZoneInfo, time]:
        return self.rhythm.zone, self.rhythm.at


def taken(account: DueAccount, due: DueCapture) -> DueAccount:
    """The account after the capture ``due``."""
    after = replace(account, last_tried=due.at)
    if due.scope == "complete":
        after = replace(
            after, last_good=due.at, last_complete=due.at, attempted_at=due.at, failures=0
        )
    if due.trigger != "hourly":
        return after
    if due.scope == "complete":
        return replace(after, extra_complete=(*account.extra_complete, due.at))
    return replace(after, extra_recent=(*account.extra_recent, due.at))


def _served_at(account: DueAccount, begin: int) -> int | None:
    """The capture by which the night that began at ``begin`` is served; None where it is not."""
    complete, looked = account.last_complete, account.looked_before
    if complete is not None and complete >= begin:
        return complete
    if not account.failures and looked is not None and looked >= begin:
        return account.last_good  # a third look would show no more than the second
    return None


def _retry_at(account: DueAccount, begin: int, now: int) -> int:
    """Not before this instant, in a night, or after a slot, that is not served."""
    if account.failures:
        last, delay = account.attempted_at, FIRST_RETRY_SECONDS << min(account.failures - 1, 10)
    else:
        last, delay = account.last_good, FIRST_RETRY_SECONDS
    if last is None or last > now or (not account.failures and last < begin):
        return now  # an attempt in the future tells of a clock put back, not of a delay
    return last + min(delay, MAX_RETRY_SECONDS)
