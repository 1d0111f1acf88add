"""Readings and totals over time, for charts. Each statement reads what it draws, no more."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, bindparam, select

from snapshot_core.growth.gain_line import GainLine
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.dialects import among
from snapshot_core.store.keys import Key, mine, of, readings_of
from snapshot_core.store.tables import (
    COUNTS,
    account_snapshots,
    capture_totals,
    captures,
    quarantine,
)
from snapshot_core.store.tables import video_snapshots as readings
from snapshot_core.windows import DAY, local_date

_TOTALS = (
    select(
        capture_totals.c.metric,
        capture_totals.c.captured_at,
        capture_totals.c.total,
        capture_totals.c.entered,
        capture_totals.c.left,
    )
    .where(
        capture_totals.c.user_id == bindparam("user"),
        capture_totals.c.account_id == bindparam("account"),
        capture_totals.c.captured_at.between(bindparam("start"), bindparam("end")),
        capture_totals.c.metric.in_(bindparam("metrics", expanding=True)),
    )
    .order_by(capture_totals.c.metric, capture_totals.c.captured_at)
)

_HISTORY = (
    select(captures.c.captured_at, captures.c.status, *COUNTS)
    .select_from(
        captures.join(
            readings,
            and_(
                readings.c.user_id == bindparam("user"),
                readings.c.captured_at == captures.c.captured_at,
                readings.c.video_id == bindparam("video"),
            ),
        )
    )
    .where(
        captures.c.user_id == bindparam("user"),
        captures.c.account_id == bindparam("account"),
        captures.c.status != "failed",
    )
    .order_by(captures.c.captured_at)
)


_DOUBTS = select(quarantine.c.captured_at, quarantine.c.metric, quarantine.c.verdict).where(
    mine(quarantine), quarantine.c.video_id == bindparam("video")
)

_LISTED = select(captures.c.video_count).where(
    captures.c.user_id == bindparam("user"),
    captures.c.account_id == bindparam("account"),
    captures.c.captured_at == bindparam("at"),
)

SPARK_DAYS: Final = 15
"""Days that a sparkline shows the gains of."""


class Reading(NamedTuple):
    """One capture's reading of a video: counts as the platform gave them."""

    captured_at: int
    status: str
    """Of the capture."""
    counts: tuple[int | None, ...]
    """In the order of `VIDEO_METRICS`."""
    doubts: dict[str, str]
    """Verdicts by metric: ``held``, ``rejected``, ``negative`` or ``too_large``."""


def _of(key: Key) -> dict[str, Any]:
    return {"user": key[0], "account": key[1]}


def totals(
    connection: Connection, key: Key, metrics: Sequence[str], start: int, end: int
) -> dict[str, list[tuple[int, int, int, int]]]:
    """``(instant, total, entered, left)`` of complete captures in ``[start, end]`` by metric."""
    bound = {**_of(key), "start": start, "end": end, "metrics": list(metrics)}
    found: dict[str, list[tuple[int, int, int, int]]] = {metric: [] for metric in metrics}
    for metric, *row in connection.execute(_TOTALS, bound).cursor.fetchall():
        found[metric].append(tuple(row))
    return found


def gain_lines(connection: Connection, key: Key, start: int, end: int) -> dict[str, GainLine]:
    """The running gain of every video counter, by metric."""
    rows = totals(connection, key, VIDEO_METRICS, start, end)
    return {metric: GainLine.from_totals(rows[metric]) for metric in VIDEO_METRICS}


