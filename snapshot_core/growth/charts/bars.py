"""Calendar days as bars, told apart by what a period has of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from snapshot_core.growth.gain_line import DAILY_GAP, DayGrowth, GainLine
from snapshot_core.windows import Window, local_date, midnight


@dataclass(frozen=True, slots=True)
class Bar:
    """One calendar day's growth, and how much of it a period has."""

    day: DayGrowth
    inside: int | None
    """What was gained of it in the period: 0 of a day before it; None where it is not known."""

    @property
    def before(self) -> int | None:
        """What was gained of it before the period began."""
        if self.day.growth is None or self.inside is None:
            return None
        return self.day.growth - self.inside


def bars(
    days: Sequence[DayGrowth], lines: Sequence[GainLine], window: Window, zone: ZoneInfo
) -> list[Bar]:
    """``days`` with the part of each that ``window`` has; the day it begins in is split.

    ``lines``: those that the days are the sum of.
    """
    begins_in = local_date(window.start, zone)
    return [
        Bar(day, 0 if day.date < begins_in and day.growth is not None else day.growth)
        if day.date != begins_in
        else Bar(day, _inside(day, lines, window, zone))
        for day in days
    ]


def _inside(
    day: DayGrowth, lines: Sequence[GainLine], window: Window, zone: ZoneInfo
) -> int | None:
    """What the period has of the day that it begins in."""
    begin, end = midnight(day.date, zone), midnight(day.date + timedelta(days=1), zone)
    if window.start <= begin or day.growth is None:
        return day.growth
    stop = min(end, window.end)
    parts = [_gained(line, window.start, stop) for line in lines if line.points]
    known = [part for part in parts if part is not None]
    if len(known) == len(parts):
        return sum(known)
    return round(day.growth * (stop - window.start) / (stop - begin))


def _gained(line: GainLine, start: int, stop: int) -> int | None:
    """What an account gained from ``start`` to ``stop``; nothing before its first capture."""
    first, last = line.points[0][0], line.points[-1][0]
    if stop <= first or last <= start:
        return 0
    begun, ended = line.at(max(start, first), DAILY_GAP), line.at(min(stop, last), DAILY_GAP)
    return None if begun is None or ended is None else ended.count - begun.count
