"""The videos that made the growth."""

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.growth.video_growths import VideoGrowth, video_growths
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.database import Connection
from snapshot_core.store.readings import spark_gains
from snapshot_core.view.account_growth import Part
from snapshot_core.view.videos_table import VideoRow, video_rows

MAX_TOP_VIDEOS: Final = 10
RANKED_BY: Final = VIDEO_METRICS[0]
"""Views."""


def top_videos(connection: Connection, parts: Sequence[Part], zone: ZoneInfo) -> list[VideoRow]:
    """The videos that gained most views, over all accounts shown."""
    best: list[tuple[int, Part, VideoGrowth]] = []
    for part in parts:
        stand, window = part.growth.videos, part.window
        if stand is not None and window is not None and part.reaches_back:
            growths = video_growths(stand, window, stand.top(RANKED_BY, MAX_TOP_VIDEOS))
            best += [(video.growth[RANKED_BY].growth or 0, part, video) for video in growths]
    best.sort(key=lambda gain: -gain[0])
    rows: list[VideoRow] = []
    for part in {id(part): part for _, part, _ in best[:MAX_TOP_VIDEOS]}.values():
        videos = [video for _, of, video in best[:MAX_TOP_VIDEOS] if of is part]
        ids, end = [video.video_id for video in videos], videos[0].growth[RANKED_BY].window
        sparks = spark_gains(connection, part.account.key, end.end, zone, ids) if end else {}
        rows += video_rows(connection, part.account, videos, sparks)
    return sorted(rows, key=lambda row: -(row.growth[RANKED_BY].growth or 0))
