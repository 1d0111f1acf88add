"""Sums over the regular videos of an account at one instant, made where the rows are.

A *regular* video was listed by every complete capture around the window, without a doubt
about its readings. Its value at an instant lies on the line between the two complete
captures around it, so a single join of the two gives the sums of all such videos, by the
same arithmetic as `growth.value.interpolate`. Everything else is left to
`store.irregular`, which hands readings to the pure engine.
"""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache, reduce
from operator import add
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, case, func, not_, select

from snapshot_core.growth.listing import Counts
from snapshot_core.growth.value import is_estimate
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.dialects import among
from snapshot_core.store.keys import Key
from snapshot_core.store.tables import COUNTS, VIDEOS_PER_ACCOUNT
from snapshot_core.store.tables import video_snapshots as readings

_left = readings.alias("l")
_right = readings.alias("r")


@dataclass(frozen=True, slots=True)
class Bracket:
    """An instant and the complete captures on either side of it (equal where it is one)."""

    at: int
    left: int
    right: int

    @property
    def exact(self) -> bool:
        """Whether there is a complete capture at the instant itself."""
        return self.left == self.right

    @property
    def interpolated(self) -> bool:
        """Whether the instant is too far from either capture for counts to be as good as read."""
        distance = min(self.at - self.left, self.right - self.at)
        return is_estimate(self.right - self.left, distance)

    def between(self, left: Counts, right: Counts) -> Counts:
        """The counts at the instant, from those of its two captures, which differ.

        `growth.value.interpolate` for arrays of one shape.
        """
        weight, span = 2 * (self.at - self.left), self.right - self.left
        return left + ((right - left) * weight + span) // (2 * span)

    def crossing(self, amount: int) -> tuple[int, int]:
        """A fall of ``amount`` from left to right, split at the instant: before, after it."""
        if self.exact:
            return amount, 0
        span = self.right - self.left
        after = amount + (span - 2 * amount * (self.at - self.left)) // (2 * span)
        return amount - after, after


@dataclass(frozen=True, slots=True)
class Side:
    """Sums of one counter over some videos: of the value and of its two readings."""

    value: int = 0
    left: int = 0
    right: int = 0
    half_steps: int = 0

    def __add__(self, other: "Side") -> "Side":
        return Side(
            self.value + other.value,
            self.left + other.left,
            self.right + other.right,
            self.half_steps + other.half_steps,
        )


@dataclass(frozen=True, slots=True)
class Frame:
    """The regular videos of an account at one instant."""

    bracket: Bracket
    videos: int
    nulls: int
    """Videos that one of the two captures gives no count of; the sums are not to be used then."""
    sides: dict[str, Side]
    """By metric, those asked for."""


def rows_at(table: Any, at: str) -> Any:
    """The account's readings of the capture bound as ``at``."""
    return and_(
        table.c.user_id == bindparam("user"),
        table.c.captured_at == bindparam(at),
        table.c.video_id.between(bindparam("first"), bindparam("last")),
    )


def _value(left: Any, right: Any) -> Any:
    """`growth.value.interpolate` as a weighted sum, of which no term can be negative.

    So the integer division, which cuts towards zero in SQL, is the floor that is meant.
    """
    weighted = left * bindparam("weight_left") + right * bindparam("weight_right")
    return (weighted + bindparam("half")) // bindparam("whole")


def _half_step(value: Any) -> Any:
    return case((value >= 1_000_000, 50_000), (value >= 10_000, 50), else_=0)


@cache
def _statement(metrics: tuple[str, ...], *, exact: bool, rounded: bool) -> Select[Any]:
    """n, rows without a null, then per metric: sums of value, left, right, half steps."""
    names = [COUNTS[VIDEO_METRICS.index(metric)].name for metric in metrics]
    pairs = [(_left.c[name], _right.c[name]) for name in names]
    every = reduce(add, [left if exact else left + right for left, right in pairs])
    columns: list[Any] = [func.count(), func.count(every)]
    for left, right in pairs:
        value = left if exact else _value(left, right)
        columns.append(func.sum(value))
        if not exact:
            columns += [func.sum(left), func.sum(right)]
        if rounded:
            columns.append(func.sum(_half_step(value)))
    regular = not_(among(_left.c.video_id, "irregular"))
    if exact:
        return select(*columns).where(rows_at(_left, "left"), regular)
    both = and_(
        _right.c.user_id == bindparam("user"),
        _right.c.captured_at == bindparam("right"),
        _right.c.video_id == _left.c.video_id,
    )
    return select(*columns).where(rows_at(_left, "left"), both, regular)


def parameters(key: Key, bracket: Bracket, irregular: Collection[int]) -> dict[str, Any]:
    """What the statements of this module bind."""
    first = key[1] * VIDEOS_PER_ACCOUNT
    weight, span = 2 * (bracket.at - bracket.left), bracket.right - bracket.left
    bound = {
        "user": key[0],
        "first": first,
        "last": first + VIDEOS_PER_ACCOUNT - 1,
        "left": bracket.left,
        "irregular": irregular,
    }
    if bracket.exact:
        return bound
    weights = {"weight_left": 2 * span - weight, "weight_right": weight}
    return {**bound, **weights, "right": bracket.right, "half": span, "whole": 2 * span}


def frame(
    connection: Connection,
    key: Key,
    bracket: Bracket,
    irregular: Collection[int],
    metrics: tuple[str, ...],
    *,
    rounded: bool,
) -> Frame:
    """The sums of ``metrics`` (one or more) at ``bracket``, without the irregular videos."""
    statement = _statement(metrics, exact=bracket.exact, rounded=rounded)
    row = connection.execute(statement, parameters(key, bracket, irregular)).cursor.fetchall()
    videos, counted, *sums = row[0]
    width = len(sums) // len(metrics)
    sides = {}
    for column, metric in enumerate(metrics):
        value, *rest = (int(n or 0) for n in sums[column * width : (column + 1) * width])
        left, right = (value, value) if bracket.exact else (rest[0], rest[1])
        sides[metric] = Side(value, left, right, rest[-1] if rounded else 0)
    return Frame(bracket, videos, videos - counted, sides)
