"""The day of an export, after which none of its days can lie."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from snapshot_core.formats.tiktok_studio.days import FIRST_YEAR

AGE_TOLERANCE: Final = timedelta(days=31)
"""By how much a file may seem older than the days in it: its name may tell the first of them."""


def latest_day(hints: Sequence[Sequence[date]], today: date, exported: date | None) -> date:
    """The latest day that the file can speak of. The day may have begun there and not here.

    ``hints``: days that speak of its age, the better ones first.
    """
    tomorrow = today + timedelta(days=1)
    if exported is not None:
        return min(exported + timedelta(days=1), tomorrow)
    first = date(FIRST_YEAR, 1, 1)
    for group in hints:
        if possible := [day for day in group if first <= day <= tomorrow]:
            return min(max(possible) + AGE_TOLERANCE, tomorrow)
    return tomorrow


def days_in(name: str) -> Iterator[date]:
    """The days that the name of a file speaks of."""
    for year, month, day in re.findall(r"(?<!\d)(20\d\d)[-_.]?(\d\d)[-_.]?(\d\d)(?!\d)", name):
        try:
            yield date(int(year), int(month), int(day))
        except ValueError:  # eight digits that are no day
            continue
