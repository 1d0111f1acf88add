"""The instants that the dates of somebody else's table stand for."""

from dataclasses import dataclass, field
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.formats.cells import (
    CLOCK_TOLERANCE_SECONDS,
    EARLIEST,
    SERIAL_DAY_ZERO,
    DateForm,
    Refused,
    instant_in,
    is_unknown,
    moment_of,
    shortened,
)
from snapshot_core.windows import local_date, midnight, noon

_YEARS: Final = range(2005, 9991)


@dataclass(slots=True)
class TableDates:
    """How the dates of one table are read."""

    form: DateForm
    zone: ZoneInfo
    now: int
    """Instant."""
    serial_day_zero: date = SERIAL_DAY_ZERO
    """The day that a date kept as a number of days counts from."""
    of_days: set[int] = field(default_factory=set)
    """Instants of counts that stand for a day."""

    def read_at(self, name: str, text: str, *, later: bool) -> int | None:
        """The instant of counts; of a day alone its noon, or now where that is still to come.

        ``later``: the second time, where the clocks showed it twice. Raises `Refused`.
        """
        if is_unknown(text):
            return None
        moment = moment_of(name, text, self.form, self.serial_day_zero)
        self._check_year(name, text, moment.day.year)
        at = instant_in(name, text, moment, self.zone, later=later)
        if at is None:
            at = noon(moment.day, self.zone)
            if moment.day == local_date(self.now, self.zone):
                at = min(at, self.now)
            self.of_days.add(at)
        return self._checked(name, text, at)

    def published_at(self, name: str, text: str) -> int | None:
        """The instant of a publication; of a day alone its beginning. Raises `Refused`."""
        if is_unknown(text):
            return None
        moment = moment_of(name, text, self.form, self.serial_day_zero)
        self._check_year(name, text, moment.day.year)
        at = instant_in(name, text, moment, self.zone)
        return self._checked(name, text, midnight(moment.day, self.zone) if at is None else at)

    def _check_year(self, name: str, text: str, year: int) -> None:
        if year not in _YEARS:
            raise Refused(f"{name} {shortened(text)} is before 2005: check the date")

    def _checked(self, name: str, text: str, at: int) -> int:
        if at < EARLIEST:
            raise Refused(f"{name} {shortened(text)} is before 2005: check the date")
        if at > self.now + CLOCK_TOLERANCE_SECONDS:
            raise Refused(
                f"{name} {shortened(text)} is in the future: check how dates are written, the "
                "time zone and this machine's clock"
            )
        return at
