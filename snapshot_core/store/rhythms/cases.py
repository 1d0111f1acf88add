"""The readings of some videos by which the factors of the range are learned."""

from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, select

from snapshot_core.growth.listing import UNKNOWN_COUNT, Counts
from snapshot_core.growth.shape import Instants
from snapshot_core.growth.value import NEVER
from snapshot_core.store.dialects import among
from snapshot_core.store.fold.publication import PUBLICATION
from snapshot_core.store.keys import Key, my_readings, of, rows
from snapshot_core.store.tables import COUNTS, videos
from snapshot_core.store.tables import video_snapshots as readings

MAX_SAMPLED_VIDEOS: Final = 24
"""Single videos whose readings are looked at."""

_VIEWS: Final = select(readings.c.captured_at, readings.c.video_id, COUNTS[0]).where(
    my_readings(), among(readings.c.captured_at, "at"), among(readings.c.video_id, "ids")
)


class SampledVideos:
    """Some of an account's videos, evenly chosen from those there are."""

    def __init__(self, connection: Connection, key: Key) -> None:
        """Reads nothing yet."""
        self._connection, self._key = connection, key
        self._videos: list[tuple[int, int]] | None = None

    def counts(self, at: Instants, published_by: int) -> tuple[Counts, Instants]:
        """For `growth.lessons`: the views read of some videos, and when they were published."""
        settled = [video for video in self._known() if video[1] <= published_by]
        some = settled[:: -(-len(settled) // MAX_SAMPLED_VIDEOS) or 1]
        ids, published = np.array(some, np.int64).reshape(-1, 2).T
        counts = np.full((len(at), len(ids)), UNKNOWN_COUNT, np.int64)
        if some:
            bound = {"at": at.tolist(), "ids": ids.tolist()}
            stored: Any = rows(self._connection, _VIEWS, self._key, **bound)
            for captured_at, video, views in stored:
                if views is not None:
                    place = np.searchsorted(at, captured_at), np.searchsorted(ids, video)
                    counts[place] = views
        return counts, published

    def _known(self) -> list[tuple[int, int]]:
        if self._videos is None:
            columns = videos.c.video_id, PUBLICATION
            known = select(*columns).where(of(videos, self._key)).order_by(videos.c.video_id)
            stored = self._connection.execute(known)
            self._videos = [(video, NEVER if at is None else at) for video, at in stored]
        return self._videos
