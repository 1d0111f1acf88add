"""When the wall clock of an account asks for a complete capture."""

from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.windows import local_date

DAY_HOURS: Final = 24


@lru_cache(maxsize=1024)
def night_of(now: int, zone: ZoneInfo, at: time) -> int:
    """The instant at which the night that holds ``now`` began."""
    # From a day ahead: a clock put back over midnight is on the old date in the new night.
    day = local_date(now, zone) + timedelta(days=1)
    while (begin := _instant(datetime.combine(day, at), zone)) > now:
        day -= timedelta(days=1)
    return begin


@lru_cache(maxsize=1024)
def night_after(now: int, zone: ZoneInfo, at: time) -> int:
    """The instant at which the night after the one that holds ``now`` begins."""
    day = local_date(now, zone) - timedelta(days=1)
    while (begin := _instant(datetime.combine(day, at), zone)) <= now:
        day += timedelta(days=1)
    return begin


@lru_cache(maxsize=1024)
def slots(night: int, zone: ZoneInfo, at: time, hours: int) -> tuple[int, ...]:
    """The instants of the night that began at ``night``, which is the first of them.

    They are ``hours`` (a divisor of 24) apart on the wall clock. An hour that it shows twice has
    one slot; those of an hour that it skips come together with the next.
    """
    end = night_after(night, zone, at)
    day = local_date(night, zone)
    walls = (
        datetime.combine(day + timedelta(days=days), at) + timedelta(hours=hour)
        for days in (-1, 0, 1)
        for hour in range(0, DAY_HOURS, hours)
    )
    begins = {_instant(wall, zone) for wall in walls}
    return tuple(sorted(begin for begin in begins if night <= begin < end))


def nights_between(first: int, last: int, zone: ZoneInfo, at: time) -> int:
    """How many nights after that of the instant ``first`` the night of ``last`` is."""
    return (night_date(last, zone, at) - night_date(first, zone, at)).days


def night_date(now: int, zone: ZoneInfo, at: time) -> date:
    """The calendar day on which the night that holds ``now`` began."""
    return local_date(night_of(now, zone, at), zone)


def _instant(wall: datetime, zone: ZoneInfo) -> int:
    """When the wall clock shows ``wall`` (naive): the first time, if it does so twice.

    Where it skips that time, the moment that would have been it: still once for the day.
    """
    return int(wall.replace(tzinfo=zone).timestamp())
