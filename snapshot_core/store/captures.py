"""The log of captures and of readings that were not taken at face value."""

from dataclasses import dataclass

from sqlalchemy import Connection, and_, case, select

from snapshot_core.growth.fold_types import ACCOUNT
from snapshot_core.store.accounts import Account
from snapshot_core.store.keys import of
from snapshot_core.store.tables import captures, listing_runs, quarantine, videos


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
    rows = connection.execute(
        select(*columns).where(of(captures, account.key), captures.c.captured_at >= since)
    )
    return [CaptureRow(account.name, *row) for row in rows]


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
    rows = connection.execute(
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
        for at, title, platform_id, metric, count, accepted, verdict in rows
    ]
