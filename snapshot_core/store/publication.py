"""When a video was published: when its platform says, but never after its first reading above 0.

Clocks differ, and premieres are listed with views before they begin. What is stored is the earlier
of the two.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import Connection, bindparam, func, or_, select, update

from snapshot_core.growth.fold_types import CaptureInput
from snapshot_core.readings import VideoReading, is_count
from snapshot_core.store.dialects import among
from snapshot_core.store.keys import Key, my_readings, rows
from snapshot_core.store.tables import COUNTS, videos
from snapshot_core.store.tables import video_snapshots as readings

_FIRST_COUNTS: Final = (
    select(readings.c.video_id, func.min(readings.c.captured_at))
    .where(my_readings(), among(readings.c.video_id, "ids"))
    .where(readings.c.captured_at.between(bindparam("since"), bindparam("until")))
    .where(or_(*(count > 0 for count in COUNTS)))
    .group_by(readings.c.video_id)
)


def published_by(video: VideoReading, at: int) -> VideoReading:
    """A video as listed at an instant, published by then if it is counted."""
    counted = any(is_count(count) and count for count in video.counts)
    if video.published_at is None or video.published_at <= at or not counted:
        return video
    return replace(video, published_at=at)


@dataclass(frozen=True, slots=True)
class Postponed:
    """A publication that is said to be later than was known: readings may have come before it."""

    known: int | None
    said: int


def possible(
    connection: Connection, key: Key, postponed: Mapping[int, Postponed]
) -> dict[int, int]:
    """The publications that the stored readings leave possible, by video."""
    if not postponed:
        return {}
    bound = {
        "ids": list(postponed),
        "since": min(each.known or 0 for each in postponed.values()),
        "until": max(each.said for each in postponed.values()),
    }
    counted = dict(rows(connection, _FIRST_COUNTS, key, **bound))
    return {
        video: min(each.said, counted.get(video, each.said)) for video, each in postponed.items()
    }


def redated(captures: Iterator[CaptureInput], found: dict[int, int]) -> Iterator[CaptureInput]:
    """The captures, oldest first, with the publications that their counts leave possible.

    ``found`` takes in those that differ from what is stored, by video.
    """
    published: dict[int, int] = {}
    for capture in captures:
        published = published or dict(capture.published)
        counted = capture.ids[(capture.counts > 0).any(axis=1)].tolist()
        at = capture.captured_at
        found |= (late := {video: at for video in counted if published.get(video, 0) > at})
        published |= late
        yield replace(capture, published=published)


def redate(connection: Connection, key: Key, found: Mapping[int, int]) -> None:
    """Store publications, by video."""
    if found:
        this = videos.c.user_id == key[0], videos.c.video_id == bindparam("id")
        changed = [{"id": video, "published_at": at} for video, at in found.items()]
        connection.execute(update(videos).where(*this), changed)
