"""Time cut into local clock hours."""

from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from snapshot_core.windows import DAY, HOUR

Instants = npt.NDArray[np.int64]


def local_hours(start: int, end: int, zone: ZoneInfo) -> tuple[Instants, Instants]:
    """The instants at which the clock's hours begin around ``[start, end]``, and those hours.

    The first begins at or before ``start``, the last after ``end``. A change of the offset
    begins one as well, so an hour that comes twice is there twice.
    """
    days = [_day(day, zone) for day in range(start // DAY - 1, end // DAY + 2)]
    begins, hours = (np.concatenate(parts) for parts in zip(*days, strict=True))
    first = int(np.searchsorted(begins, start, side="right")) - 1
    last = int(np.searchsorted(begins, end, side="right")) + 1
    return begins[first:last], hours[first:last]


@lru_cache(maxsize=1_024)
def _day(day: int, zone: ZoneInfo) -> tuple[Instants, Instants]:
    """The hours that begin in a day of UTC, counted from 1970."""
    start, end = day * DAY, (day + 1) * DAY
    before, after = _offset(start, zone), _offset(end, zone)
    if before == after:
        return _hours_of_offset(start, end, before)
    low, high = start, end
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _offset(middle, zone) == before else (low, middle)
    parts = _hours_of_offset(start, high, before), _hours_of_offset(high, end, after)
    begins, hours = (np.concatenate(part) for part in zip(*parts, strict=True))
    if begins.searchsorted(high) == len(begins) or high not in begins:
        place = int(begins.searchsorted(high))
        begins = np.insert(begins, place, high)
        hours = np.insert(hours, place, (high + after) // HOUR % 24)
    return begins, hours


def _hours_of_offset(start: int, end: int, offset: int) -> tuple[Instants, Instants]:
    begins = np.arange(start + -(start + offset) % HOUR, end, HOUR, dtype=np.int64)
    return begins, (begins + offset) // HOUR % 24


def _offset(at: int, zone: ZoneInfo) -> int:
    """Seconds that the clock of ``zone`` is ahead of UTC at an instant."""
    offset = datetime.fromtimestamp(at, zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds())
