"""The readings by which the factors of the range are learned: those that others could guess."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection, select

from snapshot_core.growth.listing import UNKNOWN_COUNT, Counts, Ids
from snapshot_core.growth.shape import Instants, Rhythm
from snapshot_core.growth.uncertainty import NO_CASES, Cases, cases
from snapshot_core.growth.value import NEVER
from snapshot_core.store.dialects import among
from snapshot_core.store.keys import Key, my_readings, of, rows
from snapshot_core.store.tables import COUNTS, videos
from snapshot_core.store.tables import video_snapshots as readings
from snapshot_core.windows import DAY

MAX_SAMPLED_VIDEOS: Final = 24
"""Single videos whose readings are looked at."""
CASES_SECONDS: Final = 8 * DAY
"""How far back readings are looked at."""

RhythmWithout = Callable[[int, int], Rhythm | None]

_VIEWS: Final = select(readings.c.captured_at, readings.c.video_id, COUNTS[0]).where(
    my_readings(), among(readings.c.captured_at, "at"), among(readings.c.video_id, "ids")
)


@dataclass(frozen=True, slots=True)
class ShortBrackets:
    """Short brackets of an account, oldest first. Shape (brackets,)."""

    begins: Instants
    ends: Instants
    gains: Counts

    def part(self, begin: int, end: int) -> "ShortBrackets":
        """Those at some positions."""
        some = slice(begin, end)
        return ShortBrackets(self.begins[some], self.ends[some], self.gains[some])

    def chains(self) -> Iterator["ShortBrackets"]:
        """Those that follow one another without a gap, together."""
        gaps = np.flatnonzero(self.begins[1:] != self.ends[:-1]) + 1
        limits = [0, *gaps.tolist(), len(self.ends)]
        for begin, end in pairwise(limits):
            yield self.part(begin, end)

    @property
    def instants(self) -> Instants:
        """Of the captures of a chain."""
        return np.append(self.begins[:1], self.ends)


def total_cases(brackets: ShortBrackets, without: RhythmWithout) -> Cases:
    """Those of the account's total, which gains like one old video."""
    found = NO_CASES
    for chain in brackets.chains():
        total = np.append(0, np.cumsum(chain.gains))[:, None]
        found += cases(chain.instants, total, np.array([NEVER]), without)
    return found


class Sample:
    """Some of an account's settled videos."""

    def __init__(self, connection: Connection, key: Key) -> None:
        """Reads which videos there are."""
        self._connection, self._key = connection, key
        columns = videos.c.video_id, videos.c.published_at
        known = select(*columns).where(of(videos, key)).order_by(videos.c.video_id)
        self._videos = connection.execute(known).all()

    def cases(self, brackets: ShortBrackets, settled_by: int, without: RhythmWithout) -> Cases:
        """Those of single videos that were published before ``settled_by``."""
        settled = [(v, at or NEVER) for v, at in self._videos if (at or NEVER) <= settled_by]
        some = settled[:: -(-len(settled) // MAX_SAMPLED_VIDEOS) or 1]
        found = NO_CASES
        if some:
            ids, published = np.array(some, np.int64).T
            for chain in brackets.chains():
                counts = self._counts(chain.instants, ids)
                found += cases(chain.instants, counts, published, without)
        return found

    def _counts(self, at: Instants, ids: Ids) -> npt.NDArray[np.int64]:
        """The views read of the videos by those captures. Shape (captures, videos)."""
        bound = {"at": at.tolist(), "ids": ids.tolist()}
        stored: Any = rows(self._connection, _VIEWS, self._key, **bound)
        counts = np.full((len(at), len(ids)), UNKNOWN_COUNT, np.int64)
        for captured_at, video, views in stored:
            if views is not None:
                place = np.searchsorted(at, captured_at), np.searchsorted(ids, video)
                counts[place] = views
        return counts
