"""The videos that made the growth."""

from collections.abc import Sequence
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.growth.video_growths import VideoGrowth, video_growths
from snapshot_core.store.database import Connection
from snapshot_core.store.readings import spark_gains
from snapshot_core.view.account_growth import AccountShare
from snapshot_core.view.videos_table import RANKED_BY, VideoRow, video_rows

MAX_TOP_VIDEOS: Final = 10


def top_videos(
    connection: Connection, shares: Sequence[AccountShare], zone: ZoneInfo
) -> list[VideoRow]:
    """The videos that gained most views; of an account that is not ready, since tracking began."""
    gains: list[tuple[int, int, VideoGrowth]] = []
    for number, share in enumerate(shares):
        lines, known = share.videos, share.windows.reason is None or share.windows.tracked
        if lines is not None and known:
            growths = video_growths(lines, lines.window, lines.top(RANKED_BY, MAX_TOP_VIDEOS))
            gains += [(video.growth[RANKED_BY].growth or 0, number, video) for video in growths]
    gains = sorted(gains, key=lambda gain: -gain[0])[:MAX_TOP_VIDEOS]
    rows: list[VideoRow] = []
    for number in dict.fromkeys(number for _, number, _ in gains):
        videos = [video for _, owner, video in gains if owner == number]
        ids, window = [video.video_id for video in videos], shares[number].window
        assert window is not None  # or there were no gains
        account = shares[number].account
        sparklines = spark_gains(connection, account.key, window.end, zone, ids)
        rows += video_rows(connection, account, videos, sparklines)
    return sorted(rows, key=lambda row: -(row.growth[RANKED_BY].growth or 0))