def followers(connection: Connection, key: Key, start: int, end: int) -> list[tuple[int, int]]:
    """Accepted follower counts in ``[start, end]``, oldest first."""
    doubtful = set(
        connection.scalars(
            select(quarantine.c.captured_at).where(
                of(quarantine, key),
                quarantine.c.video_id == 0,
                quarantine.c.metric == "followers",
                quarantine.c.captured_at.between(start, end),
            )
        )
    )
    rows = connection.execute(
        select(account_snapshots.c.captured_at, account_snapshots.c.follower_count)
        .where(
            of(account_snapshots, key),
            account_snapshots.c.captured_at.between(start, end),
            account_snapshots.c.follower_count.is_not(None),
        )
        .order_by(account_snapshots.c.captured_at)
    )
    return [(at, count) for at, count in rows if at not in doubtful]


def video_history(connection: Connection, key: Key, video_id: int) -> list[Reading]:
    """Every reading of one video, oldest first.

    Driven from the list of captures: one look-up in the key for each, where scanning the
    user's readings would touch every video.
    """
    bound = {**_of(key), "video": video_id}
    rows = connection.execute(_HISTORY, bound).cursor.fetchall()
    doubts: dict[int, dict[str, str]] = {}
    for at, metric, verdict in connection.execute(_DOUBTS, bound).cursor.fetchall():
        doubts.setdefault(at, {})[metric] = verdict
    return [Reading(row[0], row[1], row[2:], doubts.get(row[0], {})) for row in rows]


def spark_gains(
    connection: Connection,
    key: Key,
    end: int,
    zone: ZoneInfo,
    video_ids: Sequence[int] | None = None,
) -> dict[int, list[int | None]]:
    """Views gained from day to day up to ``end``, by video; None where one of the two was not
    read, or its reading is not accepted.

    The last complete capture of each of the `SPARK_DAYS` days before ``end`` is used.
    ``video_ids`` None: every video of the account.
    """
    days = _one_a_day(connection, key, end, zone)
    instants = list(days.values())
    wanted: Any = readings_of(key) if video_ids is None else among(readings.c.video_id, "ids")
    bound = {"at": instants} if video_ids is None else {"at": instants, "ids": video_ids}
    rows = connection.execute(
        select(readings.c.captured_at, readings.c.video_id, readings.c.view_count).where(
            readings.c.user_id == key[0], among(readings.c.captured_at, "at"), wanted
        ),
        bound,
    ).cursor.fetchall()
    # A day that was missed has its column: what came after it is not one day's growth.
    first, last = min(days, default=0), max(days, default=-1)
    column = {at: day - first for day, at in days.items()}
    counts: dict[int, list[int | None]] = {}
    for at, video, count in rows:
        counts.setdefault(video, [None] * (last - first + 1))[column[at]] = count
    for at, video in _doubtful_views(connection, key, instants):
        if video in counts:
            counts[video][column[at]] = None
    return {
        video: [
            None if before is None or after is None else after - before
            for before, after in pairwise(of_video)
        ]
        for video, of_video in counts.items()
    }


def _doubtful_views(
    connection: Connection, key: Key, instants: Sequence[int]
) -> list[tuple[int, int]]:
    rows = connection.execute(
        select(quarantine.c.captured_at, quarantine.c.video_id).where(
            of(quarantine, key),
            among(quarantine.c.captured_at, "at"),
            quarantine.c.metric == "views",
            quarantine.c.verdict.in_(("held", "rejected")),
        ),
        {"at": instants},
    )
    return [(at, video) for at, video in rows]


def _one_a_day(connection: Connection, key: Key, end: int, zone: ZoneInfo) -> dict[int, int]:
    """By day, as its ordinal, the last complete capture of it."""
    instants = connection.scalars(
        select(captures.c.captured_at)
        .where(
            of(captures, key),
            captures.c.status == "complete",
            captures.c.captured_at.between(end - SPARK_DAYS * DAY, end),
        )
        .order_by(captures.c.captured_at)
    )
    return {local_date(at - 1, zone).toordinal(): at for at in instants}


def videos_listed(connection: Connection, key: Key, captured_at: int) -> int:
    """How many videos a capture listed."""
    return connection.scalar(_LISTED, {**_of(key), "at": captured_at}) or 0
