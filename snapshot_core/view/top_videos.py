"""The videos that made the growth."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.database import Connection
from snapshot_core.store.readings import spark_gains
from snapshot_core.store.videos import AboutVideo, about_videos
from snapshot_core.view.account_growth import Part

MOVERS: Final = 10
METRIC: Final = VIDEO_METRICS[0]
"""The counter by which videos are ranked: views."""


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
    gains = [
        (line.growth[METRIC] or 0, part, line)
        for part in parts
        if part.growth.videos is not None and part.reaches_back
        for line in part.growth.videos.top(METRIC, MOVERS)
    ]
    gains.sort(key=lambda gain: -gain[0])
    del gains[MOVERS:]
    about: dict[int, AboutVideo] = {}
    sparks: dict[int, list[int | None]] = {}
    for part in {id(part): part for _, part, _ in gains}.values():
        ids = [line.video_id for _, of, line in gains if of is part]
        about |= about_videos(connection, part.account.user_id, ids)
        if part.window is not None:
            sparks |= spark_gains(connection, part.account.key, part.window.end, zone, ids)
    return [
        Mover(
            line.video_id,
            part.account.account_id,
            part.account.name,
            about[line.video_id].platform_id,
            about[line.video_id].title,
            about[line.video_id].cover_url,
            about[line.video_id].share_url,
            about[line.video_id].published_at,
            line.line == "published",
            growth,
            line.current[METRIC] or 0,
            sparks.get(line.video_id, []),
        )
        for growth, part, line in gains
    ]
