"""The ledger video by video, in Python's own integers: what the engine's arrays must say.

It shares no arithmetic with the engine, only the types of its answers.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from itertools import pairwise
from math import floor

from snapshot_core.growth.ledger import Ledger, Line
from snapshot_core.growth.rounding import Rounding
from snapshot_core.growth.value import Series, Value
from snapshot_core.windows import HOUR, Window
from tests.growth import range_oracle, shape_oracle
from tests.growth.range_oracle import Ends, resolution
from tests.growth.shape_oracle import Rhythm
from tests.support.video_readings import VideoReadings


@dataclass(frozen=True, slots=True)
class VideoLine:
    """One video's line in the ledger, with its values at both ends."""

    video_id: int
    line: Line
    start: Value | None
    end: Value | None
    ledger: Ledger
    ends: Ends
    slack: int = 0
    """By how much an engine may differ whose logarithms are those of another library."""


Lessons = Sequence[tuple[int, Rhythm]]
"""Rhythms with the instants from which they hold, oldest first."""

share = lru_cache(maxsize=100_000)(shape_oracle.share)
"""The counters of a video have the same ones."""


def held_at(lessons: Lessons, right_at: int) -> Rhythm | None:
    """The rhythm that held at the right end of a bracket."""
    number = bisect_right(lessons, right_at, key=lambda lesson: lesson[0])
    return lessons[number - 1][1] if number else None


def interpolate(
    left: tuple[int, int],
    right: tuple[int, int],
    at: int,
    published_at: int | None = None,
    lessons: Lessons = (),
) -> int:
    """The count between two readings."""
    (t0, c0), (t1, c1) = left, right
    gain, rhythm = c1 - c0, held_at(lessons, t1)
    if gain < 0 or (published_at is None and (rhythm is None or t1 - t0 > 50 * HOUR)):
        return c0 + (2 * gain * (at - t0) + (t1 - t0)) // (2 * (t1 - t0))
    gained = floor(gain * share_of(left, right, at, published_at, lessons) + 0.5)
    return c0 + min(gained, gain)


def share_of(
    left: tuple[int, int],
    right: tuple[int, int],
    at: int,
    published_at: int | None = None,
    lessons: Lessons = (),
) -> float:
    """The part of the gain between two readings that came by ``at``."""
    (t0, c0), (t1, c1) = left, right
    rhythm = held_at(lessons, t1) if t1 - t0 <= 50 * HOUR else None
    if c1 < c0 or (published_at is None and rhythm is None):
        return (at - t0) / (t1 - t0)
    return share(t0, at, t1, published_at, rhythm)


def slack(value: Value | None, published_at: int | None, lessons: Lessons) -> int:
    """By how much a value may differ."""
    if value is None or not value.distance or value.carried:
        return 0
    shaped = published_at is not None or lessons
    return 1 + (value.high - value.low) // 2**36 if shaped else 0


def value_at(
    series: Series,
    at: int,
    max_gap: int,
    published_at: int | None = None,
    lessons: Lessons = (),
) -> Value | None:
    """The value at ``at``, or None where the readings do not tell."""
    if published_at is not None and at < published_at:
        return Value(0, 0, 0)
    position = bisect_left(series, at, key=lambda reading: reading[0])
    if position == len(series):
        return None
    right = series[position]
    if right[0] == at:
        return Value(right[1], right[1], right[1])
    if position:
        left = series[position - 1]
    elif published_at is not None and published_at < right[0]:
        left = (published_at, 0)
    else:
        return None
    if right[0] - left[0] > max_gap:
        return None
    if left[0] == at:
        return Value(0, 0, 0)
    return Value(
        interpolate(left, right, at, published_at, lessons),
        min(left[1], right[1]),
        max(left[1], right[1]),
        distance=min(at - left[0], right[0] - at),
        bracket=right[0] - left[0],
        share=share_of(left, right, at, published_at, lessons),
    )


def carried_to(series: Series, at: int, max_gap: int) -> Value | None:
    """The last reading at or before ``at``, kept for at most ``max_gap`` seconds."""
    position = bisect_left(series, at + 1, key=lambda reading: reading[0])
    if not position or at - series[position - 1][0] > max_gap:
        return None
    read_at, count = series[position - 1]
    return Value(count, count, count, distance=at - read_at, carried=True)


def decreases(series: Series, start: int, end: int, at_start: int, at_end: int) -> int:
    """The sum of all falls from ``at_start`` over the readings inside to ``at_end``."""
    points = [at_start, *(count for at, count in series if start < at < end), at_end]
    return sum(max(0, a - b) for a, b in pairwise(points))


