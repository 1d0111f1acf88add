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

    Instants and ``published`` (`NEVER` where unknown) have the shape (videos,), counts that or
    (metrics, videos): of counters that were read together. Counts up to 2^53 are exact on the
    straight line, in integers and halves up: where the counter falls, and where neither age nor
    rhythm is known. A shaped count is within a unit, and 2^-50 of the gain, of the real number's.
    """
    (left_at, begin), (right_at, end) = left, right
    unshaped = published == NEVER
    if rhythm is not None:
        unshaped = unshaped & (right_at - left_at > RHYTHM_SPAN_SECONDS)
    straight = (end < begin) | unshaped
    if straight.all():
        shares = np.broadcast_to(_line(left_at, at, right_at), end.shape)
        return Shaped(interpolate(left, right, at), shares)
    of_each = share(left_at, at, right_at, published, rhythm)
    count, shares = _counts(begin, end, of_each), np.broadcast_to(of_each, end.shape)
    if straight.any():
        shares = shares.copy()
        # A tenth of the time of `nonzero` on two axes.
        few = np.unravel_index(np.flatnonzero(straight), straight.shape)
        begin_at, end_at = left_at[few[-1]], right_at[few[-1]]
        count[few] = interpolate((begin_at, begin[few]), (end_at, end[few]), at)
        shares[few] = _line(begin_at, at, end_at)
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

    ``left_at <= at <= right_at`` and ``left_at < right_at``. Arrays of shape (videos,), ``at`` may
    be one; ``published`` is `NEVER` where unknown. Where nothing weighs, the straight line.
    """
    at = np.broadcast_to(at, left_at.shape)
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
