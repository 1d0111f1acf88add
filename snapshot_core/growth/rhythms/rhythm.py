"""The rhythm of an account by the hours of its local clock, learned from readings close by."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from snapshot_core.growth.listing import Counts
from snapshot_core.growth.rounding import Rounding
from snapshot_core.growth.shape import Instants, Rhythm, Shares
from snapshot_core.local_hours import local_hours
from snapshot_core.windows import DAY, HOUR

LEARNING_BRACKET_SECONDS: Final = 3 * HOUR + HOUR // 4
"""The widest bracket that a rhythm is learned from: readings every 3 h, late by a quarter."""

LEARNING_WINDOW_SECONDS: Final = 60 * DAY
"""How far back the brackets go that a rhythm is learned from."""

COARSE_STEP: Final = 1_000
"""Counters that a source rounds to steps of more tell of no hour: they leap when the step is full.

Their videos are left out of the gains that a rhythm and its error are learned from.
"""

LAUNCH_SECONDS: Final = 3 * DAY
"""The age up to which a video's gain tells of its launch rather than of the hour."""

MIN_LEARNED_HOURS: Final = 40.0
"""Hours of brackets without which there is no rhythm."""

HOURS: Final = 24
PRIOR_HOURS: Final = 0.25
"""Hours of each hour of the day that what is expected beforehand stands for."""

FLAT: Final[Shares] = np.ones(HOURS)
FLOOR: Final = 0.05
"""The least weight of an hour: nothing is gained in none for certain."""


@dataclass(frozen=True, slots=True)
class HourlyGains:
    """What was gained by local hour, and in how many hours. Shape (24,)."""

    gains: Shares
    hours: Shares

    def __add__(self, other: "HourlyGains") -> "HourlyGains":
        return HourlyGains(self.gains + other.gains, self.hours + other.hours)


def hourly_gains(
    begins: Instants, ends: Instants, gains: npt.NDArray[np.int64], zone: ZoneInfo
) -> HourlyGains:
    """Gains between readings by local hour, each spread evenly over its bracket.

    Arrays of shape (brackets,). Brackets wider than `LEARNING_BRACKET_SECONDS` are left out,
    brackets of the same two instants (several videos') are one whose gain is their sum, and a
    sum below 0 is none.
    """
    spans = ends - begins
    chosen = (spans > 0) & (spans <= LEARNING_BRACKET_SECONDS)
    pairs = np.stack((begins[chosen], ends[chosen]), axis=1)
    brackets, of = np.unique(pairs, axis=0, return_inverse=True)
    if not len(brackets):
        return HourlyGains(np.zeros(HOURS), np.zeros(HOURS))
    total = np.maximum(np.bincount(of.ravel(), weights=gains[chosen].astype(np.float64)), 0.0)
    begin, end = brackets.T
    starts, hours = local_hours(int(begin.min()), int(end.max()), zone)
    first = np.searchsorted(starts, begin, side="right") - 1
    pieces = int((np.searchsorted(starts, end) - first).max())
    each = np.minimum(first + np.arange(pieces + 1)[:, None], len(starts) - 1)
    passed = np.diff(np.clip(starts[each], begin, end), axis=0)
    hour = hours[each[:-1]].ravel()
    return HourlyGains(
        _sums(hour, passed / (end - begin) * total),
        _sums(hour, passed / HOUR),
    )


def _sums(hour: Instants, amounts: Shares) -> Shares:
    sums: Shares = np.bincount(hour, weights=amounts.ravel(), minlength=HOURS).astype(np.float64)
    return sums


def leaps(counts: Counts) -> npt.NDArray[np.bool_]:
    """Which counts bear the marks of large steps, whether or not their source is known to round."""
    steps = np.maximum(2 * Rounding.WEB.up(counts), 1)
    large: npt.NDArray[np.bool_] = (steps > COARSE_STEP) & (counts % steps == 0)
    return large


def is_enough(by_hour: HourlyGains) -> bool:
    """Whether an account's rhythm can be told from these."""
    touched = by_hour.hours.sum() >= MIN_LEARNED_HOURS and by_hour.hours.all()
    return bool(touched and by_hour.gains.sum() > 0)


def learn(by_hour: HourlyGains, zone: ZoneInfo, pooled: Shares | None = None) -> Rhythm | None:
    """The rhythm of an account; ``pooled`` (see `pool`), or None, where too little was read.

    ``pooled`` stands in for a quarter of an hour of readings of each hour as well.
    """
    if not is_enough(by_hour):
        return None if pooled is None else Rhythm(zone, pooled)
    return Rhythm(zone, _rates(by_hour, FLAT if pooled is None else pooled))


def learn_without(
    by_hour: HourlyGains, left_out: HourlyGains, zone: ZoneInfo, pooled: Shares | None = None
) -> Rhythm | None:
    """The rhythm of an account as if a part of what was read had not been.

    To try a rhythm on that part: it is there where the whole teaches one.
    """
    rhythm = learn(by_hour, zone, pooled)
    # What is left of an hour that was read in that part alone is an error of floats.
    hours = np.maximum(by_hour.hours - left_out.hours, 0.0)
    hours = np.where(hours > 1e-6, hours, 0.0)
    gains = np.where(hours > 0, np.maximum(by_hour.gains - left_out.gains, 0.0), 0.0)
    if rhythm is None or not gains.any():
        return rhythm
    return Rhythm(zone, _rates(HourlyGains(gains, hours), FLAT if pooled is None else pooled))


def pool(accounts: Sequence[HourlyGains]) -> Shares | None:
    """The rhythm that accounts of a platform and zone have together (24 values).

    The median of theirs, so that what went round at one of them is not taken for a habit. None
    where too little was read of all together.
    """
    gaining = [by_hour for by_hour in accounts if by_hour.gains.sum() > 0]
    if sum(float(by_hour.hours.sum()) for by_hour in gaining) < MIN_LEARNED_HOURS:
        return None
    return normal(np.median([_rates(by_hour, FLAT) for by_hour in gaining], axis=0))


def _rates(by_hour: HourlyGains, prior: Shares) -> Shares:
    mean = by_hour.gains.sum() / by_hour.hours.sum()
    rates = by_hour.gains + PRIOR_HOURS * mean * prior
    return normal(rates / (by_hour.hours + PRIOR_HOURS))


def normal(weights: Shares) -> Shares:
    """24 weights by their mean, none below the floor."""
    shares: Shares = np.maximum(weights / weights.mean(), FLOOR)
    return shares
