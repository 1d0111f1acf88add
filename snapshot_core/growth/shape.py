"""How the gain between two readings of a counter is spread over the time between them.

A video gains most when it is young, and its viewers sleep at night. So a piece of time weighs
the account's rhythm at that local hour times ln((end age + 1 h) / (begin age + 1 h)), or times
its length where the age is not known, and the gain is shared out by weight.
"""

from dataclasses import dataclass
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from snapshot_core.growth.listing import Counts
from snapshot_core.growth.value import NEVER, interpolate
from snapshot_core.local_hours import local_hours
from snapshot_core.windows import HOUR

Instants: TypeAlias = npt.NDArray[np.int64]
Shares: TypeAlias = npt.NDArray[np.float64]

RHYTHM_SPAN_SECONDS: Final = 50 * HOUR
"""The widest bracket that the rhythm counts in: over wider ones it averages out."""


@dataclass(frozen=True, slots=True, eq=False)
class Rhythm:
    """How much an account gains by local hour, relative to its mean."""

    zone: ZoneInfo
    hours: Shares
    """24 values by the local clock's hour: mean 1, none below 0.05."""


@dataclass(frozen=True, slots=True)
class Shaped:
    """Counts between two readings."""

    count: Counts
    share: Shares
    """The part of the gain that is expected by then, 0 to 1."""


def between(
    left: tuple[Instants, Counts],
    right: tuple[Instants, Counts],
    at: int,
    published: Instants,
    rhythm: Rhythm | None,
) -> Shaped:
    """The counts at ``at``, between readings ``(instants, counts)`` at or before and after it.

    Arrays of one shape, ``published`` one that broadcasts to it (`NEVER` where unknown). Counts
    up to 2^53 are exact on the straight line, in integers and halves up: where the counter
    falls, and where neither age nor rhythm is known. A shaped count is within a unit, and
    2^-50 of the gain, of the real number's.
    """
    (left_at, begin), (right_at, end) = left, right
    straight = end < begin
    if rhythm is None:
        straight = straight | (published == NEVER)
    else:
        wide = right_at - left_at > RHYTHM_SPAN_SECONDS
        straight = straight | ((published == NEVER) & wide)
    if straight.all():
        return Shaped(interpolate(left, right, at), _line(left_at, at, right_at))
    shares = share(left_at, at, right_at, published, rhythm)
    count = _counts(begin, end, shares)
    if straight.any():
        few = np.nonzero(straight)
        sides = [(instants[few], counts[few]) for instants, counts in (left, right)]
        count[few] = interpolate(sides[0], sides[1], at)
        shares[few] = _line(sides[0][0], at, sides[1][0])
    return Shaped(count, shares)


def _line(left_at: Instants, at: Instants | int, right_at: Instants) -> Shares:
    shares: Shares = (at - left_at) / (right_at - left_at)
    return shares


def _counts(begin: Counts, end: Counts, shares: Shares) -> Counts:
    gained = np.floor((end - begin) * shares + 0.5).astype(np.int64)
    counts: Counts = begin + np.minimum(gained, end - begin)
    return counts


def share(
    left_at: Instants,
    at: Instants | int,
    right_at: Instants,
    published: Instants,
    rhythm: Rhythm | None,
) -> Shares:
    """The part of a gain from ``left_at`` to ``right_at`` that is expected by ``at``: 0 to 1.

    ``left_at <= at <= right_at`` and ``left_at < right_at``, of the shape (metrics, videos) or
    (videos,); ``published`` has the latter, `NEVER` where unknown. ``at`` may be an array of
    (videos,). Where nothing weighs, the straight line.
    """
    if left_at.ndim < 2 or published.ndim > 1:
        alike = np.broadcast_arrays(left_at, at, right_at, published)
        return _share(alike[0], alike[1], alike[2], alike[3], rhythm)
    # The counters of a video are nearly always read together: what is the same is done once.
    shares = np.empty(left_at.shape)
    todo = np.ones(len(left_at), np.bool_)
    for row in range(len(left_at)):
        if todo[row]:
            same = ((left_at == left_at[row]) & (right_at == right_at[row])).all(axis=1)
            shares[same] = share(left_at[row], at, right_at[row], published, rhythm)
            todo[same] = False
    return shares


def _share(
    left_at: Instants, at: Instants, right_at: Instants, published: Instants, rhythm: Rhythm | None
) -> Shares:
    begin = np.clip(published, left_at, right_at)
    # An unknown publication is one 73 billion years ago: the logarithm is then the length.
    age = begin - np.minimum(published, begin) + HOUR
    upto, whole = _logarithms(begin, at, right_at, age)
    if rhythm is not None:
        near = np.flatnonzero(right_at - left_at <= RHYTHM_SPAN_SECONDS)
        if len(near):
            upto[near], whole[near] = _by_hour(
                begin[near], at[near], right_at[near], age[near], upto[near], whole[near], rhythm
            )
    shares: Shares = np.divide(upto, whole, out=_line(left_at, at, right_at), where=whole > 0)
    return np.minimum(shares, 1.0)


def _logarithms(
    begin: Instants, at: Instants, end: Instants, age: Instants
) -> tuple[Shares, Shares]:
    """The weights up to ``at`` and ``end``, by the age at ``begin``. Shape (videos,)."""
    return np.log1p(np.maximum(at - begin, 0) / age), np.log1p((end - begin) / age)


def _by_hour(
    begin: Instants,
    at: Instants,
    end: Instants,
    age: Instants,
    upto: Shares,
    whole: Shares,
    rhythm: Rhythm,
) -> tuple[Shares, Shares]:
    """The same, cut at local hours and each piece times the rhythm there."""
    begins, hours = local_hours(int(begin.min()), int(end.max()), rhythm.zone)
    weights = rhythm.hours[hours[:-1]]
    if (age > -NEVER // 2).all():  # no age is known: one line for all
        gained = np.append(0.0, np.cumsum(weights * np.diff(begins)))
        first, part, full = (np.interp(when, begins, gained) for when in (begin, at, end))
        return part - first, full - first
    passed = begins[:, None].astype(np.float64) - begin
    passed /= age
    np.log1p(np.maximum(passed, 0.0, out=passed), out=passed)
    # The sum of weight * (end - begin) over the pieces, put in order of their ends.
    changes = -np.diff(weights, prepend=0.0, append=0.0)
    full = changes @ np.minimum(passed, whole, out=passed)
    return changes @ np.minimum(passed, upto, out=passed), full
