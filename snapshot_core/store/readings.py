"""Readings and totals over time, for charts. Each statement reads what it draws, no more."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, and_, bindparam, select

from snapshot_core.clock import believed_until
from snapshot_core.growth.day_gains import DayGain, bracket, day_gains, midnights_before
from snapshot_core.growth.fold_types import ACCOUNT
from snapshot_core.growth.gain_line import DAILY_GAP, GainLine
from snapshot_core.growth.value import ShareAt, straight
from snapshot_core.metrics import FOLLOWERS, VIDEO_METRICS
from snapshot_core.store.dialects import among
from snapshot_core.store.keys import (
    Key,
    marked_ahead,
    mine,
    my_readings,
    not_ahead,
    of,
    rows,
    same_account,
)
from snapshot_core.store.tables import (
    COUNTS,
    account_snapshots,
    capture_totals,
    captures,
    quarantine,
)
from snapshot_core.store.tables import video_snapshots as readings

_WITHIN: Final[Any] = bindparam("start"), bindparam("end")
_IS_DOUBTED: Final = quarantine.c.verdict.in_(("held", "rejected"))

_TOTALS: Final = (
    select(
        capture_totals.c.metric,
        capture_totals.c.captured_at,
        capture_totals.c.total,
        capture_totals.c.entered,
        capture_totals.c.left,
    )
    .where(
        mine(capture_totals),
        capture_totals.c.captured_at.between(*_WITHIN),
        capture_totals.c.metric.in_(bindparam("metrics", expanding=True)),
    )
    .order_by(capture_totals.c.metric, capture_totals.c.captured_at)
)

_FOLLOWERS_DOUBTED: Final = select(quarantine.c.metric).where(
    same_account(quarantine, account_snapshots),
    _IS_DOUBTED,
    quarantine.c.captured_at == account_snapshots.c.captured_at,
    quarantine.c.video_id == ACCOUNT,
    quarantine.c.metric == FOLLOWERS,
)
_MARKED_AS_AHEAD: Final = select(captures.c.captured_at).where(
    same_account(captures, account_snapshots),
    captures.c.captured_at == account_snapshots.c.captured_at,
    marked_ahead(captures),
)
ACCEPTED_FOLLOWERS: Final = (
    account_snapshots.c.follower_count.is_not(None),
    ~_MARKED_AS_AHEAD.exists(),
    ~_FOLLOWERS_DOUBTED.exists(),
)
"""Of rows of `account_snapshots`: their count is one that growth is made of."""
_OWN_FOLLOWERS: Final = select(
    account_snapshots.c.captured_at, account_snapshots.c.follower_count
).where(
    mine(account_snapshots),
    account_snapshots.c.captured_at.between(*_WITHIN),
    *ACCEPTED_FOLLOWERS,
)
_FOLLOWERS: Final = _OWN_FOLLOWERS.order_by(account_snapshots.c.captured_at)
_LAST_FOLLOWERS: Final = _OWN_FOLLOWERS.order_by(account_snapshots.c.captured_at.desc()).limit(1)

COUNTED: Final = (
    select(captures.c.captured_at, captures.c.status, readings.c.video_id, *COUNTS)
    .join_from(
        captures,
        readings,
        and_(
            readings.c.user_id == bindparam("user"),
            readings.c.captured_at == captures.c.captured_at,
        ),
    )
    .where(mine(captures), not_ahead(captures))
    .order_by(captures.c.captured_at)
)
"""For `keys.rows`: readings, oldest first, driven from the list of captures: one look-up in the
key for each, where scanning the user's readings would touch every video."""
_HISTORY: Final = COUNTED.where(
    captures.c.captured_at <= bindparam("until"),
    captures.c.status != "failed",
    readings.c.video_id == bindparam("video"),
)
_DOUBTS: Final = select(quarantine.c.captured_at, quarantine.c.metric, quarantine.c.verdict).where(
    mine(quarantine), quarantine.c.video_id == bindparam("video")
)

_COMPLETE: Final = (
    select(captures.c.captured_at)
    .where(
        mine(captures),
        not_ahead(captures),
        captures.c.status == "complete",
        captures.c.captured_at.between(*_WITHIN),
    )
    .order_by(captures.c.captured_at)
)
_VIEWS: Final = select(readings.c.captured_at, readings.c.video_id, readings.c.view_count).where(
    readings.c.user_id == bindparam("user"), among(readings.c.captured_at, "at")
)
_ALL_VIEWS: Final = _VIEWS.where(my_readings())
_SOME_VIEWS: Final = _VIEWS.where(among(readings.c.video_id, "ids"))
_VIEWS_DOUBTED: Final = select(quarantine.c.captured_at, quarantine.c.video_id).where(
    mine(quarantine),
    _IS_DOUBTED,
    among(quarantine.c.captured_at, "at"),
    quarantine.c.metric == "views",
)


