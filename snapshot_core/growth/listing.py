"""Listings as arrays: a row per video, a column per counter of `VIDEO_METRICS`."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from snapshot_core.metrics import VIDEO_METRICS

Ids = npt.NDArray[np.int64]
Counts = npt.NDArray[np.int64]

UNKNOWN_COUNT: Final = -1

NO_IDS: Final[Ids] = np.empty(0, np.int64)
NO_COUNTS: Final[Counts] = np.empty((0, len(VIDEO_METRICS)), np.int64)


def rows_of(ids: Ids, wanted: Ids) -> tuple[Ids, npt.NDArray[np.bool_]]:
    """Where each of ``wanted`` stands in the ascending ``ids``, and whether it is there."""
    if not len(ids):
        return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.bool_)
    at = np.minimum(np.searchsorted(ids, wanted), len(ids) - 1)
    return at, ids[at] == wanted


def positions_of(ids: Ids, wanted: Ids) -> Ids:
    """Where each of ``wanted`` stands in ``ids``, which ascend and have them all."""
    if not len(wanted):
        return NO_IDS
    # An account's ids are numbered: a table of their positions is a tenth of a search's time.
    first = ids[0]
    positions: Ids = np.zeros(ids[-1] - first + 1, np.int64)
    positions[ids - first] = np.arange(len(ids))
    rows: Ids = positions[wanted - first]
    return rows


@dataclass(frozen=True, slots=True)
class Listing:
    """What a complete capture counted; of some videos only, where no others are asked for."""

    captured_at: int
    ids: Ids = field(default_factory=lambda: NO_IDS)
    counts: Counts = field(default_factory=lambda: NO_COUNTS)

    def count(self, video: int, column: int) -> int:
        """The accepted count of a video; -1 where there is none."""
        at, there = rows_of(self.ids, np.array([video], np.int64))
        return int(self.counts[at[0], column]) if there[0] else UNKNOWN_COUNT
