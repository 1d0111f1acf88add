"""What speaks of the day of an export, after which none of its days can lie.

Studio calls the overview ``Overview_<first day>_<end, in seconds>_<handle>.zip``, and the others
``Followers_<handle>.zip``. People call files after the day of the export, or anything else.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from snapshot_core.formats.cells.named_days import DayOfYear
from snapshot_core.formats.tiktok_studio.days import FIRST_YEAR, dates_of_rows

AGE_TOLERANCE: Final = timedelta(days=31)
"""By how much a file may seem older, or younger, than the days in it without a word on it."""
LONG: Final = timedelta(days=365) - AGE_TOLERANCE
"""From so many days on the first of them is, a year later, also about that of the export."""
DELAY: Final = timedelta(days=7)
"""Between the last day with a number, the end in a name and the export itself, at most: two days
are usual."""

_FROM_STUDIO: Final = re.compile(
    r"(?<![^\W_])(?P<first>20\d\d-\d\d-\d\d)_(?P<seconds>\d{10})(?:\d{3})?(?!\d)"
)
"""The first day, and the end in seconds or milliseconds. The handle behind it says nothing."""
_DAY: Final = re.compile(r"(?<![^\W_])(?<!\.)(20\d\d)([-_.]?)(\d\d)\2(\d\d)(?!\d)")


@dataclass(frozen=True, slots=True)
class ExportHints:
    """What speaks of the age of an export. Each may be wrong, and is held against the rows."""

    today: date
    """Of the account's zone."""
    exported: date | None = None
    """The day of the export, as the user gives it."""
    ended: date | None = None
    """The end of its days, in the name that Studio gave it."""
    named: Sequence[date] = ()
    """Days in its names: its first, that of the export, or any."""
    written: Sequence[date] = ()
    """When the files of a zip were written, by its own word."""
    modified: date | None = None
    """When this machine wrote the file. A copy is younger than what it was made from."""

    @classmethod
    def of(
        cls,
        names: Iterable[str],
        written: Iterable[date],
        modified: date | None,
        today: date,
        exported: date | None,
    ) -> "ExportHints":
        """The hints that are possible: no export is older than TikTok or newer than ``today``."""
        first, last = date(FIRST_YEAR, 1, 1), today + timedelta(days=1)

        def possible(days: Iterable[date]) -> list[date]:
            return [day for day in days if first <= day <= last]

        names = list(names)
        ends = possible(end for name in names for end in _ends_in(name))
        named = possible(day for name in names for day in _days_in(name))
        return cls(
            today,
            exported,
            max(ends, default=None),
            named,
            possible(written),
            modified if modified is not None and possible([modified]) else None,
        )

    @property
    def until(self) -> date:
        """The latest day that the file can speak of. It may have begun there and not here."""
        if self.exported is not None:
            return min(self.exported + timedelta(days=1), self.tomorrow)
        if self.ended is not None:
            return min(self.ended + DELAY, self.tomorrow)
        days = [*self.written, *self.named] or [self.modified or self.today]
        return min(max(days) + AGE_TOLERANCE, self.tomorrow)

    @property
    def tomorrow(self) -> date:
        """The latest day there can be: somewhere it has begun."""
        return self.today + timedelta(days=1)

    def dates_of_rows(self, days: Sequence[tuple[int, DayOfYear]], *, whole: bool) -> list[date]:
        """The dates of rows ``(line, day)``: see `days.dates_of_rows`.

        The day in a name may be the first, that of the export, or any between, so the rows have
        begun by then. In a long file only the name that Studio gives tells the first from the last.
        """
        if any(day.year for _, day in days):  # they say it themselves
            return dates_of_rows(days, self.tomorrow, whole=whole)
        if self.exported is None and self.ended is None and self.named:
            named = max(self.named)
            until = self.tomorrow
            if self.written and max(self.written) >= named:
                until = self.until
            dates = dates_of_rows(days, until, whole=whole, begun=named + AGE_TOLERANCE)
            if dates and dates[-1] - dates[0] < LONG:
                return dates
        return dates_of_rows(days, self.until, whole=whole)

    def contradictions(self, first: date, last: date) -> list[str]:
        """What does not go with rows of these days."""
        differences = []
        if self.exported is not None:
            if self.ended is not None and abs(self.ended - self.exported) > AGE_TOLERANCE:
                differences.append(f"by its name it ends on {self.ended}")
            return differences
        if self.ended is not None and last < self.ended - DELAY:
            differences.append(f"by its name it ends on {self.ended}")
        elif self.named:
            day, year = max(self.named), timedelta(days=365)
            if day < first - timedelta(days=1) or day > last + AGE_TOLERANCE:
                differences.append(f"its name speaks of {day}")
            elif (
                self.ended is None
                and first + year <= day + AGE_TOLERANCE
                and last + year <= self.tomorrow
            ):
                differences.append(f"{day} in its name can be its first day, or that of the export")
        written = max(self.written, default=self.modified)
        if written is not None and last > written + timedelta(days=1):
            differences.append(f"by its date it was written on {written}")
        return differences


def _ends_in(name: str) -> Iterator[date]:
    for match in _FROM_STUDIO.finditer(name):
        end = datetime.fromtimestamp(int(match["seconds"]), UTC).date()
        if end.isoformat() >= match["first"]:
            yield end


def _days_in(name: str) -> Iterator[date]:
    """The days that the name of a file speaks of."""
    own = _FROM_STUDIO.search(name)
    for year, _, month, day in _DAY.findall(name[: own.end("first")] if own else name):
        try:
            yield date(int(year), int(month), int(day))
        except ValueError:  # eight digits that are no day
            continue
