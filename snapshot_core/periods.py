"""Periods: the stretches of time that growth is given for, as people choose them."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal, Self
from zoneinfo import ZoneInfo

from snapshot_core.windows import DAY, Window, instant, local_date, midnight

Comparison = Literal["before", "year", "none"]
"""What a period is compared with: the time before it, the same dates a year ago, or nothing."""
COMPARISONS: Final[tuple[Comparison, ...]] = ("before", "year", "none")


@dataclass(frozen=True, slots=True)
class Period(ABC):
    """One stretch of time, and what it is compared with."""

    label: str
    """Its name in addresses and commands."""
    compare: Comparison = field(default="before", kw_only=True)

    @property
    @abstractmethod
    def words(self) -> str:
        """Its length as people say it: ``7 days``, as in "the 7 days before"."""

    @property
    @abstractmethod
    def phrase(self) -> str:
        """When, as in "+412 in 7 days"."""

    @property
    def within(self) -> str:
        """When, as in "no video gained views in the last 7 days"."""
        return self.phrase

    @property
    def title(self) -> str:
        """A name for a heading: ``last 7 days``."""
        return self.phrase

    @property
    def compared_words(self) -> str:
        """What it is compared with: ``the 7 days before``."""
        return (
            "the same time a year before" if self.compare == "year" else f"the {self.words} before"
        )

    def compared(self, compare: Comparison) -> Self:
        """The same stretch of time, compared with something else."""
        return replace(self, compare=compare)

    @abstractmethod
    def window(self, first: int, last: int, zone: ZoneInfo) -> Window | None:
        """The instants it means for an account whose complete captures are ``first`` to ``last``.

        None where it has none of them before it.
        """

    def window_compared(self, window: Window, zone: ZoneInfo) -> Window | None:
        """What ``window``, which the period means, is compared with."""
        if self.compare == "year":
            return Window(_year_before(window.start, zone), _year_before(window.end, zone))
        return self._before(window, zone) if self.compare == "before" else None

    def _before(self, window: Window, zone: ZoneInfo) -> Window | None:
        return window.before

    def ready_at(self, first: int, zone: ZoneInfo, late: int) -> int | None:
        """From when on there is growth, if tracking began at ``first``; None where it never is.

        ``late``: by how many seconds the first capture may miss the period's start.
        """
        return None


@dataclass(frozen=True, slots=True)
class Days(Period):
    """So many days up to the last complete capture.

    They are elapsed seconds, which a daylight-saving change never alters; or, ``whole``, begin at
    a local midnight.
    """

    days: int
    whole: bool = False

    @property
    def seconds(self) -> int:
        """Elapsed seconds, but for the part of today that whole days have on top."""
        return self.days * DAY

    @property
    def words(self) -> str:
        return "24 hours" if self.days == 1 else f"{self.days} days"

    @property
    def phrase(self) -> str:
        return f"in {self.words}"

    @property
    def within(self) -> str:
        return f"in the last {self.words}"

    @property
    def title(self) -> str:
        return f"last {self.words}"

    def window(self, first: int, last: int, zone: ZoneInfo) -> Window:
        if not self.whole:
            return Window(last - self.seconds, last)
        return Window(midnight(local_date(last, zone) - timedelta(self.days), zone), last)

    def ready_at(self, first: int, zone: ZoneInfo, late: int) -> int:
        if not self.whole:
            return first + self.seconds
        began = local_date(first - late - 1, zone) + timedelta(1)  # the first whole day
        return midnight(began + timedelta(self.days), zone)


@dataclass(frozen=True, slots=True)
class SinceTracking(Period):
    """All there is: from the first complete capture to the last. It is compared with nothing."""

    @property
    def words(self) -> str:
        return "the time since tracking began"

    @property
    def phrase(self) -> str:
        return "since tracking began"

    def window(self, first: int, last: int, zone: ZoneInfo) -> Window:
        return Window(min(first, last - 1), last)  # of a single capture: what is not known yet

    def window_compared(self, window: Window, zone: ZoneInfo) -> Window | None:
        return None


@dataclass(frozen=True, slots=True)
class Dates(Period):
    """Calendar days that somebody chose, both included."""

    since: date
    until: date | None = None
    """None: up to the last complete capture."""

    @property
    def days(self) -> int | None:
        """How many there are; None where they have no end."""
        return (self.until - self.since).days + 1 if self.until else None

    @property
    def words(self) -> str:
        if self.days is None:
            return "time"
        return "day" if self.days == 1 else f"{self.days} days"

    @property
    def phrase(self) -> str:
        return f"from {self.since} to {self.until}" if self.until else f"since {self.since}"

    def window(self, first: int, last: int, zone: ZoneInfo) -> Window | None:
        start, end = midnight(self.since, zone), last
        if self.until is not None:
            end = min(midnight(self.until + timedelta(1), zone), last)
        return Window(start, end) if start < end else None

    def _before(self, window: Window, zone: ZoneInfo) -> Window:
        if self.until is None or self.days is None:
            return window.before
        if window.end < midnight(self.until + timedelta(1), zone):
            return window.before  # they are not over yet
        return Window(midnight(self.since - timedelta(self.days), zone), window.start)


PERIODS: Final = (Days("24h", 1), Days("7d", 7), Days("30d", 30))
"""Those that stand side by side on every page."""
LONGER_PERIODS: Final = (Days("90d", 90, whole=True), Days("1y", 365, whole=True))
ALL: Final = SinceTracking("all")
PERIOD_NAMES: Final = tuple(each.label for each in (*PERIODS, *LONGER_PERIODS, ALL))
"""Those that have one, the shortest first."""


FIRST_DAY: Final = date(1970, 1, 1)
LAST_DAY: Final = date(9000, 1, 1)
"""Days beyond them are slips of the finger, and their instants overflow."""


def period(name: str | int) -> Period:
    """The period called ``7d`` or ``7``, or the days ``2026-01-01..2026-01-31``; else ValueError.

    The last day may be left out: ``2026-01-01..`` reaches up to the last complete capture.
    """
    text = str(name)
    for candidate in (*PERIODS, *LONGER_PERIODS):
        if text in {candidate.label, str(candidate.days)}:
            return candidate
    if text == ALL.label:
        return ALL
    since, dots, until = text.partition("..")
    if dots:
        return dates(day(since), day(until) if until else None)
    raise ValueError(
        f"unknown period {text!r}: use {', '.join(PERIOD_NAMES[:-1])} or {PERIOD_NAMES[-1]}, "
        "or two days such as 2026-01-01..2026-01-31"
    )


def dates(since: date, until: date | None = None) -> Dates:
    """The days from ``since`` to ``until``, both included; else ValueError."""
    for chosen in filter(None, (since, until)):
        if not FIRST_DAY <= chosen <= LAST_DAY:
            raise ValueError(f"{chosen} is no day of ours: choose one from {FIRST_DAY} on")
    if until is not None and until < since:
        raise ValueError(f"{until} is before {since}: give the earlier day first")
    return Dates(f"{since}..{until or ''}", since, until)


def day(text: str) -> date:
    """The day written as ``2026-01-31``; else ValueError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r} is not a day such as 2026-01-31") from None


def _year_before(at: int, zone: ZoneInfo) -> int:
    """The instant of the same wall clock a year earlier; of 29 February, that of the 28th."""
    local = datetime.fromtimestamp(at, zone)
    leap_day = (local.month, local.day) == (2, 29)
    return instant(local.replace(year=local.year - 1, day=28 if leap_day else local.day))