class Reading(NamedTuple):
    """One capture's reading of a video: counts as the platform gave them."""

    captured_at: int
    status: str
    """Of the capture."""
    counts: tuple[int | None, ...]
    """In the order of `VIDEO_METRICS`."""
    doubts: dict[str, str]
    """Verdicts by metric: ``held``, ``rejected``, ``negative`` or ``too_large``."""


def totals(
    connection: Connection, key: Key, metrics: Sequence[str], start: int, end: int
) -> dict[str, list[tuple[int, int, int, int]]]:
    """``(instant, total, entered, left)`` of complete captures in ``[start, end]`` by metric."""
    by_metric: dict[str, list[tuple[int, int, int, int]]] = {metric: [] for metric in metrics}
    bound = {"start": start, "end": end, "metrics": list(metrics)}
    for metric, *amounts in rows(connection, _TOTALS, key, **bound):
        by_metric[metric].append(tuple(amounts))
    return by_metric


def gain_lines(
    connection: Connection, key: Key, start: int, end: int, share_at: ShareAt = straight
) -> dict[str, GainLine]:
    """The running gain of every video counter, by metric; between captures by ``share_at``."""
    by_metric = totals(connection, key, VIDEO_METRICS, start, end)
    return {metric: GainLine.from_totals(totals, share_at) for metric, totals in by_metric.items()}


def followers(connection: Connection, key: Key, start: int, end: int) -> list[tuple[int, int]]:
    """Accepted follower counts in ``[start, end]`` by instant, oldest first."""
    return [tuple(row) for row in rows(connection, _FOLLOWERS, key, start=start, end=end)]


def followers_before(connection: Connection, key: Key, before: int) -> int | None:
    """The last accepted follower count from before an instant."""
    last = rows(connection, _LAST_FOLLOWERS, key, start=0, end=before - 1)
    return last[0][1] if last else None


def video_history(connection: Connection, key: Key, video_id: int, now: int) -> list[Reading]:
    """Every reading of one video, oldest first, without those ahead of ``now``."""
    doubts: dict[int, dict[str, str]] = {}
    for at, metric, verdict in rows(connection, _DOUBTS, key, video=video_id):
        doubts.setdefault(at, {})[metric] = verdict
    bound = {"video": video_id, "until": believed_until(now)}
    history = rows(connection, _HISTORY, key, **bound)
    return [Reading(row[0], row[1], row[3:], doubts.get(row[0], {})) for row in history]


def spark_gains(
    connection: Connection,
    key: Key,
    end: int,
    zone: ZoneInfo,
    video_ids: Sequence[int] | None = None,
) -> dict[int, list[DayGain]]:
    """Views that the last `SPARK_DAYS` days that were over at ``end`` brought, by video.

    A day is not known where no complete captures tell of both its ends, or they did not read the
    video, or its reading is not accepted. ``video_ids`` None: every video of the account.
    """
    marks = midnights_before(end, zone)
    complete = rows(
        connection, _COMPLETE, key, start=marks[0] - DAILY_GAP, end=marks[-1] + DAILY_GAP
    )
    brackets = [bracket(mark, [at for (at,) in complete]) for mark in marks]
    read = sorted({at for each in brackets if each for at in each})
    wanted = {} if video_ids is None else {"ids": video_ids}
    statement = _ALL_VIEWS if video_ids is None else _SOME_VIEWS
    counts: dict[int, dict[int, int]] = {}
    for at, video, count in rows(connection, statement, key, at=read, **wanted):
        if count is not None:
            counts.setdefault(video, {})[at] = count
    for at, video in rows(connection, _VIEWS_DOUBTED, key, at=read):
        counts.get(video, {}).pop(at, None)
    return {video: day_gains(marks, brackets, of_video) for video, of_video in counts.items()}


def videos_listed(connection: Connection, key: Key, captured_at: int) -> int:
    """How many videos a capture listed."""
    listed = of(captures, key), captures.c.captured_at == captured_at
    return connection.scalar(select(captures.c.video_count).where(*listed)) or 0
