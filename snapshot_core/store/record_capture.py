"""Recording a capture: all of it or nothing, once for its instant, in the caller's transaction."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, bindparam, insert, select, update

from snapshot_core.growth.completeness import Scope, Status
from snapshot_core.growth.fold_types import CaptureInput
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.readings import Counts, ProfileReading, VideoReading, is_count
from snapshot_core.store import dialects
from snapshot_core.store.captures import last_instant
from snapshot_core.store.fold.publication import early_counts, note_counted, note_postponed
from snapshot_core.store.fold.state import arrays
from snapshot_core.store.fold.write import bump_revision, refold, write_effects
from snapshot_core.store.keys import Key, key_columns, of
from snapshot_core.store.rhythms.learn import STEP_SECONDS, learn_due
from snapshot_core.store.tables import (
    COUNTS,
    VIDEOS_PER_ACCOUNT,
    account_snapshots,
    accounts,
    captures,
    quarantine,
    videos,
)
from snapshot_core.store.tables import video_snapshots as readings
from snapshot_core.zones import UTC

_ABOUT: Final = ("title", "cover_url", "share_url", "duration", "published_at")
_PUBLISHED: Final = _ABOUT.index("published_at")
_about: Final = attrgetter(*_ABOUT)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A capture as fetched, not yet stored. Instants are UTC seconds."""

    captured_at: int
    ended_at: int
    trigger: str
    scope: Scope
    walked_to_end: bool | None
    profile: ProfileReading
    videos: Sequence[VideoReading]
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of a capture. ``status`` is None where its instant was taken already."""

    captured_at: int
    status: Status | None
    videos: int = 0
    rejected: int = 0


def record(connection: Connection, key: Key, fetched: Fetched, zone: ZoneInfo = UTC) -> Recorded:
    """Store a capture with at least its listing walked in part, and fold it into the account.

    ``zone``: by whose clock it is learned at which hours the account gains.
    """
    bump_revision(connection, key)
    latest = last_instant(connection, key)
    if (stored := store_readings(connection, key, fetched)) is None:
        return Recorded(fetched.captured_at, None)
    capture, new, rejected = stored
    if latest is None or latest < fetched.captured_at:
        status: Status | None = write_effects(connection, key, capture, new)
        if status == "complete":
            learn_due(connection, key, zone, [fetched.captured_at], STEP_SECONDS)
    else:
        refold(connection, key)
        this = of(captures, key), captures.c.captured_at == fetched.captured_at
        status = connection.scalar(select(captures.c.status).where(*this))
        learn_due(connection, key, zone)
    return Recorded(fetched.captured_at, status, len(capture.ids), rejected)


def record_failure(connection: Connection, key: Key, fetched: Fetched) -> Recorded:
    """Store that a capture was tried and gave nothing."""
    _claim(connection, key, fetched, "failed", 0)
    return Recorded(fetched.captured_at, "failed")


def store_readings(
    connection: Connection, key: Key, fetched: Fetched
) -> tuple[CaptureInput, set[int], int] | None:
    """Store the raw rows; None where the instant is taken. The caller settles the account.

    Gives the capture for the fold, the ids of videos never seen before, and the number of
    counters that were refused.
    """
    listed = {video.platform_id: video for video in fetched.videos}
    if not _claim(connection, key, fetched, "partial", len(listed)):
        return None
    at = fetched.captured_at
    ids = update_videos(connection, key, listed).ids
    new = add_videos(connection, key, [v for name, v in listed.items() if name not in ids])
    ids |= new
    doubts: list[tuple[int, str, int]] = []
    rows = sorted((ids[name], *_counts(ids[name], video, doubts)) for name, video in listed.items())
    write_readings(connection, [(key[0], at, *row) for row in rows])
    followers = _profile(connection, key, fetched, doubts)
    _reject(connection, key, at, doubts)
    listing = fetched.scope, fetched.walked_to_end, fetched.profile.videos
    capture = CaptureInput(at, *listing, *arrays(rows), followers=followers)
    published = {
        ids[name]: video.published_at
        for name, video in listed.items()
        if video.published_at is not None and video.published_at > at
    }
    note_counted(connection, key, early_counts(capture, published) if published else {})
    return capture, set(new.values()), len(doubts)


def write_readings(connection: Connection, rows: Sequence[Sequence[int | None]]) -> None:
    """Insert rows of ``user_id, captured_at, video_id, *counters``."""
    key = readings.c.user_id, readings.c.captured_at, readings.c.video_id
    dialects.insert_many(connection, (*key, *COUNTS), rows)


def _claim(
    connection: Connection, key: Key, fetched: Fetched, status: Status, video_count: int
) -> bool:
    """Insert the capture's own row: its key decides who was first."""
    given = ("captured_at", "ended_at", "trigger", "scope", "walked_to_end", "message")
    row = key_columns(key) | {name: getattr(fetched, name) for name in given}
    row |= {"status": status, "video_count": video_count, "rejected_count": 0}
    row["reported_count"] = fetched.profile.videos
    statement = dialects.insert_new(connection, captures).values(row)
    return connection.execute(statement.returning(captures.c.captured_at)).first() is not None


