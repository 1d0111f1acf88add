"""Days whose month has a name, in many languages, with a year or without."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from snapshot_core.formats.cells.months import folded, month_of

_LEAP_YEAR: Final = 2024
_LAST_YEAR: Final = 9998


@dataclass(frozen=True, slots=True)
class DayOfYear:
    """A day whose year may have to be found out."""

    month: int
    day: int
    year: int | None = None

    def in_year(self, year: int) -> date | None:
        """That day of ``year``; None where it is 29 February of no leap year."""
        if self.year not in (None, year):
            return None
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None


_NUMBERED: Final = (
    re.compile(
        r"(?:(?P<year>\d{4})\s*[年년]\s*)?(?P<month>\d\d?)\s*[月월]\s*(?P<day>\d\d?)\s*[日일號号]?"
    ),
    re.compile(
        r"(?:ngay )?(?P<day>\d\d?) (?:thang|thg) (?P<month>\d\d?)(?:,? (?:nam )?(?P<year>\d{4}))?"
    ),
    re.compile(
        r"(?P<year>\d{4})(?P<sign>[-/.])(?P<month>\d\d?)(?P=sign)(?P<day>\d\d?)"
        r"(?:[t ]\d\d:\d\d(?::\d\d)?)?"
    ),
)


@lru_cache(maxsize=4096)
def day_of(text: str) -> DayOfYear | None:
    """The day that ``text`` names: ``February 28``, ``28 de febrero``, ``2月28日``; else None."""
    plain = folded(text[:60])
    for pattern in _NUMBERED:
        if match := pattern.fullmatch(plain):
            year = match["year"]
            return _checked(int(match["month"]), int(match["day"]), int(year) if year else None)
    numbers = re.findall(r"\d+", plain)
    days = [number for number in numbers if len(number) <= 2]
    years = [number for number in numbers if len(number) == 4]
    if len(days) != 1 or len(years) > 1 or len(days) + len(years) != len(numbers):
        return None
    month = None if re.search(r"(?<!\w)-", plain) else month_of(plain)
    if month is None:
        return None
    return _checked(month, int(days[0]), int(years[0]) if years else None)


def _checked(month: int, day: int, year: int | None) -> DayOfYear | None:
    named = DayOfYear(month, day, year or None)
    some_year = named.year or _LEAP_YEAR
    return named if some_year <= _LAST_YEAR and named.in_year(some_year) else None
