"""Videos that never were: what an import took for some. They go as if nobody had read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, delete, func, or_, select, update

from snapshot_core.formats.cells import cut_ids, is_summary
from snapshot_core.store.accounts import Account
from snapshot_core.store.capture_batch import IMPORT_TRIGGER
from snapshot_core.store.dialects import among
from snapshot_core.store.fold.write import bump_revision, refold
from snapshot_core.store.keys import Key, bound_to, of, readings_of, same_account, theirs
from snapshot_core.store.retention import remove_captures
from snapshot_core.store.tables import account_snapshots, accounts, captures, quarantine, videos
from snapshot_core.store.tables import video_snapshots as readings
from snapshot_core.store.videos import find_video

_IMPORTED: Final = (
    select(captures.c.captured_at)
    .where(same_account(captures, accounts), captures.c.trigger == IMPORT_TRIGGER)
    .correlate(accounts)
)
_IMPORTED_IDS: Final = (
    select(videos.c.account_id, videos.c.platform_id)
    .join_from(accounts, videos, same_account(videos, accounts))
    .where(theirs(accounts), _IMPORTED.exists())
)
"""Of the videos of accounts of which anything was imported."""


@dataclass(frozen=True, slots=True)
class WrongVideo:
    """What is stored of a video that is none. Instants are UTC seconds."""

    account: Account
    platform_id: str
    title: str | None
    readings: int
    first_read: int | None
    last_read: int | None


def wrong_ids(connection: Connection, owned: Sequence[Account]) -> dict[int, list[str]]:
    """The ids that are no video's by their looks, as earlier imports stored them: a sum's name, or
    what a spreadsheet has left of an id. Of some accounts of one user, by account id.
    """
    if not owned:
        return {}
    bound = bound_to([account.key for account in owned])
    by_account: dict[int, list[str]] = {}
    for account_id, platform_id in connection.execute(_IMPORTED_IDS, bound):
        by_account.setdefault(account_id, []).append(platform_id)
    wrong = {
        account_id: sorted(cut_ids(ids) | set(filter(is_summary, ids)))
        for account_id, ids in by_account.items()
    }
    return {account_id: ids for account_id, ids in wrong.items() if ids}


def wrong_video(connection: Connection, account: Account, platform_id: str) -> WrongVideo:
    """What would go with a video. Raises `NotFound`."""
    video_id = find_video(connection, account.key, platform_id)
    this = videos.c.user_id == account.user_id, videos.c.video_id == video_id
    title = connection.scalar(select(videos.c.title).where(*this))
    at = readings.c.captured_at
    own = readings_of(account.key), readings.c.video_id == video_id
    counted = select(func.count(), func.min(at), func.max(at)).where(*own)
    count, first, last = connection.execute(counted).one()
    return WrongVideo(account, platform_id, title, count, first, last)


def drop_videos(connection: Connection, account: Account, platform_ids: Sequence[str]) -> None:
    """Remove videos of an account with all that was read of them, and what follows from it.

    In the caller's transaction. Raises `NotFound`.
    """
    key = account.key
    bump_revision(connection, key)
    bound = {"ids": [find_video(connection, key, platform_id) for platform_id in platform_ids]}
    these = readings_of(key), among(readings.c.video_id, "ids")
    at = readings.c.captured_at
    counts = select(at, func.count()).where(*these).group_by(at)
    listed: dict[int, int] = dict(connection.execute(counts, bound).all())
    connection.execute(delete(readings).where(*these), bound)
    for table in (quarantine, videos):
        own = of(table, key), among(table.c.video_id, "ids")
        connection.execute(delete(table).where(*own), bound)
    if listed:
        _shorten(connection, key, listed)
        _remove_empty(connection, key, list(listed))
    refold(connection, key, doubted_since=min(listed, default=None))


def _shorten(connection: Connection, key: Key, listed: Mapping[int, int]) -> None:
    """Let captures say that so many videos fewer were listed, by instant.

    How many there are a platform says itself; a file has as many as it lists.
    """
    fewer = [{"at": at, "fewer": count} for at, count in listed.items()]
    of_capture = of(captures, key), captures.c.captured_at == bindparam("at")
    held = of(quarantine, key), quarantine.c.captured_at == bindparam("at")
    no_counts = or_(quarantine.c.verdict == "negative", quarantine.c.verdict == "too_large")
    refused = select(func.count()).select_from(quarantine).where(*held, no_counts)
    shorter = {
        "video_count": captures.c.video_count - bindparam("fewer"),
        "rejected_count": refused.scalar_subquery(),
    }
    connection.execute(update(captures).where(*of_capture).values(shorter), fewer)
    imported = captures.c.trigger == IMPORT_TRIGGER
    smaller = {"reported_count": captures.c.reported_count - bindparam("fewer")}
    connection.execute(update(captures).where(*of_capture, imported).values(smaller), fewer)


def _remove_empty(connection: Connection, key: Key, instants: Sequence[int]) -> None:
    """Remove imported captures that nothing else was read in; one of the account's own counters
    alone lists no videos, unless its file says that there were none.
    """
    bound = {"instants": instants}
    some = of(captures, key), among(captures.c.captured_at, "instants")
    empty = *some, captures.c.trigger == IMPORT_TRIGGER, captures.c.video_count == 0
    of_account = of(account_snapshots, key), among(account_snapshots.c.captured_at, "instants")
    profiles = set(
        connection.scalars(select(account_snapshots.c.captured_at).where(*of_account), bound)
    )
    nothing = set(connection.scalars(select(captures.c.captured_at).where(*empty), bound))
    if nothing - profiles:
        remove_captures(connection, key, sorted(nothing - profiles))
    unsaid = *empty, captures.c.walked_to_end.is_(None)
    connection.execute(update(captures).where(*unsaid).values(walked_to_end=False), bound)
