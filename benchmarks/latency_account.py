"""An account for the latency benchmark, made through the product's own store."""

from datetime import UTC, datetime
from itertools import accumulate
from pathlib import Path

from sqlalchemy import Connection

from benchmarks.storage import new_store
from snapshot_core.readings import ProfileReading, VideoReading, video_counts
from snapshot_core.store.fold_write import refold
from snapshot_core.store.record_capture import Fetched, store_readings
from snapshot_core.windows import DAY, HOUR, instant

NIGHTS = 90
ONE_IN_VIEWS = {"views": 1, "likes": 9, "comments": 90, "shares": 150}
CARDS = len(ONE_IN_VIEWS) + 1
"""One for each of these metrics, and one for followers."""
EARNED = list(accumulate(2 + night % 7 for night in range(NIGHTS)))
"""Views up to each night, but for the video's own pace: weekends are better."""
COVER = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='33' height='44'%3E"
    "%3Cpath fill='%23bbb' d='M0 0h33v44H0z'/%3E%3C/svg%3E"
)


def fill(path: Path, videos: int) -> None:
    """Ninety nights of an account with ``videos`` videos, the last three hours ago."""
    last = instant(datetime.now(UTC)) - 3 * HOUR
    store, key = new_store(path, "creator_01", last)

    def make(connection: Connection) -> None:
        for night in range(NIGHTS):
            at = last - (NIGHTS - 1 - night) * DAY
            listed = [_reading(number, night, last) for number in range(videos)]
            profile = ProfileReading(followers=180_000 + 70 * night, videos=videos)
            fetched = Fetched(at, at, "nightly", "complete", True, profile, listed)
            store_readings(connection, key, fetched)
        refold(connection, key)

    store.transact(make)
    store.close()


def _reading(number: int, night: int, last: int) -> VideoReading:
    views = 10_000 + 37 * number + (5 + number % 400) * EARNED[night]
    return VideoReading(
        str(7_000_000_000_000_000_000 + number),
        video_counts(**{metric: views // part for metric, part in ONE_IN_VIEWS.items()}),
        title=f"Video number {number}",
        published_at=last - (NIGHTS + 10 + number % 300) * DAY,
        cover_url=COVER,
    )
