"""What held of an account at an instant, read from the table of its lessons."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from sqlalchemy import ColumnElement, Connection, Select, bindparam, func, literal_column, select

from snapshot_core.growth.rhythms.learned import NOTHING_LEARNED, Learned
from snapshot_core.growth.rhythms.lessons import Lesson, Pooled
from snapshot_core.growth.rhythms.rhythm import HOURS
from snapshot_core.growth.shape import Rhythm, Shares
from snapshot_core.store.dialects import packed, unpacked
from snapshot_core.store.keys import Key, mine, rows, same_account, theirs
from snapshot_core.store.tables import rhythms
from snapshot_core.zones import UTC, zone_named

HOUR_UNIT: Final = 10_000
"""What the mean hour weighs in the tables."""
FACTOR_UNIT: Final = 1_000
"""What a factor of 1 is in the tables."""

_earlier = rhythms.alias("earlier")
_COLUMNS: Final = "since", "zone", "hours", "video_factor", "total_factor"


def _packed_rhythms(whose: ColumnElement[bool]) -> Select[Any]:
    held_at_first = (
        select(func.max(_earlier.c.since))
        .where(same_account(_earlier, rhythms), _earlier.c.since <= bindparam("since"))
        .correlate(rhythms)
        .scalar_subquery()
    )
    since = func.coalesce(held_at_first, literal_column("0"))
    held = rhythms.c.since.between(since, bindparam("until"))
    return select(*(packed(rhythms.c[name]) for name in _COLUMNS)).where(whose, held)


PACKED_RHYTHMS: Final = _packed_rhythms(mine(rhythms))
"""For `keys.rows`: what held from ``since`` to ``until``."""
PACKED_RHYTHMS_OF_SEVERAL: Final = _packed_rhythms(theirs(rhythms))
"""The same of some accounts, to be grouped by them."""


def learned_from(packed_rhythms: Sequence[Any]) -> Learned:
    """What a row of `PACKED_RHYTHMS` says."""
    since, zones, hours, video_factors, total_factors = packed_rhythms[: len(_COLUMNS)]
    if since is None:
        return NOTHING_LEARNED
    instants, weights = unpacked([since]), unpacked([hours]).reshape(-1, HOURS) / HOUR_UNIT
    order, names = np.argsort(instants).tolist(), zones.split(",")
    factors = [(unpacked([text]) / FACTOR_UNIT).tolist() for text in (video_factors, total_factors)]
    return Learned(
        [int(instants[row]) for row in order],
        [Rhythm(zone_named(names[row]) or UTC, weights[row]) for row in order],
        [factors[0][row] for row in order],
        [factors[1][row] for row in order],
    )


def learned_between(connection: Connection, key: Key, since: int, until: int) -> Learned:
    """What held of an account from one instant to another."""
    return learned_from(rows(connection, PACKED_RHYTHMS, key, since=since, until=until)[0])


def lesson_of(row: Any) -> Lesson:
    """A row of the table of lessons."""
    return Lesson(
        row.since,
        Rhythm(zone_named(row.zone) or UTC, hours_of(row.hours)),
        *factors_of(row),
        row.video_cases,
        row.total_cases,
    )


def factors_of(row: Any) -> tuple[float, float]:
    """The range's factors for single videos and for their sum, of a row of either table."""
    return row.video_factor / FACTOR_UNIT, row.total_factor / FACTOR_UNIT


def taught_columns(hours: Shares, taught: Lesson | Pooled) -> dict[str, str | int]:
    """Hours and factors as both tables hold them."""
    return {
        "hours": hours_text(hours),
        "video_factor": round(FACTOR_UNIT * taught.video_factor),
        "total_factor": round(FACTOR_UNIT * taught.total_factor),
    }


def hours_text(hours: Shares) -> str:
    """24 weights as the tables hold them."""
    return ",".join(str(hour) for hour in np.rint(hours * HOUR_UNIT).astype(np.int64).tolist())


def hours_of(text: str) -> Shares:
    """The reverse."""
    return unpacked([text]) / HOUR_UNIT
