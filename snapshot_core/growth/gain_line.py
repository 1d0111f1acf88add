"""Growth as a line over time, from the totals of complete captures.

What the account gained from one complete capture to the next is
``total - total before - entered + left``: a video that joins the listing adds no past, one
that leaves takes nothing away. Summed up, that is a line whose rise over any stretch is the
growth in it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from zoneinfo import ZoneInfo

from snapshot_core.growth.growth import MIN_COVERAGE
from snapshot_core.growth.value import Series, ShareAt, Value, straight, value_at
from snapshot_core.windows import DAY, HOUR, local_days

DAILY_GAP = 50 * HOUR
"""The widest stretch between two captures that a calendar day's growth may be read across."""

LONGEST_STRETCH_SECONDS = DAY * 3 // 2
"""Between two captures beyond which one is missing: each account has one a night."""


@dataclass(frozen=True, slots=True)
class DayGrowth:
    """The growth of one calendar day; None where the captures do not tell."""

    date: date
    growth: int | None
    hours: float
    """Length of the day: 23 or 25 at a daylight-saving change."""
    estimated: bool = False
    """A midnight of it is too far from a capture to be as good as read."""
    so_far: bool = False
    """The last capture came before the day's end."""
    resolution: int = 0
    """A smaller growth cannot be told from none: the source rounds its counts."""
    accounts_missing: int = 0
    """Of several accounts, those whose day is not known, or not to its end."""


@dataclass(frozen=True, slots=True)
class GainLine:
    """The running gain of one counter at the instants of complete captures."""

    points: Series
    share_at: ShareAt = straight
    """How what is gained between two of them is spread over the time between."""

    @classmethod
    def from_totals(
        cls, rows: Iterable[tuple[int, int, int, int]], share_at: ShareAt = straight
    ) -> "GainLine":
        """From ``(instant, total, entered, left)``, oldest first."""
        rows = list(rows)
        points, gained = [(row[0], 0) for row in rows[:1]], 0
        for (_, before, _, _), (at, total, entered, left) in pairwise(rows):
            gained += total - before - entered + left
            points.append((at, gained))
        return cls(points, share_at)

    @classmethod
    def from_readings(
        cls, readings: Iterable[tuple[int, int]], share_at: ShareAt = straight
    ) -> "GainLine":
        """From readings of a counter that has no ledger (followers), oldest first."""
        points = list(readings)
        return cls([(at, count - points[0][1]) for at, count in points], share_at)

    def at(self, instant: int, max_gap: int) -> Value | None:
        """The gain up to ``instant``; None outside the captures or in too wide a gap."""
        return value_at(self.points, instant, max_gap, share_at=self.share_at)

    def since(self, start: int, end: int, max_gap: int) -> list[tuple[int, int | None]]:
        """The gain from ``start`` at every capture up to ``end``; None breaks the line.

        Empty where the gain at ``start`` is unknown.
        """
        first, last = self.at(start, max_gap), self.at(end, max_gap)
        if first is None:
            return []
        inside = [(at, count) for at, count in self.points if start < at < end]
        stops = [(start, first.count), *inside]
        if last is not None:
            stops.append((end, last.count))
        line: list[tuple[int, int | None]] = [(start, 0)]
        for (before, _), (at, count) in pairwise(stops):
            if at - before > max_gap:
                line.append(((before + at) // 2, None))
            line.append((at, count - first.count))
        return line

    def days(self, start: int, end: int, zone: ZoneInfo) -> list[DayGrowth]:
        """The growth of each calendar day of ``zone`` that overlaps ``[start, end]``."""
        latest = min(self.points[-1][0], end) if self.points else None
        days: list[DayGrowth] = []
        for day in local_days(start, end, zone):
            if days and day.start >= end:
                break  # a window that ends at midnight has nothing of the day that begins
            so_far = latest is not None and day.start < latest < day.end
            stop = latest if so_far and latest is not None else day.end
            first, last = self.at(day.start, DAILY_GAP), self.at(stop, DAILY_GAP)
            if first is None or last is None:
                days.append(DayGrowth(day.date, None, day.hours, so_far=so_far))
                continue
            growth = last.count - first.count
            estimated = first.estimated or last.estimated
            days.append(DayGrowth(day.date, growth, day.hours, estimated, so_far))
        return days

    def share(self, day: DayGrowth, start: int, end: int, *, last: bool) -> DayGrowth:
        """What an account adds to ``day``, from ``start`` to ``end``, of all accounts."""
        first, latest = self.points[0][0], self.points[-1][0]
        if start < first:  # tracking began on it
            gained = self.at(min(end, latest), DAILY_GAP)
            return replace(day, growth=gained.count if gained else None)
        if last and latest <= start:
            return replace(day, growth=0, so_far=True)
        return day


def days_together(
    lines: Sequence[GainLine], start: int, end: int, zone: ZoneInfo
) -> list[DayGrowth]:
    """The days of several accounts as those of one.

    A day is known where those whose day it is usually bring nine tenths of the gain. An account
    adds nothing before its first capture. On the last day, of which it is not said that it is
    over, one that was captured before is waited for.
    """
    lines = [line for line in lines if line.points]
    if len(lines) < 2:
        return (lines[0] if lines else GainLine([])).days(start, end, zone)
    each = [line.days(start, end, zone) for line in lines]
    usual = [_usual(days) for days in each]
    starts = [day.start for day in local_days(start, end, zone)]
    summed = []
    for number, days in enumerate(zip(*each, strict=True)):
        ends = starts[number + 1] if number + 1 < len(starts) else end
        last = number == len(each[0]) - 1
        begun = [place for place, line in enumerate(lines) if line.points[0][0] < ends]
        shares = [
            lines[place].share(days[place], starts[number], min(ends, end), last=last)
            for place in begun
        ]
        weights = [usual[place] for place in begun]
        summed.append(_added(days[0], shares, weights, last=last))
    return summed


def _usual(days: Sequence[DayGrowth]) -> float:
    """What an account gains a day, as a weight: the mean of those that are known."""
    sizes = [abs(day.growth) for day in days if day.growth is not None]
    return sum(sizes) / len(sizes) if sizes else 0.0


def _added(
    day: DayGrowth, shares: Sequence[DayGrowth], usual: Sequence[float], *, last: bool
) -> DayGrowth:
    """The sum of a day; not known where too much of what there usually is would be missing."""
    little = (1 - MIN_COVERAGE) * sum(usual)
    weighted = [*zip(shares, usual, strict=True)]
    known = [share.growth for share in shares if share.growth is not None]
    enough = sum(weight for share, weight in weighted if share.growth is None) <= little
    # Of a day long past it says little that one account's last capture was in its middle.
    begun = [weight for share, weight in weighted if share.so_far]
    so_far = bool(begun) and (last or sum(begun) > little)
    missing = len(shares) - len(known) + (0 if so_far else len(begun))
    counted = bool(known) and enough
    return DayGrowth(
        day.date,
        sum(known) if counted else None,
        day.hours,
        any(share.estimated for share in shares) or missing > 0,
        so_far,
        accounts_missing=missing if counted else 0,
    )
