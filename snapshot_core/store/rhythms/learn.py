"""Learning from what an account's captures brought, in the transaction that brought it.

A lesson holds from the instant of the capture that taught it, so that it changes no number of
before. What readings that came in late have put in doubt is gone from the table (`fold.rows`) and
learned again.
"""

from collections.abc import Sequence
from time import monotonic
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, bindparam, func, insert, literal_column, select

from snapshot_core.growth.rhythms.lessons import Lesson, Lessons, Pooled, ShortBrackets
from snapshot_core.growth.rhythms.rhythm import LEARNING_WINDOW_SECONDS
from snapshot_core.store.accounts import is_free
from snapshot_core.store.keys import (
    Key,
    key_columns,
    marked_ahead,
    mine,
    not_ahead,
    of,
    rows,
    same_account,
)
from snapshot_core.store.rhythms.cases import SampledVideos
from snapshot_core.store.rhythms.held import factors_of, hours_of, taught_columns
from snapshot_core.store.tables import (
    accounts,
    captures,
    pooled_rhythms,
    rhythms,
    short_brackets,
    users,
)
from snapshot_core.windows import local_date
from snapshot_core.zones import first_zone

_STANDING: Final = select(
    select(func.max(rhythms.c.since)).where(mine(rhythms)).scalar_subquery(),
    select(func.max(short_brackets.c.captured_at)).where(mine(short_brackets)).scalar_subquery(),
)
_COMPLETE: Final = (
    select(captures.c.captured_at)
    .where(mine(captures), not_ahead(captures), captures.c.status == "complete")
    .where(captures.c.captured_at > bindparam("after"))
    .order_by(captures.c.captured_at)
)
_CLOCK_WENT_BACK: Final = (
    select(captures.c.captured_at)
    .where(mine(captures), marked_ahead(captures))
    .where(captures.c.ahead_at > short_brackets.c.left_at)
    .where(captures.c.ahead_at <= short_brackets.c.captured_at)
    .correlate(short_brackets)
    .exists()
)
"""Within a bracket: its left end was dated by a clock that was ahead, and it is longer than it
seems. A day's views in half an hour would be the loudest lesson of all."""
_BRACKETS: Final = (
    select(short_brackets.c.left_at, short_brackets.c.captured_at, short_brackets.c.gain)
    .where(mine(short_brackets), short_brackets.c.captured_at > bindparam("after"))
    .where(~_CLOCK_WENT_BACK)
    .order_by(short_brackets.c.captured_at)
)


def is_due(connection: Connection, key: Key) -> bool:
    """Whether there may be something to learn: short brackets came after the last lesson."""
    latest, bracket_at = rows(connection, _STANDING, key)[0]
    return bracket_at is not None and (latest is None or bracket_at > latest)


def learned_at(connection: Connection, key: Key) -> int | None:
    """The instant from which the latest lesson holds; None before the first."""
    latest: int | None = rows(connection, _STANDING, key)[0][0]
    return latest


def left_to_learn(connection: Connection, now: int, otherwise: ZoneInfo) -> dict[Key, ZoneInfo]:
    """The accounts, of all users, with short brackets after their last lesson, and their zones;
    without those that somebody is reading or importing into at ``now``.

    ``otherwise``: the zone of those who have chosen none.
    """
    last = select(func.max(rhythms.c.since)).where(same_account(rhythms, accounts))
    after = func.coalesce(last.correlate(accounts).scalar_subquery(), literal_column("-1"))
    closely = same_account(short_brackets, accounts), short_brackets.c.captured_at > after
    behind = select(short_brackets.c.captured_at).where(*closely).correlate(accounts).exists()
    key = accounts.c.user_id, accounts.c.account_id
    statement = (
        select(*key, accounts.c.time_zone, users.c.time_zone.label("user_zone"))
        .join(users, users.c.user_id == accounts.c.user_id)
        .where(behind, is_free(accounts.c.lease_until, now))
        .order_by(*key)
    )
    return {
        (row.user_id, row.account_id): first_zone((row.time_zone, row.user_zone), otherwise)
        for row in connection.execute(statement)
    }


