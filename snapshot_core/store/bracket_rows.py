"""What brackets are made of, read from the tables into arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import Connection

from snapshot_core.growth.bracket import LATER, NEVER, Falls, Flags
from snapshot_core.growth.listing import NO_IDS, UNKNOWN, Counts, Ids, rows_of
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.bracket_statements import (
    COUNTED,
    SURROUNDINGS,
    TOTALS,
    any_counted,
    readings_of,
)
from snapshot_core.store.dialects import unpacked
from snapshot_core.store.keys import Key, rows
from snapshot_core.store.tables import VIDEOS_PER_ACCOUNT


@dataclass(frozen=True, slots=True)
class Captures:
    """Captures with readings, oldest first."""

    at: Ids
    complete: Flags
    counted: Sequence[bool]
    """By metric, whether a complete one of them counts it at all."""


@dataclass(frozen=True, slots=True)
class Runs:
    """Runs of captures that saw a video, by video and time."""

    row: Ids
    """The position of the video."""
    since: Ids
    until: Ids
    """`LATER` where it is still listed."""


@dataclass(frozen=True, slots=True)
class Readings:
    """Readings of some captures, oldest first, those of a capture by video."""

    at: Ids
    row: Ids
    """The position of the video."""
    counts: Counts
    """Those accepted; shape (metrics, readings)."""
    null: Flags
    """Where the platform gave no count, which is another thing than one in doubt."""


@dataclass(frozen=True, slots=True)
class Doubts:
    """Readings that are held back or rejected."""

    at: Ids
    metric: Ids
    """Positions in `VIDEO_METRICS`."""
    row: Ids
    """Positions of the videos."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known of an account's videos beside their readings."""

    ids: Ids
    published: Ids
    """`NEVER` where it is not known."""
    runs: Runs
    """Those that began or ended in the time looked at; of videos published in it all."""
    captures: Captures
    doubts: Doubts
    falls: Falls
    """Those between the first and the last end of the windows."""


class BracketRows:
    """Reads an account's rows, or those of one video of it."""

    def __init__(self, connection: Connection, key: Key, video: int | None = None) -> None:
        """Reads nothing yet."""
        only = {} if video is None else {"first_id": video, "last_id": video}
        self._rows: Any = partial(rows, connection, key=key, **only)

    def surroundings(self, since: int, until: int, start: int, end: int) -> Surroundings:
        """What is known of ``[since, until]`` beside readings; falls of ``[start, end]``."""
        bound = {"since": since, "until": until, "start": start, "end": end}
        table = sorted(self._rows(statement=SURROUNDINGS, **bound), key=lambda row: row[-1])
        of_videos, of_runs, of_captures, of_doubts, of_falls = table

        ids, published = (unpacked([text], NEVER) for text in of_videos[:2])
        order = np.argsort(ids)
        ids, published = ids[order], published[order]
        video, began, ended = (unpacked([text], LATER) for text in of_runs[:3])
        by_video = np.lexsort((began, video))
        runs = Runs(np.searchsorted(ids, video)[by_video], began[by_video], ended[by_video])
        captured_at, complete = (unpacked([text]) for text in of_captures[:2])
        by_time = np.argsort(captured_at)
        counted = [text is not None for text in of_captures[2 : 2 + len(VIDEO_METRICS)]]
        captures = Captures(captured_at[by_time], complete[by_time] > 0, counted)
        at, video, metric = (unpacked([text]) for text in of_doubts[:3])
        doubts = Doubts(at, metric, np.searchsorted(ids, video))
        at, video, metric, amount = (unpacked([text]) for text in of_falls[:4])
        falls = Falls(at, metric, np.searchsorted(ids, video), amount)
        return Surroundings(ids, published, runs, captures, doubts, falls)

    def readings(
        self, known: Surroundings, at: Ids, metrics: Sequence[int], only: Ids | None = None
    ) -> Readings:
        """The readings of the captures ``at``, of which no others than ``metrics`` are counted.

        ``only``: those of the videos at these positions.
        """
        bound = {} if only is None else {"ids": known.ids[only].tolist()}
        statement = readings_of(tuple(metrics), own=only is not None)
        table = sorted(self._rows(statement=statement, at=at.tolist(), **bound))
        captured_at = np.array([row[0] for row in table], np.int64)
        instants = np.repeat(captured_at, [row[1] for row in table])
        video, *counts = (
            unpacked([row[n] for row in table], UNKNOWN) for n in range(2, 3 + len(metrics))
        )
        accepted = np.full((len(VIDEO_METRICS), len(video)), UNKNOWN)
        for metric, of_metric in zip(metrics, counts, strict=True):
            accepted[metric] = of_metric
        null = accepted < 0
        found = Readings(instants, np.searchsorted(known.ids, video), accepted, null)
        _leave_out(known.doubts, found, captured_at)
        return found

    def complete_counting(self, metric: int, since: int, until: int) -> Ids:
        """The complete captures in ``[since, until]`` that count a metric at all."""
        bound = {"metric": VIDEO_METRICS[metric], "since": since, "until": until}
        return np.sort(unpacked(self._rows(statement=TOTALS, **bound)[0]))

    def counting(self, metrics: Sequence[int], captures: Ids) -> list[Ids]:
        """By each of ``metrics``, those of the captures which count it at all."""
        at = captures.tolist()
        if not at or not self._rows(statement=any_counted(tuple(metrics)), at=at):
            return [NO_IDS for _ in metrics]
        table = np.array(sorted(self._rows(statement=COUNTED, at=at)), np.int64)
        return [table[table[:, 1 + metric] > 0, 0] for metric in metrics]


def _leave_out(doubts: Doubts, found: Readings, captured_at: Ids) -> None:
    """A reading that is held back or rejected is none."""
    here = np.isin(doubts.at, captured_at) if len(doubts.at) else doubts.at > 0
    if here.any():
        names = found.at * VIDEOS_PER_ACCOUNT + found.row
        order = np.argsort(names)
        wanted = doubts.at[here] * VIDEOS_PER_ACCOUNT + doubts.row[here]
        place, there = rows_of(names[order], wanted)
        found.counts[doubts.metric[here][there], order[place[there]]] = UNKNOWN
