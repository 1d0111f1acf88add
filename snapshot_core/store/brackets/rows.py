"""What brackets are made of, read from the tables into arrays by packed columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from sqlalchemy import Connection

from snapshot_core.growth.bracket import Falls, Flags
from snapshot_core.growth.listing import NO_IDS, UNKNOWN_COUNT, Counts, Ids, positions_of, rows_of
from snapshot_core.growth.rhythms.learned import Learned
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.brackets.statements import SURROUNDINGS, any_counted, readings_of
from snapshot_core.store.dialects import unpacked
from snapshot_core.store.keys import Key, rows
from snapshot_core.store.rhythms.held import learned_from
from snapshot_core.store.tables import VIDEOS_PER_ACCOUNT
from snapshot_core.windows import Window


@dataclass(frozen=True, slots=True)
class Captures:
    """Captures with readings, oldest first."""

    at: Ids
    complete: Flags
    looks: Ids
    """See `keys.looks`."""
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
    ever_counted: Sequence[bool]
    """By metric, whether any reading of the account counts it."""
    learned: Learned
    """What held in that time."""


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
        return surroundings_from(table, Window(since, until), Window(start, end))

    def readings(
        self, known: Surroundings, at: Ids, metrics: Sequence[int], only: Ids | None = None
    ) -> Readings:
        """The readings of the captures ``at``, of which no others than ``metrics`` are counted.

        ``only``: those of the videos at these positions.
        """
        bound = {} if only is None else {"ids": known.ids[only].tolist()}
        statement = readings_of(tuple(metrics), own=only is not None)
        table = sorted(self._rows(statement=statement, at=at.tolist(), **bound))
        return readings_from(table, known, metrics)

    def counting(
        self, known: Surroundings, of: Ids, captures: Ids, metrics: Sequence[int]
    ) -> dict[int, Ids]:
        """By each of ``metrics``, those of the captures which count it of a video.

        Of those at the positions ``of``, which ascend, and of whichever have ids between theirs.
        """
        at, ids = captures.tolist(), known.ids[of[[0, -1]]].tolist()
        bound = {"at": at, "first_id": ids[0], "last_id": ids[1]}
        if not at or not self._rows(statement=any_counted(tuple(metrics)), **bound):
            return dict.fromkeys(metrics, NO_IDS)
        read = self.readings(known, captures, metrics)
        return {metric: np.unique(read.at[read.counts[metric] >= 0]) for metric in metrics}


def surroundings_from(table: Sequence[Sequence[Any]], within: Window, ends: Window) -> Surroundings:
    """What the rows of an account in `SURROUNDINGS` say, of them all and in their order.

    Where more was read, captures and doubts beyond ``within``, and falls beyond ``ends``, are left
    out.
    """
    of_videos, of_runs, of_captures, of_doubts, of_falls, of_account, of_rhythms = table
    ids, published = (unpacked([text]) for text in of_videos[:2])
    order = np.argsort(ids)
    ids, published = ids[order], published[order]
    video, began, ended = (unpacked([text]) for text in of_runs[:3])
    by_video = np.lexsort((began, video))
    runs = Runs(positions_of(ids, video)[by_video], began[by_video], ended[by_video])
    captured_at, worth = _inside(within, *(unpacked([text]) for text in of_captures[:2]))
    by_time = np.argsort(captured_at)
    counted = [text is not None for text in of_captures[2 : 2 + len(VIDEO_METRICS)]]
    worth = worth[by_time]
    captures = Captures(captured_at[by_time], worth > 0, worth, counted)
    at, video, metric = _inside(within, *(unpacked([text]) for text in of_doubts[:3]))
    doubts = Doubts(at, metric, positions_of(ids, video))
    at, video, metric, amount = _inside(ends, *(unpacked([text]) for text in of_falls[:4]))
    falls = Falls(at, metric, positions_of(ids, video), amount)
    ever = unpacked([of_account[0]]).tolist()
    ever_counted = [metric in ever for metric in range(len(VIDEO_METRICS))]
    held = learned_from(of_rhythms)
    return Surroundings(ids, published, runs, captures, doubts, falls, ever_counted, held)


def _inside(window: Window, at: Ids, *more: Ids) -> list[Ids]:
    inside = (at >= window.start) & (at <= window.end)
    return [column[inside] for column in (at, *more)]


def readings_from(
    table: Sequence[Sequence[Any]], known: Surroundings, metrics: Sequence[int]
) -> Readings:
    """What rows of readings say, a row for each capture, oldest first: the instant, how many there
    are, their videos, and the counts of ``metrics``.
    """
    captured_at = np.array([row[0] for row in table], np.int64)
    instants = np.repeat(captured_at, [row[1] for row in table])
    video, *counts = (unpacked([row[n] for row in table]) for n in range(2, 3 + len(metrics)))
    accepted = np.full((len(VIDEO_METRICS), len(video)), UNKNOWN_COUNT)
    for metric, of_metric in zip(metrics, counts, strict=True):
        accepted[metric] = of_metric
    read = Readings(instants, positions_of(known.ids, video), accepted, accepted < 0)
    _leave_out(known.doubts, read, captured_at)
    return read


def _leave_out(doubts: Doubts, read: Readings, captured_at: Ids) -> None:
    """A reading that is held back or rejected is none."""
    here = np.isin(doubts.at, captured_at) if len(doubts.at) else doubts.at > 0
    if here.any():
        names = read.at * VIDEOS_PER_ACCOUNT + read.row
        order = np.argsort(names)
        wanted = doubts.at[here] * VIDEOS_PER_ACCOUNT + doubts.row[here]
        place, there = rows_of(names[order], wanted)
        read.counts[doubts.metric[here][there], order[place[there]]] = UNKNOWN_COUNT