def _is_of_another_day(at: int, latest: int | None, zone: ZoneInfo) -> bool:
    return latest is None or local_date(at, zone) != local_date(latest, zone)


def has_missed_a_lesson(connection: Connection, key: Key, zone: ZoneInfo) -> bool:
    """Whether a lesson may be due at a capture that is there already."""
    latest, _ = rows(connection, _STANDING, key)[0]
    captured = rows(connection, _COMPLETE, key, after=latest or 0)
    return any(_is_of_another_day(at, latest, zone) for (at,) in captured)


STEP_SECONDS: Final = 1.0
"""What learning is to take in one transaction: for so long nobody else can write to SQLite."""


def learn_due(
    connection: Connection,
    key: Key,
    zone: ZoneInfo,
    captured_at: Sequence[int] | None = None,
    seconds: float = float("inf"),
    *,
    late: bool = False,
) -> bool:
    """Learn what is to be learned after the last lesson, in a transaction of the caller's, who
    says that the account changes.

    ``captured_at``: the instants of complete captures to learn from, ascending, beside those of
    days that went by without a lesson; None for all that have not been learned from. An account
    with too little of its own takes what others of its platform and zone have learned, unless it is
    ``late``: the captures are of a while ago. False where that takes longer than ``seconds``: then
    something is left to be learned.
    """
    began = monotonic()
    latest, bracket_at = rows(connection, _STANDING, key)[0]
    if latest is not None and (bracket_at is None or bracket_at <= latest):
        return True
    if captured_at and bracket_at is not None and _is_of_another_day(captured_at[0], latest, zone):
        captured_at = None  # who should have learned in between may have been killed
    if captured_at is None:
        captured_at = [at for (at,) in rows(connection, _COMPLETE, key, after=latest or 0)]
    if not captured_at:
        return True
    brackets = _NO_BRACKETS
    if bracket_at is not None:
        brackets = brackets_after(connection, key, captured_at[0] - LEARNING_WINDOW_SECONDS - 1)
    sampled = SampledVideos(connection, key)
    lessons = Lessons(brackets, zone, _pooled(connection, key, zone), sampled.counts)
    for lesson in lessons.after(latest, captured_at, late=late):
        connection.execute(insert(rhythms).values(key_columns(key) | _row(lesson)))
        if monotonic() - began > seconds:
            return False
    return True


_NO_BRACKETS: Final = ShortBrackets(*np.empty((3, 0), np.int64))


def brackets_after(connection: Connection, key: Key, after: int) -> ShortBrackets:
    """The short brackets of an account that end after an instant."""
    stored = rows(connection, _BRACKETS, key, after=after)
    table: Any = np.array(stored, np.int64).reshape(-1, 3)
    return ShortBrackets(*np.ascontiguousarray(table.T))


def _row(lesson: Lesson) -> dict[str, Any]:
    return {
        "since": lesson.since,
        "zone": lesson.rhythm.zone.key,
        **taught_columns(lesson.rhythm.hours, lesson),
        "video_cases": lesson.video_cases,
        "total_cases": lesson.total_cases,
    }


def _pooled(connection: Connection, key: Key, zone: ZoneInfo) -> Pooled:
    """What the accounts of the same platform and zone have learned together."""
    columns = pooled_rhythms.c.hours, pooled_rhythms.c.video_factor, pooled_rhythms.c.total_factor
    row = connection.execute(
        select(*columns)
        .join_from(accounts, pooled_rhythms, pooled_rhythms.c.source == accounts.c.source)
        .where(of(accounts, key), pooled_rhythms.c.zone == zone.key)
    ).first()
    return Pooled() if row is None else Pooled(hours_of(row.hours), *factors_of(row))
