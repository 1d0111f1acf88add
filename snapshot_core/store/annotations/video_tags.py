"""The tags that a user has given to videos."""

from typing import Any, Final

from sqlalchemy import Connection, bindparam, delete, insert, select

from snapshot_core.errors import InputError
from snapshot_core.store.fold.write import bump_revision
from snapshot_core.store.keys import Key, rows
from snapshot_core.store.tables import video_tags
from snapshot_core.tags import MAX_TAGS_PER_VIDEO

_OF_ACCOUNT: Final = (
    select(video_tags.c.video_id, video_tags.c.tag)
    .where(
        video_tags.c.user_id == bindparam("user"),
        video_tags.c.video_id.between(bindparam("first_id"), bindparam("last_id")),
    )
    .order_by(video_tags.c.video_id, video_tags.c.tag)
)


def tags_of(connection: Connection, key: Key) -> dict[int, tuple[str, ...]]:
    """The tags of an account's videos by id, in the order of the alphabet; only those with any."""
    tags: dict[int, tuple[str, ...]] = {}
    for video_id, tag in rows(connection, _OF_ACCOUNT, key):
        tags[video_id] = (*tags.get(video_id, ()), tag)
    return tags


def all_tags(connection: Connection, user_id: int) -> list[str]:
    """Every tag that a user has given, in the order of the alphabet."""
    tags = select(video_tags.c.tag).where(video_tags.c.user_id == user_id)
    return list(connection.scalars(tags.distinct().order_by(video_tags.c.tag)))


def tags_of_video(connection: Connection, key: Key, video_id: int) -> tuple[str, ...]:
    """The tags of one video of an account, in the order of the alphabet."""
    of_video = select(video_tags.c.tag).where(*_video(key, video_id)).order_by(video_tags.c.tag)
    return tuple(connection.scalars(of_video))


def add_tag(connection: Connection, key: Key, video_id: int, tag: str) -> None:
    """Give a tag (as `tags.tag_of` makes it) to a video; twice changes nothing.

    Raises `InputError` where the video has as many as a video can have.
    """
    # First of all: of two who add a tag at once, the second counts what the first has added.
    bump_revision(connection, key)
    tags = tags_of_video(connection, key, video_id)
    if tag in tags:
        return
    if len(tags) >= MAX_TAGS_PER_VIDEO:
        raise InputError(f"A video can have {MAX_TAGS_PER_VIDEO} tags. Remove one first.")
    row = {"user_id": key[0], "video_id": video_id, "tag": tag}
    connection.execute(insert(video_tags).values(row))


def remove_tag(connection: Connection, key: Key, video_id: int, tag: str) -> None:
    """Take a tag from a video; where it has none of the kind, nothing changes."""
    bump_revision(connection, key)
    connection.execute(delete(video_tags).where(*_video(key, video_id), video_tags.c.tag == tag))


def _video(key: Key, video_id: int) -> tuple[Any, ...]:
    return video_tags.c.user_id == key[0], video_tags.c.video_id == video_id
