"""The years of the days that TikTok Studio writes without one."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Final

from snapshot_core.errors import InputError
from snapshot_core.formats.cells.named_days import DayOfYear

FIRST_YEAR: Final = 2016
"""TikTok began in that year: no export is older."""
MAX_SPAN: Final = timedelta(days=365)
"""From the first to the last day of an export, at most."""
MAX_ROW_GAP: Final = timedelta(days=31)
"""From one row of an export to the next, at most; days backwards would look like a year."""
UPLOAD_TOLERANCE: Final = timedelta(days=2)
"""By how much a post's day may seem to lie before its upload: time zones, and a margin."""
MAX_SCHEDULED: Final = timedelta(days=45)
"""A post can be scheduled for about a month after its upload."""


def latest_date(day: DayOfYear, until: date) -> date | None:
    """The last time that it was ``day``, ``until`` included; None where that is before TikTok."""
    for year in range(until.year, FIRST_YEAR - 1, -1):
        dated = day.in_year(year)
        if dated is not None and dated <= until:
            return dated
    return None


def day_posted(day: DayOfYear | None, uploaded: date) -> date | None:
    """The day of a post whose upload is known: the first ``day`` since.

    A scheduled post is uploaded weeks before. None where the two do not belong together.
    """
    if day is None:
        return None
    earliest = uploaded - UPLOAD_TOLERANCE
    for year in (earliest.year, earliest.year + 1):
        dated = day.in_year(year)
        if dated is not None and dated >= earliest:
            return dated if dated <= uploaded + MAX_SCHEDULED else None
    return None


def dates_of_rows(
    days: Sequence[tuple[int, DayOfYear]],
    until: date,
    *,
    whole: bool = True,
    begun: date | None = None,
) -> list[date]:
    """The dates of a file's rows ``(line, day)``, one a day and oldest first.

    They are counted back from ``until``, the latest day there can be. Leap days may tell that a
    ``whole`` file is older: of the years in which every day follows the one before, the latest is
    right. With ``begun``, only those count in which the first row is not after that day, and the
    dates are empty where there are none. Raises `InputError` where the rows are in no order.
    """
    if not days:
        return []
    first: list[date] | None = None
    for last in _candidates(days[-1][1], until):
        dates = _counted_back(days, last)
        if dates is None:
            continue
        if begun is not None and dates[0] > begun:
            continue
        if not whole or _without_gap(dates):
            return dates
        first = first or dates
    if first is None and begun is not None:
        return []
    if first is None:
        raise InputError(
            f"line {_disorder(days, until)}: the days are not in order, oldest first, so their "
            "years cannot be told. Export the file again and do not sort it."
        )
    return first


def _candidates(day: DayOfYear, until: date) -> Iterator[date]:
    while (dated := latest_date(day, until)) is not None:
        yield dated
        until = dated - timedelta(days=1)


def _counted_back(days: Sequence[tuple[int, DayOfYear]], last: date) -> list[date] | None:
    """The dates of rows of which the last is ``last``; None where they do not fit into a year."""
    dates = [last]
    for _, day in reversed(days[:-1]):
        before = latest_date(day, dates[-1] - timedelta(days=1))
        if before is None or dates[-1] - before > MAX_ROW_GAP or last - before > MAX_SPAN:
            return None
        dates.append(before)
    dates.reverse()
    # Of 366 rows none may be missing: a day that stands there twice looks like a year.
    return dates if last - dates[0] < MAX_SPAN or _without_gap(dates) else None


def _without_gap(dates: Sequence[date]) -> bool:
    return (dates[-1] - dates[0]).days == len(dates) - 1


def _disorder(days: Sequence[tuple[int, DayOfYear]], until: date) -> int:
    """The first line, counted from the end, with which the days fit into no year any more."""
    for start in range(len(days) - 1, 0, -1):
        tail = days[start:]
        if not any(_counted_back(tail, last) for last in _candidates(tail[-1][1], until)):
            return days[start][0]
    return days[0][0]
