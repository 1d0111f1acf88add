"""Instants, windows and local days.

An *instant* is a whole number of seconds since 1970-01-01T00:00:00Z. Integers keep the
arithmetic of the growth engine exact and cannot be naive by accident; they become local
wall-clock time only where a person reads them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

HOUR: Final = 3_600
DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class Window:
    """``[start, end]`` in instants, both ends included."""

    start: int
    end: int

    @property
    def seconds(self) -> int:
        """Elapsed seconds between the two ends."""
        return self.end - self.start

    @property
    def before(self) -> "Window":
        """The window of the same length that ends where this one starts."""
        return Window(self.start - self.seconds, self.start)

    @property
    def max_gap(self) -> int:
        """The widest bracket of two readings that may be interpolated, in seconds.

        One missed night must not hide the 24-hour growth, hence 50 hours at the least; and what
        was not read for longer than 15 days is a guess in the longest window, too.
        """
        return min(max(50 * HOUR, self.seconds // 2), 15 * DAY)


@dataclass(frozen=True, slots=True)
class LocalDay:
    """One calendar day of a time zone as the instants of its two midnights."""

    date: date
    start: int
    end: int

    @property
    def hours(self) -> float:
        """23 or 25 on the days of a daylight-saving change."""
        return (self.end - self.start) / HOUR


def midnight(day: date, zone: ZoneInfo) -> int:
    """The instant at which ``day`` begins in ``zone``.

    Where the clock skips midnight itself, the day begins at the first moment that exists.
    """
    begin = datetime(day.year, day.month, day.day, tzinfo=zone)
    return int(begin.timestamp())


def noon(day: date, zone: ZoneInfo) -> int:
    """The instant of 12:00 of ``day`` in ``zone``."""
    return instant(datetime(day.year, day.month, day.day, 12, tzinfo=zone))


def local_date(instant: int, zone: ZoneInfo) -> date:
    """The calendar day of ``zone`` that ``instant`` falls on."""
    return datetime.fromtimestamp(instant, zone).date()


def local_days(start: int, end: int, zone: ZoneInfo) -> Iterator[LocalDay]:
    """The calendar days of ``zone`` that overlap ``[start, end]``, oldest first.

    A day that never was (Samoa went from 29 to 31 December 2011) is left out.
    """
    day = local_date(start, zone)
    while (begin := midnight(day, zone)) <= end:
        day += timedelta(days=1)
        if begin < (finish := midnight(day, zone)):
            yield LocalDay(day - timedelta(days=1), begin, finish)


def instant(moment: datetime) -> int:
    """``moment`` (aware) as an instant, the fraction of a second cut off."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment.isoformat()} has no UTC offset")
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1))


def iso(at: int) -> str:
    """``at`` as ISO 8601 in UTC, the form of files and of the API."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
