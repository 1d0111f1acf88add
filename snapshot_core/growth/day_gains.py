"""What each of the last whole days brought: the one kind of line that cards and tables show."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import pairwise
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

from snapshot_core.growth.gain_line import DAILY_GAP, DayGrowth
from snapshot_core.growth.value import interpolate, is_estimate
from snapshot_core.windows import DAY, local_date, midnight

SPARK_DAYS: Final = 14
"""Whole days that a line shows."""


class DayGain(NamedTuple):
    """What one whole day brought; None where that is not known."""

    gain: int | None
    estimated: bool = False


Bracket = tuple[int, int]
"""The captures around an instant; the same one twice where it is as good as at the instant."""


def whole_days(days: Sequence[DayGrowth]) -> list[DayGain]:
    """The last `SPARK_DAYS` of ``days`` that are over: the part of today is no day's growth."""
    over = [DayGain(day.growth, day.estimated) for day in days if not day.so_far]
    return over[-SPARK_DAYS:]


def midnights_before(end: int, zone: ZoneInfo) -> list[int]:
    """The ends of the last `SPARK_DAYS` days of ``zone`` that were over at ``end``."""
    today = local_date(end, zone)
    return [midnight(today - timedelta(back), zone) for back in range(SPARK_DAYS, -1, -1)]


def bracket(at: int, captured: Sequence[int]) -> Bracket | None:
    """The captures, of those at the instants ``captured``, that tell what there was at ``at``.

    None where they are further apart than a day's growth may be read across.
    """
    place = bisect_left(captured, at)
    around = captured[max(0, place - 1) : place + 1]
    nearest = min(around, key=lambda each: abs(each - at), default=None)
    if nearest is not None and not is_estimate(DAY, abs(nearest - at)):
        return nearest, nearest
    if len(around) < 2 or around[1] - around[0] > DAILY_GAP:
        return None
    return around[0], around[1]


def day_gains(
    midnights: Sequence[int], brackets: Sequence[Bracket | None], counts: Mapping[int, int]
) -> list[DayGain]:
    """The gain from each midnight to the next of a video whose ``counts`` are given by instant."""
    known: list[tuple[int, bool] | None] = []
    for at, each in zip(midnights, brackets, strict=True):
        if each is None or each[0] not in counts or each[1] not in counts:
            known.append(None)
            continue
        left, right = ((capture, counts[capture]) for capture in each)
        known.append((left[1], False) if left == right else (interpolate(left, right, at), True))
    return [
        DayGain(None)
        if before is None or after is None
        else DayGain(after[0] - before[0], before[1] or after[1])
        for before, after in pairwise(known)
    ]
