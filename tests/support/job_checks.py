"""What came of the years of `job_years`: the nights that could be had, worked out apart."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from snapshot_core.cadences import ADAPTIVE, NIGHTLY
from snapshot_core.capture.plan import MAX_RETRY_SECONDS
from snapshot_core.connections.leases import LEASE_SECONDS
from snapshot_core.periods import PERIODS
from snapshot_core.store.accounts import accounts_of
from snapshot_core.store.captures import captures_of
from snapshot_core.store.heartbeats import SETTLED_SECONDS
from snapshot_core.view.overview import overview
from snapshot_core.windows import DAY, HOUR, iso
from tests.support.staged import account_row

if TYPE_CHECKING:
    from tests.support.job_years import JobYears

KEEP_DAYS: Final = 30
"""For which the numbers of a platform may be kept."""
EARLY_SECONDS: Final = DAY + 2 * HOUR
"""By which they may be removed too soon: a clock that is ahead by so little is believed."""
QUIET_SECONDS: Final = 4 * DAY
"""Without trouble, after which the growth of a day must be known to the unit."""
VIEWS_A_DAY: Final = 2 * DAY // 60
VIEWS_BETWEEN_SECONDS: Final = 4
"""By which it may differ: a look comes some seconds after midnight."""


@dataclass(slots=True)
class Tally:
    """What there was, in numbers."""

    nights: int = 0
    taken: int = 0
    missed: int = 0
    """Those that could not be had, where there are no faults."""
    looks: int = 0
    growths: int = 0
    """Answers that were compared with the truth."""
    deleted: int = 0
    """Snapshots that might be kept no longer."""


class Checks:
    """Looks on meanwhile, and compares in the end. ``faults`` says what is wrong."""

    def __init__(self, years: "JobYears") -> None:
        self._years = years
        self.faults: list[str] = []
        self.tally = Tally()
        self._looks: list[int] = []
        """True instants at which the job looked with the right clock."""
        self._compared_after = 0
        self._there = set[int]()
        """What was stored at the last look of the account whose numbers are not kept for ever."""
        self._seen = set[int]()

    def at_a_look(self, now: int) -> None:
        """The job looks, and its clock is right."""
        self._looks.append(now)
        ended = [each.ends for each in self._years.troubles if each.begins <= now]
        quiet_since = max(ended, default=self._years.begin)
        if now - quiet_since >= QUIET_SECONDS and quiet_since != self._compared_after:
            self._compared_after = quiet_since
            self._compare_growth(now)
        self._watch_deletion(now)

    def in_the_end(self) -> None:
        """Compare all nights with those that could be had."""
        self.tally.looks = len(self._looks)
        for name, account in self._years.accounts.items():
            taken = sorted(
                {*self._complete(name), *(self._seen if name == self._years.kept else ())}
            )
            for begin, end in pairwise(self._years.slots[name]):
                if self._years.begin <= begin and end <= self._years.end:
                    self._check_night(name, begin, end, [at for at in taken if begin <= at < end])
            row = account_row(self._years.store, account.key)
            if row.blocked or row.failures:
                self.faults.append(f"{name} is blocked: {row.last_error}")

    def _check_night(self, name: str, begin: int, end: int, taken: Sequence[int]) -> None:
        self.tally.nights += 1
        self.tally.taken += len(taken)
        self.tally.missed += not taken
        looks = self._looks[bisect_left(self._looks, begin) : bisect_left(self._looks, end)]
        first = next((at for at in looks if self._could_read(name, at)), None)
        if first is not None and not (taken and taken[0] <= first):
            self.faults.append(f"{name}: nothing was taken at {iso(first)}")
        # Of six hours in which the rhythm is learned, two are read.
        if len(taken) > (2 if self._years.cadences[name] == ADAPTIVE else 1):
            self.faults.append(f"{name}: taken {len(taken)} times in the night of {iso(begin)}")

    def _could_read(self, name: str, at: int) -> bool:
        """Whether nothing stood in the way of a snapshot that a right clock asked for."""
        for trouble in self._years.troubles:
            since = at - trouble.ends
            if trouble.kind == "platform" and trouble.account == name:
                if trouble.begins <= at and since < MAX_RETRY_SECONDS:
                    return False
            elif trouble.kind == "killed" and 0 <= since < LEASE_SECONDS:
                return False
            elif trouble.in_walk and 0 <= since < MAX_RETRY_SECONDS:
                return False  # what was read then is of no known date, and read again
            elif trouble.kind == "clock" and 0 <= since < HOUR and self._has_share(name):
                return False  # what it dated just before is counted among the calls of the hour
        return True

    def _has_share(self, name: str) -> bool:
        return self._years.cadences[name] != NIGHTLY

    def _compare_growth(self, now: int) -> None:
        """Growth is ready and true, whatever was before."""
        with self._years.store.read() as connection:
            for account in accounts_of(connection, 1):
                zone = ZoneInfo(account.time_zone or "")
                view = overview(connection, [account], account, PERIODS[0], now, zone)
                growth = view.cards["views"].growth.growth
                self.tally.growths += 1
                if growth is None or abs(growth - VIEWS_A_DAY) > VIEWS_BETWEEN_SECONDS:
                    self.faults.append(f"{account.name} at {iso(now)}: growth of {growth}")

    def _watch_deletion(self, now: int) -> None:
        """What may be kept for some days stays for so long, and not longer."""
        there = {at for at in self._complete(self._years.kept) if at <= now}
        gone = self._there - there
        self.tally.deleted += len(gone)
        self.faults += [
            f"{iso(at)} was removed at {iso(now)}"
            for at in gone
            if now - at < KEEP_DAYS * DAY - EARLY_SECONDS
        ]
        jumps = [each.ends for each in self._years.troubles if each.kind in ("off", "clock")]
        last = self._looks[-2] if len(self._looks) > 1 else now
        settled = last - max((at for at in jumps if at <= now), default=0) > SETTLED_SECONDS + DAY
        # The task runs once an hour, and what is removed at this look is not gone yet.
        if settled and there and last - min(there) > KEEP_DAYS * DAY + HOUR:
            self.faults.append(f"{iso(min(there))} is still there at {iso(now)}")
        self._there = there
        self._seen |= there

    def _complete(self, name: str) -> list[int]:
        """The instants of the complete snapshots of an account that count."""
        with self._years.store.read() as connection:
            rows = captures_of(connection, self._years.accounts[name].key)
        return [row.captured_at for row in rows if row.counts and row.status == "complete"]
