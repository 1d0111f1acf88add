"""What an account's readings teach of its hours, learned in the transaction that brought them.

A row holds from the instant of the capture that taught it, so that it changes no number of before.
What readings that came in late have put in doubt is gone from the table (`fold.rows`), and learned
again with the next capture or import.
"""

from collections.abc import Iterator, Sequence
from time import monotonic
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, bindparam, func, insert, literal_column, select

from snapshot_core.growth.learned import NOTHING_LEARNED, Learned
from snapshot_core.growth.rhythm import HOURS, LEARNING_WINDOW_SECONDS, hourly_gains, learn
from snapshot_core.growth.shape import Rhythm, Shares
from snapshot_core.store.dialects import packed, unpacked
from snapshot_core.store.fold.write import bump_revision
from snapshot_core.store.keys import Key, key_columns, mine, of, rows
from snapshot_core.store.tables import accounts, pooled_rhythms, rhythms, short_brackets
from snapshot_core.windows import local_date
from snapshot_core.zones import UTC, zone_named

HOUR_UNIT: Final = 10_000
"""What the mean hour weighs in the tables."""
FACTOR_UNIT: Final = 1_000
"""What a factor of 1 is in the tables."""


class Lesson(NamedTuple):
    """What was learned from brackets up to one of them (UTC seconds)."""

    since: int
    rhythm: Rhythm


_HELD_AT_FIRST: Final = func.coalesce(
    select(func.max(rhythms.c.since))
    .where(mine(rhythms), rhythms.c.since <= bindparam("since"))
    .scalar_subquery(),
    literal_column("0"),
)
PACKED_RHYTHMS: Final = select(
    *(packed(rhythms.c[name]) for name in ("since", "zone", "hours"))
).where(mine(rhythms), rhythms.c.since.between(_HELD_AT_FIRST, bindparam("until")))
"""For `keys.rows`: what held from ``since`` to ``until``."""

_STANDING: Final = select(
    select(func.max(rhythms.c.since)).where(mine(rhythms)).scalar_subquery(),
    select(func.max(short_brackets.c.captured_at)).where(mine(short_brackets)).scalar_subquery(),
)


def is_due(connection: Connection, key: Key) -> bool:
    """Whether short brackets came after the last lesson."""
    learned_at, bracket_at = rows(connection, _STANDING, key)[0]
    return bracket_at is not None and (learned_at is None or bracket_at > learned_at)


def learn_due(
    connection: Connection, key: Key, zone: ZoneInfo, seconds: float = float("inf")
) -> bool:
    """Learn from the short brackets that came after the last lesson, once for each day of ``zone``.

    False where that takes longer than ``seconds``: then something is left to be learned.
    """
    began = monotonic()
    learned_at, bracket_at = rows(connection, _STANDING, key)[0]
    if bracket_at is None or (learned_at is not None and bracket_at <= learned_at):
        return True
    bump_revision(connection, key)
    for lesson in _lessons(connection, key, zone, learned_at):
        row = {"since": lesson.since, "zone": zone.key, "hours": hours_text(lesson.rhythm.hours)}
        row |= {"video_factor": FACTOR_UNIT, "total_factor": FACTOR_UNIT}
        row |= {"video_cases": 0, "total_cases": 0}
        connection.execute(insert(rhythms).values(key_columns(key) | row))
        if monotonic() - began > seconds:
            return False
    return True


def _lessons(
    connection: Connection, key: Key, zone: ZoneInfo, last: int | None
) -> Iterator[Lesson]:
    """What the brackets after ``last`` teach, oldest first."""
    since = 0 if last is None else last - LEARNING_WINDOW_SECONDS
    names = "captured_at", "left_at", "gain"
    statement = select(*(short_brackets.c[name] for name in names))
    own = of(short_brackets, key), short_brackets.c.captured_at > since
    stored = connection.execute(statement.where(*own).order_by(short_brackets.c.captured_at))
    table: Any = np.array([tuple(row) for row in stored], np.int64).reshape(-1, len(names))
    ends, begins, gains = np.ascontiguousarray(table.T)
    pooled = _pooled(connection, key, zone)
    for number in range(int(np.searchsorted(ends, last or 0, "right")), len(ends)):
        at = int(ends[number])
        if last is not None and local_date(at, zone) == local_date(last, zone):
            continue
        window = slice(int(np.searchsorted(ends, at - LEARNING_WINDOW_SECONDS)), number + 1)
        by_hour = hourly_gains(begins[window], ends[window], gains[window], zone)
        if (rhythm := learn(by_hour, zone, pooled)) is not None:
            yield Lesson(at, rhythm)
            last = at


def _pooled(connection: Connection, key: Key, zone: ZoneInfo) -> Shares | None:
    """What the accounts of the same platform and zone have together; None where nothing is."""
    text = connection.scalar(
        select(pooled_rhythms.c.hours)
        .join_from(accounts, pooled_rhythms, pooled_rhythms.c.source == accounts.c.source)
        .where(of(accounts, key), pooled_rhythms.c.zone == zone.key)
    )
    return None if text is None else unpacked([text]) / HOUR_UNIT


def learned_from(packed_rhythms: Sequence[Any]) -> Learned:
    """What a row of `PACKED_RHYTHMS` says."""
    since, zones, hours = packed_rhythms[:3]
    if since is None or zones is None or hours is None:
        return NOTHING_LEARNED
    instants, weights = unpacked([since]), unpacked([hours]).reshape(-1, HOURS) / HOUR_UNIT
    order = np.argsort(instants)
    names = zones.split(",")
    return Learned(
        instants[order].tolist(),
        [Rhythm(zone_named(names[row]) or UTC, weights[row]) for row in order.tolist()],
    )


def learned_between(connection: Connection, key: Key, since: int, until: int) -> Learned:
    """What held of an account from one instant to another."""
    return learned_from(rows(connection, PACKED_RHYTHMS, key, since=since, until=until)[0])


def hours_text(hours: Shares) -> str:
    """24 weights as the tables hold them."""
    return ",".join(str(hour) for hour in np.rint(hours * HOUR_UNIT).astype(np.int64).tolist())
