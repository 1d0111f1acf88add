"""The irregular videos of an account, with their readings, for the pure engine.

New, gone, returned, doubtful or partly listed: few, and each a case of its own.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, and_, bindparam, func, or_, select

from snapshot_core.growth.fold_types import ACCOUNT
from snapshot_core.growth.ledger import VideoReadings
from snapshot_core.growth.value import Series
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.dialects import among
from snapshot_core.store.keys import Key, mine, of, rows
from snapshot_core.store.tables import (
    COUNTS,
    captures,
    listing_runs,
    quarantine,
    videos,
)
from snapshot_core.store.tables import video_snapshots as readings
from snapshot_core.windows import Window


@dataclass(frozen=True, slots=True)
class CaptureMark:
    """A capture with readings, as far as brackets need it."""

    captured_at: int
    complete: bool


_MARKS: Final = (
    select(captures.c.captured_at, captures.c.status)
    .where(
        mine(captures),
        captures.c.captured_at.between(bindparam("start"), bindparam("end")),
        captures.c.status != "failed",
    )
    .order_by(captures.c.captured_at)
)
# A run that ended at the start itself: the video's last value may be carried into the window.
_RAN: Final = select(listing_runs.c.video_id, listing_runs.c.since, listing_runs.c.until).where(
    mine(listing_runs),
    or_(listing_runs.c.since > bindparam("start"), listing_runs.c.until >= bindparam("start")),
)
_YOUNG: Final = select(videos.c.video_id, videos.c.published_at).where(
    mine(videos), videos.c.published_at > bindparam("start")
)
_DOUBTED: Final = select(
    quarantine.c.captured_at, quarantine.c.video_id, quarantine.c.metric, quarantine.c.verdict
).where(mine(quarantine), quarantine.c.captured_at.between(bindparam("start"), bindparam("end")))
_AT: Final = and_(
    readings.c.user_id == bindparam("user"),
    among(readings.c.captured_at, "at"),
    readings.c.video_id.between(bindparam("first_id"), bindparam("last_id")),
)
_LISTED: Final = select(readings.c.video_id).where(_AT).distinct()
_KNOWN: Final = select(*(func.count(count) for count in COUNTS)).where(_AT)
_NULLS: Final = {
    metric: select(readings.c.video_id).where(_AT, count.is_(None)).distinct()
    for metric, count in zip(VIDEO_METRICS, COUNTS, strict=True)
}
_PUBLISHED: Final = select(videos.c.video_id, videos.c.published_at).where(
    videos.c.user_id == bindparam("user"), among(videos.c.video_id, "ids")
)
_RUNS: Final = select(listing_runs.c.video_id, listing_runs.c.since, listing_runs.c.until).where(
    mine(listing_runs), among(listing_runs.c.video_id, "ids")
)
READINGS: Final = (
    select(readings.c.captured_at, readings.c.video_id, *COUNTS)
    .where(
        readings.c.user_id == bindparam("user"),
        among(readings.c.captured_at, "at"),
        among(readings.c.video_id, "ids"),
    )
    .order_by(readings.c.captured_at)
)


def marks(connection: Connection, key: Key, start: int, end: int) -> list[CaptureMark]:
    """The captures with readings in ``[start, end]``, oldest first."""
    found = rows(connection, _MARKS, key, start=start, end=end)
    return [CaptureMark(at, status == "complete") for at, status in found]


@dataclass(frozen=True, slots=True)
class Unsteady:
    """The videos that were not simply there in a stretch of time, and why."""

    runs: dict[int, list[tuple[int, int | None]]]
    """Those that came or went, with the runs that began or ended in it."""
    young: dict[int, int]
    """Those published in it, or after it."""
    doubted: set[int]
    """Those with a reading in it that is or was held back, or was refused."""

    @property
    def ids(self) -> set[int]:
        """All of them."""
        return self.runs.keys() | self.young.keys() | self.doubted


def unsteady(
    connection: Connection, key: Key, since: int, until: int, partial: Collection[int]
) -> Unsteady:
    """What was not steady after ``since``, up to ``until``.

    ``partial``: instants of partial captures whose readings lie nearer to an end of a
    window than the complete captures around it.
    """
    runs: dict[int, list[tuple[int, int | None]]] = {}
    for video, began, ended in rows(connection, _RAN, key, start=since):
        runs.setdefault(video, []).append((began, ended))
    young = dict(rows(connection, _YOUNG, key, start=since))
    doubted = {video for _, video, *_ in rows(connection, _DOUBTED, key, start=since, end=until)}
    doubted.discard(ACCOUNT)
    if partial:
        doubted.update(video for (video,) in rows(connection, _LISTED, key, at=partial))
    return Unsteady(runs, young, doubted)


def metrics_known(connection: Connection, key: Key, at: Collection[int]) -> set[str]:
    """The metrics that some video has a count of in the captures ``at``."""
    if not at:
        return set()
    counted = rows(connection, _KNOWN, key, at=at)[0]
    return {metric for metric, count in zip(VIDEO_METRICS, counted, strict=True) if count}


def uncounted_ids(
    connection: Connection, key: Key, at: Collection[int], metrics: Collection[str]
) -> set[int]:
    """The videos that have no count of one of ``metrics`` in one of the captures ``at``."""
    found = (rows(connection, _NULLS[metric], key, at=at) for metric in metrics)
    return {video for videos_ in found for (video,) in videos_}


def every_id(connection: Connection, key: Key) -> set[int]:
    """All videos of the account: where nothing may be taken for regular."""
    return set(connection.scalars(select(videos.c.video_id).where(of(videos, key))))


@dataclass(frozen=True, slots=True)
class Irregular:
    """Irregular videos with what is known of them, by video id."""

    published: dict[int, int | None]
    series: dict[str, dict[int, list[tuple[int, int]]]]
    """Accepted readings by metric and video, oldest first."""
    listed: dict[int, set[int]]
    """Instants at which a video was listed."""
    held: set[tuple[int, int, str]]
    """``(captured_at, video_id, metric)`` of readings not accepted."""
    runs: dict[int, list[tuple[int, int | None]]]
    complete: Sequence[int]
    """Instants of complete captures, oldest first."""

    def readings(self, metric: str, window: Window) -> Iterable[VideoReadings]:
        """The videos as the engine takes them, for one metric and window."""
        for video, published_at in self.published.items():
            series = self.series[metric].get(video, [])
            listed = window.end in self.listed.get(video, ())
            held = (window.end, video, metric) in self.held
            uncounted = listed and not held and not _reads(series, window.end)
            gone = not listed and self._gone(video, window.end)
            may_carry = not uncounted and not gone
            yield VideoReadings(video, published_at, series, may_carry, uncounted)

    def _gone(self, video: int, end: int) -> bool:
        """Whether two complete captures in a row, or more, have not seen the video."""
        last = max((run for run in self.runs.get(video, []) if run[0] <= end), default=None)
        if last is None or last[1] is None or last[1] > end:
            return False
        return bisect_right(self.complete, end) - bisect_left(self.complete, last[1]) >= 2


def _reads(series: Series, at: int) -> bool:
    place = bisect_left(series, at, key=lambda reading: reading[0])
    return place < len(series) and series[place][0] == at


NOTHING: Final = Irregular({}, {metric: {} for metric in VIDEO_METRICS}, {}, set(), {}, ())
"""No irregular videos. Shared: nobody adds to it."""


def load_irregular(
    connection: Connection,
    key: Key,
    ids: Collection[int],
    seen: Sequence[CaptureMark],
) -> Irregular:
    """Everything the engine needs of ``ids`` from the captures ``seen``."""
    found = Irregular(
        {},
        {metric: {} for metric in VIDEO_METRICS},
        {},
        set(),
        {},
        [mark.captured_at for mark in seen if mark.complete],
    )
    if not ids or not seen:
        return found
    found.published.update(rows(connection, _PUBLISHED, key, ids=ids))
    for video, since, until in rows(connection, _RUNS, key, ids=ids):
        found.runs.setdefault(video, []).append((since, until))
    first, last = seen[0].captured_at, seen[-1].captured_at
    early = _listed_unpublished(found, first)
    older = marks(connection, key, min(early.values()), first - 1) if early else []
    since = older[0].captured_at if older else first
    for at, video, metric, verdict in rows(connection, _DOUBTED, key, start=since, end=last):
        if verdict in ("held", "rejected"):
            found.held.add((at, video, metric))
    for marked, whose in ((older, list(early)), (seen, ids)):
        if not marked:
            continue
        instants = [mark.captured_at for mark in marked]
        of_video: dict[int, list[tuple[Any, ...]]] = defaultdict(list)
        for row in rows(connection, READINGS, key, ids=whose, at=instants):
            of_video[row[1]].append(row)
        for video, read in of_video.items():
            found.listed.setdefault(video, set()).update([row[0] for row in read])
            for column, metric in enumerate(VIDEO_METRICS, 2):
                counted = [(row[0], row[column]) for row in read if row[column] is not None]
                if found.held:
                    counted = [one for one in counted if (one[0], video, metric) not in found.held]
                if counted:
                    found.series[metric].setdefault(video, []).extend(counted)
    return found


def _listed_unpublished(found: Irregular, first: int) -> dict[int, int]:
    """The videos listed before both ``first`` and their publication, and since when.

    Clocks differ. Without its older readings such a video would seem to have begun at 0.
    """
    since = {video: min(runs)[0] for video, runs in found.runs.items()}
    published = found.published
    return {video: at for video, at in since.items() if at < min(first, published[video] or at)}
