"""The range and the coverage of growth, video by video, in Python's own numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, log1p, sqrt

from snapshot_core.growth.rounding import Rounding
from snapshot_core.growth.value import Value
from snapshot_core.windows import DAY, HOUR, Window


@dataclass(frozen=True, slots=True)
class Ends:
    """What is known of one video's growth."""

    published_at: int | None
    start: Value | None
    """None where it has no part in the growth."""
    end: Value | None
    grows: bool
    first: tuple[int, int] | None = None
    """Of a newly tracked video, its first reading in the window."""

    @property
    def gain(self) -> int:
        """Its growth."""
        if not self.grows or self.end is None:
            return 0
        return self.end.count - (self.start.count if self.start else 0)


@dataclass(frozen=True, slots=True)
class Range:
    """How far the truth may lie below and above, squared."""

    below: float
    above: float
    blur: float = 0.0
    """Of the least growth of an account that its source's rounding can tell from none."""


def blur(count: int, rounding: Rounding) -> tuple[int, int]:
    """How far the true count may lie below and above a reading."""
    if rounding is Rounding.EXACT:
        return 0, 0
    if rounding is Rounding.THREE_DIGITS:
        digits = len(str(count))
        return 0, 10 ** (digits - 3) if digits > 3 else 0
    if count >= 1_000_000:
        return 50_000, 50_000
    return (50, 50) if count >= 10_000 else (0, 0)


def resolution(v0: int, v1: int, rounding: Rounding) -> int:
    """How far the true growth may lie from that of two readings."""
    (below0, above0), (below1, above1) = blur(v0, rounding), blur(v1, rounding)
    return max(above1 + below0, below1 + above0)


def spread(value: Value | None) -> float:
    """The error of a count between two readings, before the factor."""
    if value is None or not value.bracket:
        return 0.0
    walk = sqrt(value.share * (1 - value.share))
    return float(2 * (value.high - value.low) * walk * (DAY / value.bracket) ** (1 / 3))


def _hard(value: Value | None) -> tuple[int, int]:
    return (value.count - value.low, value.high - value.count) if value else (0, 0)


def _blurs(ends: Ends, rounding: Rounding) -> tuple[float, float]:
    """Both ends' rounding, as squares, below and above."""
    assert ends.end is not None
    down, up = blur(ends.end.count, rounding)
    down_then, up_then = blur(ends.start.count, rounding) if ends.start else (0, 0)
    return float(down**2 + up_then**2), float(up**2 + down_then**2)


def of_video(ends: Ends, window: Window, rounding: Rounding, factor: float) -> Range:
    """The range of one video by itself."""
    assert ends.end is not None
    (less, more), (less_then, more_then) = _hard(ends.end), _hard(ends.start)
    width, width_then = factor * spread(ends.end), factor * spread(ends.start)
    below = min(width, less) ** 2 + min(width_then, more_then) ** 2
    above = min(width, more) ** 2 + min(width_then, less_then) ** 2
    if ends.end.carried:
        age = ends.end.distance
        if window.seconds - age >= 3 * HOUR:
            missed = max(ends.gain, 0) * age / (window.seconds - age)
        else:
            part = _part_by_age(ends.published_at, window)
            missed = ends.end.count * (1.0 if part is None else part) * age / window.seconds
        above += min(missed, ends.end.count) ** 2
    hidden, shown = _blurs(ends, rounding)
    if ends.gain >= 0:
        hidden = min(hidden, float(ends.gain) ** 2)
    return Range(below + hidden, above + shown)


def _part_by_age(published_at: int | None, window: Window) -> float | None:
    """The part of its count that a video gained which gains with the logarithm of its age."""
    if published_at is None or published_at >= window.end:
        return None
    begin, end = (max(at - published_at, 0) / HOUR for at in (window.start, window.end))
    return log1p((end - begin) / (begin + 1)) / log1p(end)


def moves(ends: Ends, rounding: Rounding) -> bool:
    """Whether a counter is read finely enough to tell what it gained."""
    steps = sum(blur(ends.end.count, rounding)) if ends.end else 0
    return steps <= 1_000 and ends.gain >= steps


def expected(videos: Sequence[Ends], window: Window, moving: Rounding | None = None) -> list[float]:
    """What each video should have gained, given what the measured ones did: those that moved,
    where a rounding is given.
    """
    counts = [ends.end.count if ends.end else 0 for ends in videos]
    parts = [_part_by_age(ends.published_at, window) for ends in videos]
    dated = [(c, p) for c, p in zip(counts, parts, strict=True) if p is not None]
    seen = sum(count for count, _ in dated)
    mean = sum(count * part for count, part in dated) / seen if seen else 1.0
    weights = [c * (mean if p is None else p) for c, p in zip(counts, parts, strict=True)]
    measured = [
        e.grows and e.end is not None and not e.end.carried and (moving is None or moves(e, moving))
        for e in videos
    ]
    weighed = sum(weight for weight, chosen in zip(weights, measured, strict=True) if chosen)
    if weighed <= 0:
        return [inf] * len(videos)
    gained = sum(max(e.gain, 0) for e, chosen in zip(videos, measured, strict=True) if chosen)
    return [weight * gained / weighed for weight in weights]


