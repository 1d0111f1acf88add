"""When a video was published: when its platform says, but never after its first reading above 0.

Clocks differ, and premieres are listed with views before they begin. What the platform said stays
as it was; beside it stands the first reading above 0 that came before.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection, bindparam, case, func, or_, select, update

from snapshot_core.growth.fold_types import CaptureInput
from snapshot_core.store.dialects import among
from snapshot_core.store.keys import Key, my_readings, not_ahead, of, rows
from snapshot_core.store.tables import COUNTS, captures, videos
from snapshot_core.store.tables import video_snapshots as readings

PUBLICATION: Final[Any] = case(
    (videos.c.counted_at < videos.c.published_at, videos.c.counted_at),
    else_=videos.c.published_at,
)
"""For statements on videos: the earlier of the two; null where nobody says."""

_FIRST_COUNTS: Final = (
    select(readings.c.video_id, func.min(readings.c.captured_at))
    .where(my_readings(), among(readings.c.video_id, "ids"))
    .where(readings.c.captured_at.between(bindparam("since"), bindparam("until")))
    .where(or_(*(count > 0 for count in COUNTS)))
    .group_by(readings.c.video_id)
)


def early_counts(capture: CaptureInput, published: Mapping[int, int]) -> dict[int, int]:
    """The instant of a capture, by the videos that it counts before they are published."""
    at = capture.captured_at
    counted = capture.ids[(capture.counts > 0).any(axis=1)].tolist()
    return {video: at for video in counted if published.get(video, at) > at}


def redated(captures: Iterator[CaptureInput], changed: dict[int, int]) -> Iterator[CaptureInput]:
    """The captures, oldest first, with the publications that their counts leave possible.

    ``changed`` takes in those that differ from what is stored, by video.
    """
    published: dict[int, int] = {}
    for capture in captures:
        published = published or dict(capture.published)
        changed |= (early := early_counts(capture, published))
        published |= early
        yield replace(capture, published=published)


def forget_counted(connection: Connection, key: Key) -> None:
    """Forget the first readings above 0 that captures tell which are still there, or are ahead.

    Those of captures that are kept no longer stay, for they were true.
    """
    first = select(func.min(captures.c.captured_at)).where(of(captures, key), not_ahead(captures))
    this = of(videos, key), videos.c.counted_at >= first.scalar_subquery()
    connection.execute(update(videos).where(*this).values(counted_at=None))


def note_counted(connection: Connection, key: Key, counted: Mapping[int, int]) -> None:
    """Store the instants of first readings above 0, by video."""
    if counted:
        this = videos.c.user_id == key[0], videos.c.video_id == bindparam("id")
        later = or_(videos.c.counted_at.is_(None), videos.c.counted_at > bindparam("at"))
        statement = update(videos).where(*this, later).values(counted_at=bindparam("at"))
        connection.execute(statement, [{"id": video, "at": at} for video, at in counted.items()])


def note_postponed(
    connection: Connection, key: Key, postponed: Mapping[int, tuple[int | None, int]]
) -> None:
    """Look for readings of videos whose publication is said to be later than was known.

    ``postponed``: what was known and what is said, by video.
    """
    if not postponed:
        return
    since = min(known or 0 for known, _ in postponed.values())
    until = max(later for _, later in postponed.values())
    bound = {"ids": list(postponed), "since": since, "until": until}
    first = dict(rows(connection, _FIRST_COUNTS, key, **bound))
    early = {video: at for video, at in first.items() if at < postponed[video][1]}
    note_counted(connection, key, early)
