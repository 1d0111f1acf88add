"""Instants in a cell: a day, its time if there is one, and the zone if it is named."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.formats.cells.days import DateForm, dated
from snapshot_core.formats.cells.text import Refused, shortened, value_of
from snapshot_core.windows import instant

EARLIEST: Final = instant(datetime(2005, 1, 1, tzinfo=UTC))
CLOCK_TOLERANCE_SECONDS: Final = 300
"""How far another machine's clock may be ahead of ours."""

_CLOCK: Final = re.compile(
    r"(?:[T_ ]|, ?|,? at ) *+(?P<hour>\d\d?)(?:[:.h](?P<minute>\d\d))?+(?:[:.](?P<second>\d\d))?+"
    r"(?:[.,]\d++)? *+(?:(?P<half>[AP])\.?M\.?)? *+"
    r"(?:(?P<utc>Z|UTC|GMT)|(?:UTC|GMT)?(?P<offset>[+-]\d\d?(?::?\d\d){0,2}))?(?: \([^()]*+\))?",
    re.IGNORECASE,
)
_COMPACT_CLOCK: Final = re.compile(r"\A(\d{8})T(\d\d)(\d\d)(\d\d)")
_UNIX: Final = re.compile(r"(\d{10})(?:[.,]\d+)?|(\d{10})\d{3}|(\d{10})\d{6}")
"""Seconds since 1970; milliseconds and microseconds too."""
_SERIAL: Final = re.compile(r"(?P<day>[3-7]\d{4})(?:[.,](?P<part>\d{1,15}))?")
"""A date as a spreadsheet keeps it: days since the end of 1899, on a Mac perhaps since 1904."""
SERIAL_DAY_ZERO: Final = date(1899, 12, 30)
_SERIAL_YEARS: Final = range(2005, 2100)


@dataclass(frozen=True, slots=True)
class Moment:
    """What a cell says of a moment."""

    day: date
    clock: time | None = None
    """None of a day without a time."""
    offset: timedelta | None = None
    """From UTC, where the cell names it."""

    @property
    def wall(self) -> datetime | None:
        """The local time, of a zone that the cell does not name."""
        return None if self.clock is None else datetime.combine(self.day, self.clock)

    def is_repeated(self, zone: ZoneInfo) -> bool:
        """Whether the clocks of ``zone`` show it twice, since they are put back."""
        if self.wall is None or self.offset is not None:
            return False
        first = self.wall.replace(tzinfo=zone)
        return instant(first) < instant(first.replace(fold=1)) and _shown(first) == self.wall


def moment_of(
    name: str, text: str, form: DateForm, serial_day_zero: date = SERIAL_DAY_ZERO
) -> Moment:
    """The moment in a cell. Raises `Refused`."""
    plain = value_of(name, text)
    if match := _UNIX.fullmatch(plain):
        seconds = int(next(filter(None, match.groups())))
        utc = datetime.fromtimestamp(seconds, UTC)
        return Moment(utc.date(), utc.time(), timedelta())
    if match := _SERIAL.fullmatch(plain):
        moment = _serial(int(match["day"]), match["part"], serial_day_zero)
        if moment.day.year in _SERIAL_YEARS:
            return moment
    parts = dated(_COMPACT_CLOCK.sub(r"\1 \2:\3:\4", plain), form)
    clock = _CLOCK.fullmatch(parts.rest) if parts and parts.rest else None
    if parts is None or (parts.rest and clock is None):
        raise Refused(f"{name} {shortened(text)} is not a date with the {form}")
    if clock is None:
        return Moment(parts.day)
    try:
        return Moment(parts.day, _time(clock), _offset(clock))
    except ValueError:
        raise Refused(f"{name} {shortened(text)} has no such time of day") from None


def instant_in(
    name: str, text: str, moment: Moment, zone: ZoneInfo, *, later: bool = False
) -> int | None:
    """The instant of a moment, in ``zone`` where the cell names none; None of a day alone.

    ``later``: the second time, where the clocks showed it twice. Raises `Refused` for a time that
    they skipped.
    """
    if moment.wall is None:
        return None
    if moment.offset is not None:
        return instant(moment.wall.replace(tzinfo=UTC)) - int(moment.offset.total_seconds())
    local = moment.wall.replace(tzinfo=zone, fold=int(later))
    if _shown(local) != moment.wall:
        raise Refused(f"{name} {shortened(text)}: the clocks of {zone.key} skipped that time")
    return instant(local)


def instant_of(name: str, text: str, now: int) -> int | None:
    """An instant whose zone is named, None where it is unknown. Raises `Refused`."""
    if not value_of(name, text):
        return None
    try:
        moment = moment_of(name, text, "year first")
    except Refused:
        wrong = "is not an instant: write it as 2026-01-31T22:00:00Z"
        raise Refused(f"{name} {shortened(text)} {wrong}") from None
    if moment.offset is None:
        wrong = "has no time zone: write UTC, as in 2026-01-31T22:00:00Z"
    elif (at := instant_in(name, text, moment, ZoneInfo("UTC")) or 0) > (
        now + CLOCK_TOLERANCE_SECONDS
    ):
        wrong = "is in the future: check the time zone and this machine's clock"
    elif at < EARLIEST:
        wrong = "is before 2005: check the date"
    else:
        return at
    raise Refused(f"{name} {shortened(text)} {wrong}")


def _shown(local: datetime) -> datetime:
    """What the clocks show at the instant that ``local`` is taken for."""
    assert local.tzinfo is not None
    return datetime.fromtimestamp(instant(local), local.tzinfo).replace(tzinfo=None)


def _serial(day: int, part: str | None, day_zero: date) -> Moment:
    seconds = round(float(f"0.{part}") * 86_400) if part else 0
    midnight = datetime.combine(day_zero, time()) + timedelta(days=day)
    at = midnight + timedelta(seconds=seconds)
    return Moment(at.date(), at.time() if part else None)


def _time(clock: re.Match[str]) -> time:
    """Raises ValueError where there is no such time."""
    hour, half = int(clock["hour"]), (clock["half"] or "").lower()
    if half:
        hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 99
    elif clock["minute"] is None and not (clock["utc"] or clock["offset"]):
        raise ValueError("an hour alone")
    return time(hour, int(clock["minute"] or 0), int(clock["second"] or 0))


def _offset(clock: re.Match[str]) -> timedelta | None:
    """Raises ValueError where no zone is that far away."""
    if clock["utc"]:
        return timedelta()
    if not clock["offset"]:
        return None
    hours, minutes, seconds = re.fullmatch(
        r"[+-](\d\d?):?(\d\d)?:?(\d\d)?", clock["offset"]
    ).groups("0")  # type: ignore[union-attr]
    size = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
    if int(minutes) > 59 or size > timedelta(hours=23, minutes=59):
        raise ValueError("no offset")
    return -size if clock["offset"][0] == "-" else size