@dataclass(frozen=True, slots=True)
class Guess:
    """What is known of one rounded gain from its readings and its age together."""

    ends: Ends
    rounding: Rounding
    expected: float
    own: float

    @property
    def step(self) -> int:
        """By how much its count leaps."""
        return sum(blur(self.ends.end.count, self.rounding)) if self.ends.end else 0

    @property
    def hides(self) -> tuple[float, float]:
        """Below and above, as squares: by the readings alone."""
        low, high = _blurs(self.ends, self.rounding)
        if not self.tells:
            return low, high
        seldom = 3 * self.step * self.expected
        return min(low, seldom), min(high, seldom)

    @property
    def tells(self) -> bool:
        """Whether its age says anything."""
        return 0 < self.expected < inf and self.ends.gain >= 0 and self.step > 0

    @property
    def weight(self) -> float:
        """Of its age, against the readings."""
        by_age = 3 * self.own * self.expected**2 if self.tells else inf
        return max(self.hides) / (max(self.hides) + by_age) if self.tells else 0.0

    @property
    def shift(self) -> float:
        """What is believed beyond what was read."""
        shift = self.weight * (self.expected - self.ends.gain) if self.tells else 0.0
        return max(-self.step, min(shift, self.step))

    @property
    def believed(self) -> float:
        """Of what was read, the part that is believed."""
        gain = self.ends.gain
        return min(max((gain + self.shift) / gain, 0.0), 1.0) if gain > 0 else 1.0

    @property
    def resolution(self) -> int:
        """Which growth of it could be none."""
        assert self.ends.end is not None
        start = self.ends.start
        return resolution(start.count if start else 0, self.ends.end.count, self.rounding)


def _guesses(
    videos: Sequence[Ends], window: Window, rounding: Rounding
) -> tuple[list[Guess], float]:
    """Of every video that grows, and the relative variance of the pace of all."""
    shares = expected(videos, window, rounding)
    measured = [
        (ends.gain, share)
        for ends, share in zip(videos, shares, strict=True)
        if ends.grows and ends.end and not ends.end.carried and moves(ends, rounding)
    ]
    squares = sum(share**2 for _, share in measured)
    own = shared = 1.0
    if 0 < squares < inf:
        errors = sum((gain - share) ** 2 for gain, share in measured) + squares / len(measured)
        own, shared = errors / squares, errors / sum(share for _, share in measured) ** 2
    guesses = [
        Guess(ends, rounding, share, own)
        for ends, share in zip(videos, shares, strict=True)
        if ends.grows and ends.end is not None
    ]
    return guesses, shared


def of_account(videos: Sequence[Ends], window: Window, rounding: Rounding, factor: float) -> Range:
    """The range of the sum."""
    growing = [ends for ends in videos if ends.grows and ends.end is not None]
    guesses, shared = _guesses(videos, window, rounding)
    below = above = 0.0
    for values, at_end in (
        ([ends.end for ends in growing], True),
        ([ends.start for ends in growing], False),
    ):
        parts = zip(values, guesses, strict=True)
        width = factor * sum(spread(value) * guess.believed for value, guess in parts)
        less, more = (sum(_hard(value)[side] for value in values) for side in (0, 1))
        low, high = min(width, less) ** 2, min(width, more) ** 2
        below, above = below + (low if at_end else high), above + (high if at_end else low)
    missed = 0.0
    for ends, share in zip(videos, expected(videos, window), strict=True):
        if ends.grows and ends.end is not None and ends.end.carried:
            missed += min(share * ends.end.distance / window.seconds, ends.end.count)
    above += missed**2
    if rounding is Rounding.EXACT or not guesses:
        return Range(below, above, 0.0)
    together = 3 * shared * sum(g.weight * g.expected for g in guesses if g.tells) ** 2
    hidden, shown = (
        together + sum((1 - g.weight) * g.hides[side] for g in guesses) for side in (0, 1)
    )
    shift = sum(guess.shift for guess in guesses)
    read = sum(g.ends.gain if g.ends.gain >= 0 else g.resolution for g in guesses)
    lowest = min(max(-shift, 0.0) + sqrt(below + hidden), read + sqrt(below))
    highest = max(shift, 0.0) + sqrt(above + shown)
    untold = 2 * together
    for guess in guesses:
        if widest := max(_blurs(guess.ends, rounding)):
            untold += guess.resolution**2 * (1 - guess.weight) * max(guess.hides) / widest
    return Range(lowest**2, highest**2, (max(-shift, 0.0) + sqrt(untold)) ** 2)


def untracked(videos: Sequence[Ends], window: Window) -> float:
    """What the newly tracked videos are thought to have gained."""
    total = 0.0
    for ends, share in zip(videos, expected(videos, window), strict=True):
        if ends.grows or ends.end is None or ends.start is not None:
            continue
        gain = share
        if ends.first is not None and window.end - ends.first[0] >= 3 * HOUR:
            pace = max(ends.end.count - ends.first[1], 0) / (window.end - ends.first[0])
            gain = pace * window.seconds
        total += min(gain, ends.end.count)
    return total
