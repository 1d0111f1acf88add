"""Accounts as nobody has them, but anybody might: launches, rhythms, zones and scales at will.

Each video gains by its age, by the hour of its viewers' clock and by the day of their week, and
then by chance (Poisson, and now and then a day that goes better or worse). Read every hour.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from benchmarks.real_series import Account
from snapshot_core.windows import DAY, HOUR, instant

BEGIN = instant(datetime(2026, 10, 10, tzinfo=UTC))
"""Two weeks before Berlin's clocks go back, three before New York's."""
DAYS = 42
Floats = npt.NDArray[np.float64]
Pace = Callable[[Floats], Floats]
"""Views an hour by age in hours, relative to each other."""


def logarithmic(age: Floats) -> Floats:
    """Most at first, then less and less for ever."""
    return 30.0 / (age + 1.0)


def steep(age: Floats) -> Floats:
    """All over in a few days."""
    return 3.0 * np.exp(-age / 20.0) + 0.002


def late(age: Floats) -> Floats:
    """Found by chance three weeks after, for two days."""
    return 10.0 / (age + 1.0) + 2.0 * np.exp(-(((age - 500.0) / 24.0) ** 2))


def evergreen(age: Floats) -> Floats:
    """The same every day."""
    return np.full_like(age, 0.1)


def evenings(hour: Floats) -> Floats:
    """Eight times as many at 20:00 as at 4:00."""
    return np.exp(np.cos((hour - 20.0) / 24.0 * 2.0 * np.pi))


def offices(hour: Floats) -> Floats:
    """From nine to five, with a break."""
    return np.where((hour >= 9) & (hour < 17) & (hour != 12), 3.0, 0.5)


def two_peaks(hour: Floats) -> Floats:
    """On the way to school and in bed."""
    return 0.3 + 2.0 * np.exp(-((hour - 7.5) ** 2)) + 3.0 * np.exp(-(((hour - 22.0) / 2.0) ** 2))


def no_rhythm(hour: Floats) -> Floats:
    """Viewers all over the world."""
    return np.ones_like(hour)


@dataclass(frozen=True, slots=True)
class Simulated:
    """What an account is made of."""

    name: str
    zone: ZoneInfo
    pace: Pace
    rhythm: Pace
    views_a_day: int
    """Of the account, about."""
    old_videos: int
    posted_every_days: int = 0
    """0: nothing new."""
    weekend: float = 1.0
    """What a day of the weekend is to another; its hours are two later."""

    def account(self, seed: int = 1) -> Account:
        """Its readings."""
        chance = np.random.default_rng(seed)
        at = np.arange(BEGIN, BEGIN + DAYS * DAY + 1, HOUR)
        new = range(0, DAYS, self.posted_every_days) if self.posted_every_days else ()
        published = np.array(
            [BEGIN - int(chance.integers(30, 700)) * DAY for _ in range(self.old_videos)]
            + [BEGIN + day * DAY + int(chance.integers(8, 22)) * HOUR for day in new]
        )
        hours, weekend = self._clock(at[:-1])
        age = (at[:-1, None] - published) / HOUR
        gains = np.where(age >= 0, self.pace(np.maximum(age, 0.0)), 0.0)
        gains *= chance.lognormal(0.0, 1.0, len(published))
        gains *= (self.rhythm((hours - 2.0 * weekend) % 24) * self.weekend**weekend)[:, None]
        gains *= chance.lognormal(0.0, 0.2, DAYS).repeat(24)[:, None]
        gains *= self.views_a_day * DAYS / gains.sum()
        counts = np.cumsum(np.vstack((np.full(len(published), 500), chance.poisson(gains))), axis=0)
        begun = at[:, None] >= published
        counts = np.where(begun, counts - np.where(published > BEGIN, 500, 0), -1)
        return Account(at, begun, counts.astype(np.int64), published)

    def _clock(self, at: npt.NDArray[np.int64]) -> tuple[Floats, Floats]:
        """The hour of the clock, and 1 on a weekend."""
        local = [datetime.fromtimestamp(when, self.zone) for when in at.tolist()]
        late_hours = [(when - timedelta(hours=2)).weekday() >= 5 for when in local]
        whole = self.weekend != 1.0
        return (
            np.array([when.hour for when in local], np.float64),
            np.array(late_hours, np.float64) * whole,
        )


def simulated() -> Iterator[Simulated]:
    """All kinds, from ten views a day to ten million."""
    utc, berlin, new_york, lord_howe = (
        ZoneInfo(name)
        for name in ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
    )
    yield Simulated("old catalogue, evenings", utc, evergreen, evenings, 10_000, 20)
    yield Simulated("a post a day, New York", new_york, logarithmic, evenings, 1_000_000, 30, 1)
    yield Simulated("steep launches, Berlin offices", berlin, steep, offices, 50_000, 10, 2)
    yield Simulated("found late, two peaks", berlin, late, two_peaks, 200_000, 12, 3)
    yield Simulated("weekends, New York", new_york, evergreen, evenings, 30_000, 15, 0, 2.5)
    yield Simulated("no rhythm, launches", utc, logarithmic, no_rhythm, 20_000, 5, 2)
    yield Simulated("one video, Lord Howe", lord_howe, evergreen, two_peaks, 10_000_000, 1)
    yield Simulated("300 views a day", berlin, logarithmic, evenings, 300, 10, 4)
    yield Simulated("ten views a day", utc, evergreen, evenings, 10, 3)
