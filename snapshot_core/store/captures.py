"""The captures of an account: as recorded, in the log, and what they decide; and its doubts."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, bindparam, case, func, select

from snapshot_core.growth.fold_types import ACCOUNT
from snapshot_core.growth.growth import History
from snapshot_core.readings import Counts
from snapshot_core.store.accounts import Account
from snapshot_core.store.keys import Key, mine, of, readings_of, rows
from snapshot_core.store.tables import (
    COUNTS,
    account_snapshots,
    captures,
    listing_runs,
    quarantine,
    videos,
)
from snapshot_core.store.tables import video_snapshots as readings

PROFILE_COLUMNS: Final = ("follower_count", "following_count", "like_count")
"""The account's own counters, in the order of a readings file."""


@dataclass(frozen=True, slots=True)
class CaptureRow:
    """One capture, as stored. Instants are UTC seconds."""

    account: str
    captured_at: int
    ended_at: int
    trigger: str
    scope: str
    status: str
    videos: int
    rejected: int
    message: str | None


@dataclass(frozen=True, slots=True)
class Doubt:
    """A reading not taken at face value."""

    account: str
    captured_at: int
    video: str | None
    """Title or platform id; None for the account's own counter."""
    metric: str
    count: int
    accepted_count: int | None
    verdict: str
    """As stored; ``gone`` where a reading was held and its video left before the next one."""


def _history() -> Select[Any]:
    at, its = captures.c.captured_at, captures.c.status
    done, part = its == "complete", and_(its == "partial", captures.c.scope == "complete")
    whose = mine(captures)
    first = select(at).where(whose, done).order_by(at).limit(1)
    last = select(at).where(whose, done).order_by(at.desc()).limit(1)
    partial = select(at).where(whose, part).order_by(at.desc()).limit(1)
    some = select(at).where(whose, its != "failed").limit(2).subquery()
    count = select(func.count()).select_from(some)
    return select(*(one.scalar_subquery() for one in (count, first, last, partial)))


_HISTORY: Final = _history()


def history_of(connection: Connection, key: Key) -> History:
    """The captures of an account that decide what can be said of its growth."""
    count, first, last, partial = rows(connection, _HISTORY, key)[0]
    return History(count, first, last, partial is not None and partial > (last or 0))


def captures_since(connection: Connection, account: Account, since: int) -> list[CaptureRow]:
    """The captures of an account since an instant, in no order."""
    columns = (
        captures.c.captured_at,
        captures.c.ended_at,
        captures.c.trigger,
        captures.c.scope,
        captures.c.status,
        captures.c.video_count,
        captures.c.rejected_count,
        captures.c.message,
    )
    log = connection.execute(
        select(*columns).where(of(captures, account.key), captures.c.captured_at >= since)
    )
    return [CaptureRow(account.name, *row) for row in log]


def doubts_since(connection: Connection, account: Account, since: int) -> list[Doubt]:
    """Readings held, rejected or refused since an instant, in no order."""
    listed = (
        select(listing_runs.c.video_id)
        .where(
            listing_runs.c.user_id == quarantine.c.user_id,
            listing_runs.c.account_id == quarantine.c.account_id,
            listing_runs.c.video_id == quarantine.c.video_id,
            listing_runs.c.until.is_(None),
        )
        .exists()
    )
    of_a_video = quarantine.c.video_id != ACCOUNT
    gone = and_(quarantine.c.verdict == "held", of_a_video, ~listed)
    log = connection.execute(
        select(
            quarantine.c.captured_at,
            videos.c.title,
            videos.c.platform_id,
            quarantine.c.metric,
            quarantine.c["count"],
            quarantine.c.accepted_count,
            case((gone, "gone"), else_=quarantine.c.verdict),
        )
        .select_from(
            quarantine.outerjoin(
                videos,
                and_(
                    videos.c.user_id == quarantine.c.user_id,
                    videos.c.video_id == quarantine.c.video_id,
                ),
            )
        )
        .where(of(quarantine, account.key), quarantine.c.captured_at >= since)
    )
    return [
        Doubt(account.name, at, title or platform_id, metric, count, accepted, verdict)
        for at, title, platform_id, metric, count, accepted, verdict in log
    ]


@dataclass(frozen=True, slots=True)
class StoredCapture:
    """A capture as stored. ``captured_at`` in UTC seconds."""

    captured_at: int
    status: str
    trigger: str
    walked_to_end: bool | None
    reported_count: int | None
    video_count: int
    message: str | None


_STORED: Final = tuple(captures.c[name] for name in StoredCapture.__dataclass_fields__)


def captures_of(connection: Connection, key: Key) -> list[StoredCapture]:
    """All captures of an account, oldest first, failed ones among them."""
    statement = select(*_STORED).where(of(captures, key)).order_by(captures.c.captured_at)
    return [StoredCapture(*row) for row in connection.execute(statement)]


def counts_at(connection: Connection, key: Key, at: int) -> dict[int, Counts]:
    """The counters of each video of one capture, by video id and in its order."""
    statement = (
        select(readings.c.video_id, *COUNTS)
        .where(readings_of(key), readings.c.captured_at == bindparam("at"))
        .order_by(readings.c.video_id)
    )
    counted = connection.execute(statement, {"at": at})
    return {video_id: tuple(counts) for video_id, *counts in counted}


def profiles_of(connection: Connection, key: Key) -> dict[int, Counts]:
    """The account's own counters by instant, in the order of `PROFILE_COLUMNS`."""
    columns = [account_snapshots.c[name] for name in ("captured_at", *PROFILE_COLUMNS)]
    counted = connection.execute(select(*columns).where(of(account_snapshots, key)))
    return {at: tuple(counts) for at, *counts in counted}


def view_counts(connection: Connection, key: Key) -> list[int]:
    """All known counts of views, in no order."""
    views = readings.c.view_count
    return list(connection.scalars(select(views).where(readings_of(key), views.is_not(None))))
