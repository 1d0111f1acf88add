"""Years of the job in seconds: its real loop and tasks, by a clock in the simulation's hands.

True time goes from look to look, and the machine's clock may be ahead of it. Meanwhile the machine
is off, the job ends or is killed, the platform is away for an account, and daylight saving comes
and goes. `job_checks` says what came of it.
"""

import datetime as real_datetime
import logging
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import cycle
from random import Random
from types import SimpleNamespace
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
import schedule

from jobs import __main__ as job
from jobs import looks
from jobs.heartbeat import HeartbeatWriter
from jobs.stop import Stop
from jobs.tasks.nightly import CAPTURES_SECONDS, Nightly
from jobs.tasks.retention import Retention
from jobs.tasks.rhythms import PooledRhythms
from snapshot_core.cadences import CADENCE_HOURS, NIGHTLY
from snapshot_core.capture.slots import DAY_HOURS
from snapshot_core.connections.leases import lease_end
from snapshot_core.errors import SourceError
from snapshot_core.sources.contract import AccountRef, Calls
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.accounts import claim, set_cadence
from snapshot_core.store.database import Store
from snapshot_core.windows import DAY, HOUR
from tests.support.job_checks import KEEP_DAYS, Checks
from tests.support.job_troubles import Kind, Trouble, slots, troubles
from tests.support.staged import Hands, Staged, added

MACHINE_ZONE: Final = ZoneInfo("Europe/Berlin")
ZONES: Final = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca")
MEAN_PAUSE_SECONDS: Final = 24 * HOUR
"""Between two looks for which there is no cause."""


class Killed(BaseException):
    """The process is gone, without a goodbye."""


@dataclass
class TrueViews(Staged):
    """Views that grow by one a minute of true time, whatever the clock shows."""

    true_time: Hands = field(default_factory=Hands)

    def read(self, account: AccountRef, scope: Any, now: int) -> Any:
        return super().read(account, scope, self.true_time.now)


