"""What is known of videos beside their counters."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select

from snapshot_core.clock import believed_until
from snapshot_core.errors import NotFound
from snapshot_core.store.dialects import among
from snapshot_core.store.keys import Key, of
from snapshot_core.store.tables import listing_runs, videos


@dataclass(frozen=True, slots=True)
class AboutVideo:
    """A video as the source last described it. ``published_at`` in UTC seconds."""

    video_id: int
    account_id: int
    platform_id: str
    title: str | None
    cover_url: str | None
    share_url: str | None
    duration: int | None
    """Seconds."""
    published_at: int | None
    counted_at: int | None = None
    """The first reading above 0, where it came before the publication."""

    @property
    def name(self) -> str:
        """The title in one line; the platform's id where there is none."""
        return " ".join((self.title or "").split()) or f"Video {self.platform_id}"

    @property
    def begins_at(self) -> int | None:
        """The publication, or the first reading above 0 if that came before."""
        known = [at for at in (self.published_at, self.counted_at) if at is not None]
        return None if self.published_at is None else min(known)


_COLUMNS: Final = tuple(videos.c[name] for name in AboutVideo.__dataclass_fields__)


def about_videos(
    connection: Connection, user_id: int, video_ids: Collection[int]
) -> dict[int, AboutVideo]:
    """Some videos of a user, by id."""
    rows = connection.execute(
        select(*_COLUMNS).where(videos.c.user_id == user_id, among(videos.c.video_id, "ids")),
        {"ids": video_ids},
    )
    return {row[0]: AboutVideo(*row) for row in rows}


def videos_of(connection: Connection, key: Key) -> list[AboutVideo]:
    """All videos of an account, in no order."""
    rows = connection.execute(select(*_COLUMNS).where(of(videos, key)))
    return [AboutVideo(*row) for row in rows]


def video_ids(connection: Connection, key: Key) -> dict[str, int]:
    """The ids of an account's videos by the platform's."""
    named = select(videos.c.platform_id, videos.c.video_id).where(of(videos, key))
    return dict(connection.execute(named).all())


def find_video(connection: Connection, key: Key, platform_id: str) -> int:
    """The id of a video by the platform's; else `NotFound`."""
    same = of(videos, key), videos.c.platform_id == platform_id
    video_id: int | None = connection.scalar(select(videos.c.video_id).where(*same))
    if video_id is None:
        raise NotFound(f"There is no video {platform_id!r} in this account.")
    return video_id


def find_videos(connection: Connection, user_id: int, platform_id: str) -> dict[int, int]:
    """The ids of a user's videos that a platform calls so, by account: one, but for accounts
    that were brought in twice.
    """
    same = videos.c.user_id == user_id, videos.c.platform_id == platform_id
    rows = connection.execute(select(videos.c.account_id, videos.c.video_id).where(*same))
    return dict(rows.all())


def listed_platform_ids(connection: Connection, key: Key) -> frozenset[str]:
    """The platform's ids of the videos that the account's latest complete capture listed."""
    same_video = videos.c.video_id == listing_runs.c.video_id
    listed = of(videos, key), of(listing_runs, key), listing_runs.c.until.is_(None)
    statement = select(videos.c.platform_id).join(listing_runs, same_video).where(*listed)
    return frozenset(connection.scalars(statement))


def gone_since(connection: Connection, key: Key, video_id: int, now: int) -> int | None:
    """The first complete capture that did not see the video; None while it is listed."""
    until = believed_until(now)
    gone: int | None = connection.scalar(
        select(listing_runs.c.until)
        .where(of(listing_runs, key), listing_runs.c.video_id == video_id)
        .where(listing_runs.c.since <= until)
        .order_by(listing_runs.c.since.desc())
        .limit(1)
    )
    return None if gone is None or gone > until else gone
