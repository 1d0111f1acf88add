"""Learning from what an account's captures brought, in the transaction that brought it.

A lesson holds from the instant of the capture that taught it, so that it changes no number of
before. What readings that came in late have put in doubt is gone from the table (`fold.rows`), and
learned again with the next capture or import.
"""

from collections.abc import Iterator
from time import monotonic
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Connection, func, insert, select

from snapshot_core.growth.rhythm import (
    LAUNCH_SECONDS,
    LEARNING_WINDOW_SECONDS,
    HourlyGains,
    hourly_gains,
    learn,
    learn_without,
)
from snapshot_core.growth.shape import Rhythm, Shares
from snapshot_core.growth.uncertainty import UNLEARNED_FACTOR, learned_factor
from snapshot_core.store.fold.write import bump_revision
from snapshot_core.store.keys import Key, key_columns, mine, not_ahead, of, rows
from snapshot_core.store.rhythms.cases import CASES_SECONDS, Sample, ShortBrackets, total_cases
from snapshot_core.store.rhythms.held import FACTOR_UNIT, hours_of, hours_text
from snapshot_core.store.tables import accounts, captures, pooled_rhythms, rhythms, short_brackets
from snapshot_core.windows import local_date

_STANDING: Final = select(
    select(func.max(rhythms.c.since)).where(mine(rhythms)).scalar_subquery(),
    select(func.max(short_brackets.c.captured_at)).where(mine(short_brackets)).scalar_subquery(),
)
_NEWEST: Final = (
    select(captures.c.captured_at)
    .where(mine(captures), not_ahead(captures), captures.c.status == "complete")
    .order_by(captures.c.captured_at.desc())
    .limit(1)
)


def is_due(connection: Connection, key: Key) -> bool:
    """Whether short brackets came after the last lesson."""
    learned_at, bracket_at = rows(connection, _STANDING, key)[0]
    return _later(bracket_at, learned_at)


def _later(bracket_at: int | None, learned_at: int | None) -> bool:
    return bracket_at is not None and (learned_at is None or bracket_at > learned_at)


def learn_due(
    connection: Connection, key: Key, zone: ZoneInfo, seconds: float = float("inf")
) -> bool:
    """Learn from the short brackets that came after the last lesson, once for each day of ``zone``.

    An account without any takes what others of its platform and zone have learned. False where
    that takes longer than ``seconds``: then something is left to be learned.
    """
    began = monotonic()
    learned_at, bracket_at = rows(connection, _STANDING, key)[0]
    if bracket_at is None and learned_at is None:
        _take_pooled(connection, key, zone)
    if not _later(bracket_at, learned_at):
        return True
    for lesson in _Lessons(connection, key, zone):
        bump_revision(connection, key)
        connection.execute(insert(rhythms).values(key_columns(key) | lesson))
        if monotonic() - began > seconds:
            return False
    return True


def _take_pooled(connection: Connection, key: Key, zone: ZoneInfo) -> None:
    """Let what others have learned hold from the newest complete capture on, if there is both."""
    hours, video_factor, total_factor = _pooled(connection, key, zone)
    newest = rows(connection, _NEWEST, key)
    if hours is None or not newest:
        return
    lesson: dict[str, Any] = {
        "since": newest[0][0],
        "zone": zone.key,
        "hours": hours_text(hours),
        "video_factor": round(FACTOR_UNIT * video_factor),
        "total_factor": round(FACTOR_UNIT * total_factor),
        "video_cases": 0,
        "total_cases": 0,
    }
    connection.execute(insert(rhythms).values(key_columns(key) | lesson))
    bump_revision(connection, key)


class _Lessons:
    """What the brackets after the last lesson teach, oldest first, as rows of the table."""

    def __init__(self, connection: Connection, key: Key, zone: ZoneInfo) -> None:
        self._zone = zone
        self._last = connection.scalar(select(func.max(rhythms.c.since)).where(of(rhythms, key)))
        since = 0 if self._last is None else self._last - LEARNING_WINDOW_SECONDS
        names = "left_at", "captured_at", "gain"
        statement = select(*(short_brackets.c[name] for name in names))
        own = of(short_brackets, key), short_brackets.c.captured_at > since
        stored = connection.execute(statement.where(*own).order_by(short_brackets.c.captured_at))
        table: Any = np.array([tuple(row) for row in stored], np.int64).reshape(-1, len(names))
        self._brackets = ShortBrackets(*np.ascontiguousarray(table.T))
        self._pooled, *self._factors = _pooled(connection, key, zone)
        self._sample = Sample(connection, key)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        ends, last = self._brackets.ends, self._last
        for number in range(int(np.searchsorted(ends, last or 0, "right")), len(ends)):
            at = int(ends[number])
            if last is not None and local_date(at, self._zone) == local_date(last, self._zone):
                continue
            first = int(np.searchsorted(ends, at - LEARNING_WINDOW_SECONDS))
            brackets = self._brackets.part(first, number + 1)
            by_hour = self._by_hour(brackets)
            if (rhythm := learn(by_hour, self._zone, self._pooled)) is not None:
                yield self._row(at, rhythm, brackets, by_hour)
                last = at

    def _by_hour(self, brackets: ShortBrackets) -> HourlyGains:
        return hourly_gains(brackets.begins, brackets.ends, brackets.gains, self._zone)

    def _row(
        self, at: int, rhythm: Rhythm, brackets: ShortBrackets, by_hour: HourlyGains
    ) -> dict[str, Any]:
        def without(left: int, right: int) -> Rhythm | None:
            """What was to be learned without what lies between two captures."""
            begin, end = np.searchsorted(brackets.ends, (left, right), "right").tolist()
            inside = self._by_hour(brackets.part(begin, end))
            return learn_without(by_hour, inside, self._zone, self._pooled)

        first = int(np.searchsorted(brackets.ends, at - CASES_SECONDS))
        recent = brackets.part(first, len(brackets.ends))
        settled_by = int(recent.begins[0]) - LAUNCH_SECONDS
        of_videos = self._sample.cases(recent, settled_by, without)
        of_total = total_cases(recent, without)
        row: dict[str, Any] = {
            "since": at, "zone": self._zone.key, "hours": hours_text(rhythm.hours),
        }  # fmt: skip
        for name, cases, pooled in zip(
            ("video", "total"), (of_videos, of_total), self._factors, strict=True
        ):
            own = learned_factor(cases.videos, cases.days)
            row[f"{name}_factor"] = round(FACTOR_UNIT * (pooled if own is None else own))
            row[f"{name}_cases"] = len(cases.videos)
        return row


def _pooled(connection: Connection, key: Key, zone: ZoneInfo) -> tuple[Shares | None, float, float]:
    """What the accounts of the same platform and zone have together, and the two factors."""
    columns = pooled_rhythms.c.hours, pooled_rhythms.c.video_factor, pooled_rhythms.c.total_factor
    row = connection.execute(
        select(*columns)
        .join_from(accounts, pooled_rhythms, pooled_rhythms.c.source == accounts.c.source)
        .where(of(accounts, key), pooled_rhythms.c.zone == zone.key)
    ).first()
    if row is None:
        return None, UNLEARNED_FACTOR, UNLEARNED_FACTOR
    return hours_of(row.hours), row.video_factor / FACTOR_UNIT, row.total_factor / FACTOR_UNIT
