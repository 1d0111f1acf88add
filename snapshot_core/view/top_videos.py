"""The videos that made the growth."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from snapshot_core.store.movers import video_lines
from snapshot_core.store.readings import spark_gains
from snapshot_core.store.videos import AboutVideo, about_videos
from snapshot_core.view.account_growth import Part

MOVERS: Final = 10


@dataclass(frozen=True, slots=True)
class Mover:
    """A video that made the growth: ``growth`` and ``current`` are views."""

    video_id: int
    account_id: int
    account: str
    platform_id: str
    title: str | None
    cover_url: str | None
    share_url: str | None
    published_at: int | None
    is_new: bool
    growth: int
    current: int
    spark: Sequence[int | None]
    """Views gained between nightly captures, oldest first."""


def movers_of(connection: Connection, parts: Sequence[Part], zone: ZoneInfo) -> list[Mover]:
    """The videos that gained most views, over all accounts shown."""
    found: list[tuple[int, Part, int, int, bool]] = []
    for part in parts:
        if part.growth.scene is None or part.window is None or not part.reaches_back:
            continue
        table = video_lines(connection, part.growth.scene, part.window)
        found += [
            (
                int(table.growth[row, 0]),
                part,
                int(table.ids[row]),
                int(table.current[row, 0]),
                table.lines[row] == "published",
            )
            for row in table.top("views", MOVERS)
        ]
    found.sort(key=lambda one: -one[0])
    del found[MOVERS:]
    about: dict[int, AboutVideo] = {}
    sparks: dict[int, list[int | None]] = {}
    for part in {id(part): part for _, part, *_ in found}.values():
        ids = [video_id for _, of, video_id, *_ in found if of is part]
        about |= about_videos(connection, part.account.user_id, ids)
        if part.window is not None:
            sparks |= spark_gains(connection, part.account.key, part.window.end, zone, ids)
    return [
        Mover(
            video_id,
            part.account.account_id,
            part.account.name,
            about[video_id].platform_id,
            about[video_id].title,
            about[video_id].cover_url,
            about[video_id].share_url,
            about[video_id].published_at,
            is_new,
            growth,
            current,
            sparks.get(video_id, []),
        )
        for growth, part, video_id, current, is_new in found
    ]
