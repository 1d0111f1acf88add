"""Shares and rhythms minute by minute, in Python's own numbers: what the arrays must say."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import floor, log1p
from zoneinfo import ZoneInfo

MINUTE = 60
HOUR = 3_600
DAY = 24 * HOUR

Rhythm = tuple[ZoneInfo, Sequence[float]]


def hour_of(at: int, zone: ZoneInfo) -> int:
    """The hour on the clock of ``zone``."""
    return datetime.fromtimestamp(at, zone).hour


def pieces(begin: int, end: int) -> Iterable[tuple[int, int]]:
    """Minutes, the first and the last cut off: no clock changes its hour within one."""
    at = begin
    while at < end:
        after = min((at // MINUTE + 1) * MINUTE, end)
        yield at, after
        at = after


def weight(begin: int, end: int, published: int | None, rhythm: Rhythm | None) -> float:
    """What ``[begin, end]`` weighs."""
    total = 0.0
    for start, stop in pieces(begin, end) if rhythm else [(begin, end)]:
        if published is None:
            length = float(stop - start)
        else:
            older, younger = (max(0, at - published) + HOUR for at in (stop, start))
            length = log1p((older - younger) / younger)  # exact where they are nearly alike
        total += length * (rhythm[1][hour_of(start, rhythm[0])] if rhythm else 1.0)
    return total


def share(left: int, at: int, right: int, published: int | None, rhythm: Rhythm | None) -> float:
    """The part of the gain of ``[left, right]`` that is expected by ``at``."""
    shaped = rhythm if right - left <= 50 * HOUR else None
    whole = weight(left, right, published, shaped)
    if whole <= 0:
        return (at - left) / (right - left)
    return weight(left, at, published, shaped) / whole


def count(
    left: tuple[int, int],
    right: tuple[int, int],
    at: int,
    published: int | None,
    rhythm: Rhythm | None,
) -> int:
    """The count at ``at`` between two readings."""
    (a, first), (b, last) = left, right
    if last < first:
        return first + (2 * (last - first) * (at - a) + (b - a)) // (2 * (b - a))
    gained = (last - first) * share(a, at, b, published, rhythm)
    return min(max(first + floor(gained + 0.5), first), last)


def learned(
    brackets: Iterable[tuple[int, int, int]], zone: ZoneInfo, pooled: Sequence[float] | None = None
) -> list[float] | None:
    """The rhythm of an account from ``(begin, end, gain)``; None where it is not known."""
    by_bracket: dict[tuple[int, int], int] = {}
    for begin, end, gain in brackets:
        if 0 < end - begin <= 3 * HOUR + 15 * MINUTE:
            by_bracket[begin, end] = by_bracket.get((begin, end), 0) + gain
    gains, hours = [0.0] * 24, [0.0] * 24
    for (begin, end), gain in by_bracket.items():
        for start, stop in pieces(begin, end):
            gains[hour_of(start, zone)] += max(gain, 0) * (stop - start) / (end - begin)
            hours[hour_of(start, zone)] += (stop - start) / HOUR
    if sum(hours) < 40 or min(hours) == 0 or sum(gains) <= 0:
        return None
    mean = sum(gains) / sum(hours)
    rates = [
        (gains[hour] + 0.25 * mean * (pooled[hour] if pooled else 1.0)) / (hours[hour] + 0.25)
        for hour in range(24)
    ]
    return [max(rate / (sum(rates) / 24), 0.05) for rate in rates]