class JobYears:
    """The simulation: an account in each of ``zones``; the first one's numbers may be kept for
    `KEEP_DAYS`. They have the ``cadences`` in turn, and no look is at all accounts without a cause.
    """

    def __init__(
        self,
        store: Store,
        seed: int,
        begin: date,
        days: int,
        zones: Sequence[str] = ZONES,
        cadences: Sequence[str] = (NIGHTLY,),
    ) -> None:
        self.store, self._chance = store, Random(seed)
        self.begin = int(datetime.combine(begin, time(12), MACHINE_ZONE).timestamp())
        self.end = self.begin + days * DAY
        self.true_time, self.clock = Hands(self.begin), Hands(self.begin)
        self._source = TrueViews(2, true_time=self.true_time, between=self._in_walk)
        if set(cadences) != {NIGHTLY}:
            self._source.calls = Calls(a_day=100_000, fixed=1, videos_per_page=20, recent=1)
        self.kept, *others = zones
        self.accounts = {self.kept: added(store, self.kept, source="youtube", zone=self.kept)}
        self.accounts |= {zone: added(store, zone, zone=zone) for zone in others}
        self.cadences = dict(zip(self.accounts, cycle(cadences), strict=False))
        for name, account in self.accounts.items():
            store.transact(partial(set_cadence, key=account.key, cadence=self.cadences[name]))
        self.slots = {
            name: slots(ZoneInfo(name), begin, days, range(0, DAY_HOURS, CADENCE_HOURS[cadence]))
            for name, cadence in self.cadences.items()
        }
        self.troubles = [*troubles(self._chance, self.begin, self.end, [*self.accounts])]
        self._boundaries = sorted({at for due in self.slots.values() for at in due})
        changes = {at for each in self.troubles for at in (each.begins, each.ends)}
        # A clock that was put back makes the loop begin anew, and look some seconds later.
        self._events = sorted(changes | {at + 2 * CAPTURES_SECONDS for at in changes})
        self.checks = Checks(self)

    def run(self) -> None:
        """Live through it all."""
        settings = load_settings(
            {
                "TRUEGROWTH_TIME_ZONE": MACHINE_ZONE.key,
                "TRUEGROWTH_WORKERS": "1",
                "TRUEGROWTH_YOUTUBE_KEEP_DAYS": str(KEEP_DAYS),
            },
            None,
        )
        with (
            scheduler_by(self.clock),
            pytest.MonkeyPatch.context() as patch,
            _errors_of("jobs", self.checks.faults),
        ):
            patch.setattr(looks, "FULL_LOOK_SECONDS", 2 * (self.end - self.begin))
            while self.true_time.now < self.end:
                stop = _SimulatedStop(self)
                beats = HeartbeatWriter(self.store, self.clock)
                nightly = _WatchedNightly(
                    settings, self.store, self.clock, lambda _: self._source, stop, beats
                )
                retention = Retention(settings, self.store, self.clock)
                rhythms = PooledRhythms(settings, self.store, self.clock)
                try:
                    job._run_until_stopped(nightly, retention, rhythms, self.store, stop, beats)
                except Killed:
                    self._leave_a_lease()
                if trouble := self._during("off", "restart", "killed"):
                    self._set(trouble.ends)

    def advance(self) -> bool:
        """Go on to the next look; whether the job is asked to end there."""
        now = self.true_time.now
        following = [
            now + 15 + int(self._chance.expovariate(1 / MEAN_PAUSE_SECONDS)),
            *(at + self._chance.randrange(40) for at in _after(self._boundaries, now)),
            *_after(self._events, now),
            self.end,
        ]
        self._set(min(at for at in following if at > now))
        if self._during("killed"):
            raise Killed
        return self.true_time.now >= self.end or self._during("off", "restart") is not None

    def looked(self) -> None:
        """The job looks."""
        if self.clock.now == self.true_time.now:
            self.checks.at_a_look(self.true_time.now)

    def _during(self, *kinds: Kind) -> Trouble | None:
        """The trouble of these kinds that there is now."""
        now = self.true_time.now
        for trouble in self.troubles:
            if trouble.kind in kinds and trouble.begins <= now < trouble.ends:
                return trouble
        return None

    def _set(self, true_time: int) -> None:
        before, self.true_time.now = self._during("clock"), true_time
        wrong = self._during("clock")
        if before is not None and before.leaves_lease and wrong is None:
            self._leave_a_lease()
        self.clock.now = true_time + (wrong.lead if wrong else 0)

    def _in_walk(self, account: AccountRef, number: int) -> None:
        """What befalls a source before each video."""
        if (wrong := self._during("clock")) and wrong.in_walk and number == 1:
            place = self.troubles.index(wrong)
            self.troubles[place] = replace(wrong, ends=self.true_time.now)
            self.clock.now = self.true_time.now
        away = self._during("platform")
        if away is not None and away.account == account.name:
            raise SourceError("The platform is away.")

    def _leave_a_lease(self) -> None:
        """As one does who is killed in the middle of a snapshot."""
        account = self.accounts[self._chance.choice([*self.accounts])]
        now = self.clock.now
        self.store.transact(lambda c: claim(c, account.key, "killed", now, lease_end(now)))


class _SimulatedStop(Stop):
    def __init__(self, years: JobYears) -> None:
        self.years, self._asked = years, False

    def wait(self, seconds: float) -> bool:
        self._asked = self._asked or self.years.advance()
        return self._asked


class _WatchedNightly(Nightly):
    """Tells when it looks."""

    def run(self) -> None:
        assert isinstance(self.stop, _SimulatedStop)
        self.stop.years.looked()
        super().run()


def _after(instants: Sequence[int], now: int) -> Sequence[int]:
    """The first of sorted instants after ``now``, if there is one."""
    place = bisect_right(instants, now)
    return instants[place : place + 1]


@contextmanager
def scheduler_by(clock: Hands) -> Iterator[None]:
    """The library's scheduler counts by the machine's wall clock: it shows what ``clock`` does."""

    class Wall(real_datetime.datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.fromtimestamp(clock.now, MACHINE_ZONE).replace(tzinfo=None)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schedule, "datetime", SimpleNamespace(datetime=Wall, timedelta=timedelta))
        yield


@contextmanager
def _errors_of(name: str, errors: list[str]) -> Iterator[None]:
    """Collects what is logged as an error."""

    class Collect(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            errors.append(self.format(record))

    handler, logger = Collect(logging.ERROR), logging.getLogger(name)
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
