"""Growth video by video: the rows behind an account's ledger, from the same brackets.

Unlike the ledger's sums this reads every video of three captures: it costs what it shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from snapshot_core.growth.ledger import Line, video_growth
from snapshot_core.growth.listing import UNKNOWN, Counts, Ids, rows_of
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.fold_state import listing
from snapshot_core.store.frames import Bracket
from snapshot_core.store.scene import Scene
from snapshot_core.windows import Window

NO_GROWTH: Final = np.iinfo(np.int64).min
"""Growth may be negative, so its unknown needs a value of its own."""


@dataclass(frozen=True, slots=True)
class VideoLines:
    """A row per video, a column per metric; unsorted."""

    ids: Ids
    lines: Sequence[Line]
    """By views; the line a video of unknown views has in another metric."""
    current: Counts
    """Shape (videos, metrics); -1 is unknown."""
    growth: npt.NDArray[np.int64]
    """Shape (videos, metrics); `NO_GROWTH` is unknown."""

    def top(self, metric: str, count: int) -> list[int]:
        """The rows of the videos that gained most of ``metric``, best first, gains only."""
        column = self.growth[:, VIDEO_METRICS.index(metric)]
        best = np.argsort(-np.maximum(column, 0), kind="stable")[:count]
        return [int(row) for row in best if column[row] > 0]


def video_lines(connection: Connection, scene: Scene, window: Window) -> VideoLines:
    """The growth of every video with a value at the window's end or a line in its ledger."""
    ids, lines, current, growth = _irregular(scene, window)
    if scene.brackets:
        r_ids, r_end = _values(connection, scene, scene.brackets[window.end])
        # Nobody listed these yet, but what they had is known: nothing.
        later = scene.newcomers.unpublished(window)
        r_ids = np.concatenate([r_ids, later])
        r_end = np.concatenate([r_end, np.zeros((len(later), len(VIDEO_METRICS)), np.int64)])
        before, r_lines = _at_start(connection, scene, window, r_ids)
        known = (before >= 0) & (r_end >= 0)
        ids = np.concatenate([ids, r_ids])
        lines += r_lines
        current = np.concatenate([current, r_end])
        growth = np.concatenate([growth, np.where(known, r_end - before, NO_GROWTH)])
    return VideoLines(ids, lines, current, growth)


def _at_start(
    connection: Connection, scene: Scene, window: Window, ids: Ids
) -> tuple[Counts, list[Line]]:
    """The values of ``ids`` at the window's start, and the lines that follow from them."""
    if (bracket := scene.brackets.get(window.start)) is None:  # before anything was captured
        nobody: list[Line] = ["newly_tracked"]
        return np.full((len(ids), len(VIDEO_METRICS)), UNKNOWN), nobody * len(ids)
    start_ids, values = _values(connection, scene, bracket)
    at, stayed = rows_of(start_ids, ids)
    before = np.zeros((len(ids), len(VIDEO_METRICS)), np.int64)  # a newcomer began with nothing
    before[stayed] = values[at[stayed]]
    return before, ["like_for_like" if there else "published" for there in stayed]


def _values(connection: Connection, scene: Scene, bracket: Bracket) -> tuple[Ids, Counts]:
    """Ids and values of the regular videos at a bracket's instant."""
    ids, left = listing(connection, scene.key, bracket.left)
    if bracket.exact:
        regular = _regular(ids, scene)
        return ids[regular], left[regular]
    right_ids, right = listing(connection, scene.key, bracket.right)
    at, there = rows_of(right_ids, ids)
    regular = _regular(ids, scene) & there
    left, right = left[regular], right[at[regular]]
    known = (left >= 0) & (right >= 0)
    return ids[regular], np.where(known, bracket.between(left, right), UNKNOWN)


def _regular(ids: Ids, scene: Scene) -> npt.NDArray[np.bool_]:
    return ~np.isin(ids, np.fromiter(scene.irregular.published, np.int64))


def _irregular(scene: Scene, window: Window) -> tuple[Ids, list[Line], Counts, Any]:
    """The same of the irregular videos, from the pure engine."""
    rows = {video: n for n, video in enumerate(scene.irregular.published)}
    shape = (len(rows), len(VIDEO_METRICS))
    current, growth = np.full(shape, UNKNOWN), np.full(shape, NO_GROWTH)
    lines: list[Line | None] = [None] * len(rows)
    for column, metric in enumerate(VIDEO_METRICS):
        for video in scene.irregular.readings(metric, window):
            found = video_growth(video, window, rounded=scene.rounded)
            if found is None:
                continue
            row = rows[video.video_id]
            lines[row] = lines[row] or found.line
            if found.end is not None:
                current[row, column] = found.end.count
                if found.line in ("like_for_like", "published"):
                    growth[row, column] = found.ledger.growth
    kept = [row for row, line in enumerate(lines) if line is not None]
    ids = np.fromiter(rows, np.int64, len(rows))[kept]
    return ids, [line for line in lines if line is not None], current[kept], growth[kept]