def video_growth(
    video: VideoReadings,
    window: Window,
    rounding: Rounding = Rounding.EXACT,
    lessons: Lessons = (),
) -> VideoLine | None:
    """The line of ``video`` for ``window``; None where it has no value at either end, or was
    published later."""
    start, end = window.start, window.end
    gap = window.max_gap
    if video.published_at is not None and video.published_at > end:
        return None
    new = video.published_at is not None and video.published_at > start
    v0 = None if new else value_at(video.series, start, gap, video.published_at, lessons)
    v1 = value_at(video.series, end, gap, video.published_at, lessons)
    if v1 is None and video.may_carry:
        v1 = carried_to(video.series, end, gap)
    if new and v1 is not None:
        line: Line = "published"
        ledger = _published(v1, rounding)
    elif v0 is not None and v1 is not None:
        line = "like_for_like"
        falls = decreases(video.series, start, end, v0.count, v1.count)
        ledger = _like_for_like(v0, v1, falls, rounding)
    elif v1 is not None:
        line = "newly_tracked"
        ledger = Ledger(current=v1.count, newly_tracked=v1.count, videos=1, carried=int(v1.carried))
    elif v0 is not None:
        line = "removed"
        ledger = _removed(v0, uncounted=video.uncounted)
    else:
        return None
    may_differ = sum(slack(value, video.published_at, lessons) for value in (v0, v1))
    inside = [reading for reading in video.series if start <= reading[0] <= end]
    ends = Ends(
        video.published_at,
        v0,
        v1,
        line in ("like_for_like", "published"),
        inside[0] if inside and line == "newly_tracked" else None,
    )
    return VideoLine(video.video_id, line, v0, v1, ledger, ends, may_differ)


def ledger_of(
    videos: Iterable[VideoReadings], window: Window, rounding: Rounding = Rounding.EXACT
) -> Ledger:
    """The ledger of all ``videos`` for ``window``."""
    lines = [video_growth(video, window, rounding) for video in videos]
    return account_ledger([line for line in lines if line], window, rounding)


def account_ledger(
    lines: Sequence[VideoLine],
    window: Window,
    rounding: Rounding = Rounding.EXACT,
    factor: float = 1.0,
) -> Ledger:
    """What the videos of an account amount to; ``factor``: that of the range of its totals."""
    total = sum((line.ledger for line in lines), Ledger())
    ends = [line.ends for line in lines]
    margin = range_oracle.of_account(ends, window, rounding, factor)
    return replace(
        total,
        below_squared=round(margin.below),
        above_squared=round(margin.above),
        blur_squared=round(margin.blur),
        untracked=round(range_oracle.untracked(ends, window)),
    )


def same(ledger: Ledger, expected: Ledger, may_differ: int) -> bool:
    """Whether an engine's ledger is the one expected."""
    counts = [field.name for field in fields(Ledger) if field.name not in OF_ROOTS]
    pairs = ((getattr(ledger, name), getattr(expected, name)) for name in counts)
    roots = ((getattr(ledger, name), getattr(expected, name)) for name in OF_ROOTS.values())
    # Of roots and sums of floats the last digits are another's, by the size of what was summed:
    # where the range begins near 0, that is the growth and not where it begins.
    return all(abs(a - b) <= may_differ for a, b in pairs) and all(
        abs(a - b) <= 2 + 4 * may_differ + 2**-40 * (abs(b) + abs(expected.growth))
        for a, b in roots
    )


OF_ROOTS = {
    "below_squared": "low",
    "above_squared": "high",
    "blur_squared": "resolution",
    "untracked": "untracked",
}
"""Figures of the ledger that are no sums of counts, and by what they are compared."""


def _published(v1: Value, rounding: Rounding) -> Ledger:
    return Ledger(
        current=v1.count,
        published=v1.count,
        gained=v1.count,
        blur_squared=resolution(0, v1.count, rounding) ** 2,
        videos=1,
        carried=int(v1.carried),
        interpolated=int(range_oracle.spread(v1) > 0),
    )


def _removed(v0: Value, *, uncounted: bool) -> Ledger:
    return Ledger(
        previous=v0.count,
        removed=v0.count,
        videos=1,
        uncounted=int(uncounted),
    )


def _like_for_like(v0: Value, v1: Value, falls: int, rounding: Rounding) -> Ledger:
    return Ledger(
        current=v1.count,
        previous=v0.count,
        like_for_like=v1.count - v0.count,
        corrections=falls,
        gained=max(v1.count - v0.count, 0),
        blur_squared=resolution(v0.count, v1.count, rounding) ** 2,
        videos=1,
        carried=int(v1.carried),
        interpolated=int(range_oracle.spread(v0) > 0 or range_oracle.spread(v1) > 0),
    )