@dataclass(frozen=True, slots=True)
class KnownVideos:
    """The videos of an account before a listing or a file adds to them."""

    ids: dict[str, int]
    """By platform id."""
    changed: bool
    """Whether what is known of one of them was changed."""
    redated: bool
    """Whether that was an instant of publication, which totals follow from."""


def update_videos(
    connection: Connection, key: Key, listed: Mapping[str, VideoReading], *, newest: bool = True
) -> KnownVideos:
    """Bring titles, covers and the like of the account's videos up to date.

    Where ``listed``, by platform id, is not the ``newest`` word on them, only what is unknown is
    filled in.
    """
    about = [videos.c[name] for name in _ABOUT]
    stored = connection.execute(
        select(videos.c.platform_id, videos.c.video_id, *about).where(of(videos, key))
    ).cursor.fetchall()
    ids: dict[str, int] = {}
    changed: list[dict[str, Any]] = []
    redated = False
    postponed: dict[int, tuple[int | None, int]] = {}
    for row in stored:  # slices, not names for all columns: this runs for every video there is
        platform_id, video_id, known = row[0], row[1], row[2:]
        ids[platform_id] = video_id
        if (video := listed.get(platform_id)) is None:
            continue
        listing = _about(video)
        if known != listing:
            # A source that does not say keeps what another one said.
            first, second = (listing, known) if newest else (known, listing)
            merged = tuple(
                _storable(b if a is None else a) for a, b in zip(first, second, strict=True)
            )
            if merged != known:
                changed.append({"id": video_id, **dict(zip(_ABOUT, merged, strict=True))})
                was, now = known[_PUBLISHED], merged[_PUBLISHED]
                redated |= now != was
                if isinstance(now, int) and (was is None or now > was):
                    postponed[video_id] = was, now
    if changed:
        this = videos.c.user_id == key[0], videos.c.video_id == bindparam("id")
        connection.execute(update(videos).where(*this), changed)
    note_postponed(connection, key, postponed)
    return KnownVideos(ids, bool(changed), redated)


def add_videos(connection: Connection, key: Key, added: Sequence[VideoReading]) -> dict[str, int]:
    """Make videos that the account does not have; their ids by platform id."""
    if not added:
        return {}
    reserved = update(accounts).where(of(accounts, key)).returning(accounts.c.next_video)
    next_video = accounts.c.next_video + len(added)
    following = connection.execute(reserved.values(next_video=next_video)).scalar_one()
    first_id = key[1] * VIDEOS_PER_ACCOUNT + following - len(added)
    rows: list[dict[str, Any]] = [
        key_columns(key)
        | {"video_id": first_id + n, "platform_id": video.platform_id}
        | dict(zip(_ABOUT, map(_storable, _about(video)), strict=True))
        for n, video in enumerate(added)
    ]
    connection.execute(insert(videos), rows)
    return {row["platform_id"]: row["video_id"] for row in rows}


def _storable(value: str | int | None) -> str | int | None:
    """PostgreSQL has no place for a NUL in a text; nobody misses it."""
    return value.replace("\0", "") if isinstance(value, str) else value


def _counts(video_id: int, video: VideoReading, doubts: list[tuple[int, str, int]]) -> Counts:
    """The counters of a video; one that cannot be a count is noted in ``doubts`` and unknown."""
    if all(is_count(count) for count in video.counts):
        return video.counts
    for metric, count in zip(VIDEO_METRICS, video.counts, strict=True):
        if count is not None and not is_count(count):
            doubts.append((video_id, metric, count))
    return tuple(count if is_count(count) else None for count in video.counts)


def _profile(
    connection: Connection, key: Key, fetched: Fetched, doubts: list[tuple[int, str, int]]
) -> int | None:
    profile = fetched.profile
    counts = {
        "follower_count": profile.followers,
        "following_count": profile.following,
        "like_count": profile.likes,
        "video_count": profile.videos,
    }
    for name, count in counts.items():
        if count is not None and not is_count(count):
            doubts.append((0, "followers" if name == "follower_count" else name, count))
            counts[name] = None
    if any(count is not None for count in counts.values()):
        row = key_columns(key) | counts | {"captured_at": fetched.captured_at}
        connection.execute(insert(account_snapshots).values(row))
    return counts["follower_count"]


def _reject(
    connection: Connection, key: Key, at: int, doubts: Iterable[tuple[int, str, int]]
) -> None:
    """Note counters that cannot be counts; they are stored as unknown."""
    rows = [
        {
            **key_columns(key),
            "captured_at": at,
            "video_id": video,
            "metric": metric,
            "count": max(min(count, 2**63 - 1), -(2**63)),
            "verdict": "negative" if count < 0 else "too_large",
        }
        for video, metric, count in doubts
    ]
    if rows:
        connection.execute(insert(quarantine), rows)
        this = of(captures, key), captures.c.captured_at == at
        connection.execute(update(captures).where(*this).values(rejected_count=len(rows)))
