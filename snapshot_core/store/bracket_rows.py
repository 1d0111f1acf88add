"""What brackets are made of, as packed columns: fixed statements, a row or a few each."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

import numpy as np
from sqlalchemy import Connection, Select, and_, bindparam, case, func, literal_column, or_, select

from snapshot_core.growth.bracket import LATER, NEVER, Falls, Flags
from snapshot_core.growth.listing import NO_IDS, UNKNOWN, Counts, Ids, rows_of
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.dialects import among, packed, unpacked
from snapshot_core.store.keys import Key, mine, my_readings, rows
from snapshot_core.store.tables import (
    COUNTS,
    VIDEOS_PER_ACCOUNT,
    capture_totals,
    captures,
    corrections,
    listing_runs,
    quarantine,
    videos,
)
from snapshot_core.store.tables import video_snapshots as readings


def _wanted(table: Any) -> Any:
    return table.c.video_id.between(bindparam("first_id"), bindparam("last_id"))


def _within(column: Any) -> Any:
    return column.between(bindparam("since"), bindparam("until"))


def _fixed(value: int | str) -> Any:
    """A value that is always the same, written into the text: every parameter costs time."""
    return literal_column(repr(value))


def _metric_number(table: Any) -> Any:
    numbers = (
        (table.c.metric == _fixed(metric), _fixed(n)) for n, metric in enumerate(VIDEO_METRICS)
    )
    return case(*numbers, else_=_fixed(UNKNOWN))


def _has_totals(metric: str) -> Any:
    """Whether a complete capture in the time looked at counts ``metric`` at all."""
    counted = select(_fixed(1)).where(
        mine(capture_totals),
        capture_totals.c.metric == _fixed(metric),
        _within(capture_totals.c.captured_at),
    )
    return counted.limit(_fixed(1)).scalar_subquery()


_VIDEOS: Final = select(packed(videos.c.video_id), packed(videos.c.published_at)).where(
    mine(videos), _wanted(videos)
)
_YOUNG: Final = select(videos.c.video_id).where(
    mine(videos), videos.c.published_at > bindparam("since")
)
# Runs of captures that saw a video and that began or ended in the time looked at; of the videos
# published in it all, for one may have been listed before it was published: clocks differ.
_RUNS: Final = select(
    packed(listing_runs.c.video_id),
    packed(listing_runs.c.since),
    packed(listing_runs.c.until),
).where(
    mine(listing_runs),
    _wanted(listing_runs),
    or_(
        listing_runs.c.since > bindparam("since"),
        listing_runs.c.until > bindparam("since"),
        listing_runs.c.video_id.in_(_YOUNG),
    ),
)
_CAPTURES: Final = select(
    packed(captures.c.captured_at),
    packed(case((captures.c.status == _fixed("complete"), _fixed(1)), else_=_fixed(0))),
    *(_has_totals(metric) for metric in VIDEO_METRICS),
).where(mine(captures), _within(captures.c.captured_at), captures.c.status != _fixed("failed"))
_DOUBTS: Final = select(
    packed(quarantine.c.captured_at),
    packed(quarantine.c.video_id),
    packed(_metric_number(quarantine)),
).where(
    mine(quarantine),
    _wanted(quarantine),
    _within(quarantine.c.captured_at),
    or_(*(quarantine.c.verdict == _fixed(verdict) for verdict in ("held", "rejected"))),
)
_FALLS: Final = select(
    packed(corrections.c.captured_at),
    packed(corrections.c.video_id),
    packed(_metric_number(corrections)),
    packed(corrections.c.amount),
).where(mine(corrections), _wanted(corrections), _within(corrections.c.captured_at))
_TOTALS: Final = select(packed(capture_totals.c.captured_at)).where(
    mine(capture_totals),
    capture_totals.c.metric == bindparam("metric"),
    _within(capture_totals.c.captured_at),
)
_AT: Final = and_(my_readings(), among(readings.c.captured_at, "at"))


@cache
def _readings(metrics: tuple[int, ...], *, own: bool) -> Select[Any]:
    """The counts of ``metrics`` in some captures, of all videos or of some: a text for each choice
    of metrics.
    """
    counts = (packed(COUNTS[metric]) for metric in metrics)
    columns = readings.c.captured_at, func.count(), packed(readings.c.video_id), *counts
    whose = (among(readings.c.video_id, "ids"),) if own else ()
    return select(*columns).where(_AT, *whose).group_by(readings.c.captured_at)


_COUNTED: Final = (
    select(readings.c.captured_at, *(func.count(count) for count in COUNTS))
    .where(_AT)
    .group_by(readings.c.captured_at)
)


@cache
def _any_counted(metrics: tuple[int, ...]) -> Select[Any]:
    """Whether any of some captures counts one of ``metrics``: a text for each choice of them."""
    counted = (COUNTS[metric].is_not(None) for metric in metrics)
    return select(_fixed(1)).where(_AT, or_(*counted)).limit(_fixed(1))


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


class BracketRows:
    """Reads an account's rows, or those of one video of it."""

    def __init__(self, connection: Connection, key: Key, video: int | None = None) -> None:
        """Reads what is published when of the videos; nothing else yet."""
        only = {} if video is None else {"first_id": video, "last_id": video}
        self._rows: Any = partial(rows, connection, key=key, **only)
        ids, published = self._packed(_VIDEOS, null=NEVER)
        order = np.argsort(ids)
        self.ids, self.published = ids[order], published[order]
        self._doubts: tuple[Ids, Ids, Ids] = (NO_IDS, NO_IDS, NO_IDS)

    def _packed(self, statement: Any, null: int = UNKNOWN, **bound: Any) -> list[Ids]:
        return [unpacked([text], null) for text in self._rows(statement=statement, **bound)[0]]

    def runs(self, since: int) -> Runs:
        """The runs that began or ended after ``since``; of videos published after it all."""
        video, began, ended = self._packed(_RUNS, null=LATER, since=since)
        order = np.lexsort((began, video))
        return Runs(self._places(video[order]), began[order], ended[order])

    def captures(self, since: int, until: int) -> Captures:
        """The captures in ``[since, until]``, and the doubts about their readings."""
        at_text, complete_text, *counted = self._rows(
            statement=_CAPTURES, since=since, until=until
        )[0]
        at, complete = unpacked([at_text]), unpacked([complete_text])
        doubted_at, video, metric = self._packed(_DOUBTS, since=since, until=until)
        self._doubts = doubted_at, self._places(video), metric
        order = np.argsort(at)
        return Captures(at[order], complete[order] > 0, [one is not None for one in counted])

    def falls(self, since: int, until: int) -> Falls:
        """The falls in ``[since, until]``."""
        at, video, metric, amount = self._packed(_FALLS, since=since, until=until)
        return Falls(at, metric, self._places(video), amount)

    def readings(self, at: Ids, metrics: Sequence[int], only: Ids | None = None) -> Readings:
        """The readings of the captures ``at``, of which no others than ``metrics`` are counted.

        ``only``: those of the videos at these positions.
        """
        bound = {} if only is None else {"ids": self.ids[only].tolist()}
        statement = _readings(tuple(metrics), own=only is not None)
        table = sorted(self._rows(statement=statement, at=at.tolist(), **bound))
        captured_at = np.array([row[0] for row in table], np.int64)
        instants = np.repeat(captured_at, [row[1] for row in table])
        video, *counts = (
            unpacked([row[n] for row in table], UNKNOWN) for n in range(2, 3 + len(metrics))
        )
        accepted = np.full((len(VIDEO_METRICS), len(video)), UNKNOWN)
        for metric, of_metric in zip(metrics, counts, strict=True):
            accepted[metric] = of_metric
        found = Readings(instants, self._places(video), accepted, accepted < 0)
        self._leave_out_doubts(found, captured_at)
        return found

    def _leave_out_doubts(self, found: Readings, captured_at: Ids) -> None:
        """A reading that is held back or rejected is none."""
        at, row, metric = self._doubts
        here = np.isin(at, captured_at)
        if here.any():
            names = found.at * VIDEOS_PER_ACCOUNT + found.row
            order = np.argsort(names)
            place, there = rows_of(names[order], at[here] * VIDEOS_PER_ACCOUNT + row[here])
            found.counts[metric[here][there], order[place[there]]] = UNKNOWN

    def complete_counting(self, metric: int, since: int, until: int) -> Ids:
        """The complete captures in ``[since, until]`` that count a metric at all."""
        name = VIDEO_METRICS[metric]
        return np.sort(self._packed(_TOTALS, metric=name, since=since, until=until)[0])

    def counting(self, metrics: Sequence[int], among_: Ids) -> list[Ids]:
        """By each of ``metrics``, the captures ``among_`` which count it at all."""
        at = among_.tolist()
        if not at or not self._rows(statement=_any_counted(tuple(metrics)), at=at):
            return [NO_IDS for _ in metrics]
        table = np.array(sorted(self._rows(statement=_COUNTED, at=at)), np.int64)
        return [table[table[:, 1 + metric] > 0, 0] for metric in metrics]

    def _places(self, video: Ids) -> Ids:
        return np.searchsorted(self.ids, video)
