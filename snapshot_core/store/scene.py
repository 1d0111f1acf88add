"""Which videos of an account may be summed up in SQL for some windows, and which may not.

A regular video lies on one line between two complete captures at each end of a window; a
newcomer was published not long ago and has been there ever since; the others are irregular.
"""

from bisect import bisect_left
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy import Connection, bindparam, func, select

from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.frames import Bracket, Frame, frame
from snapshot_core.store.irregular import (
    NOTHING,
    CaptureMark,
    Irregular,
    every_id,
    load_irregular,
    marks,
    metrics_known,
    uncounted_ids,
    unsteady,
)
from snapshot_core.store.keys import Key, mine, rows
from snapshot_core.store.newcomers import Newcomers, load_newcomers, newcomer_ids
from snapshot_core.store.tables import capture_totals
from snapshot_core.windows import Window

EXACT_BELOW: Final = 2**40
"""Up to totals of this size the products of the interpolation fit SQL's 64-bit integers."""

_LARGEST: Final = (
    select(capture_totals.c.metric, func.max(capture_totals.c.total))
    .where(
        mine(capture_totals),
        capture_totals.c.metric.in_(VIDEO_METRICS),
        capture_totals.c.captured_at.between(bindparam("start"), bindparam("end")),
    )
    .group_by(capture_totals.c.metric)
)


@dataclass(frozen=True, slots=True)
class Scene:
    """What a computation over some windows of one account has found out once.

    Every video of the account is either irregular, a newcomer or regular; the brackets are
    empty where all have to be irregular.
    """

    key: Key
    rounded: bool
    seen: Sequence[CaptureMark]
    brackets: dict[int, Bracket]
    """Around each end of a window, but for a start before all captures."""
    irregular: Irregular
    newcomers: Newcomers = field(default_factory=Newcomers)
    frames: dict[int, Frame] = field(default_factory=dict)
    """The regular videos at each end of a window."""


def look(connection: Connection, key: Key, windows: Sequence[Window], *, rounded: bool) -> Scene:
    """Find the brackets of the windows' ends and the videos that are not regular there."""
    gaps = {window.max_gap for window in windows}
    lowest, highest = min(w.start for w in windows), max(w.end for w in windows)
    seen = marks(connection, key, lowest - max(gaps), highest + max(gaps))
    ends = sorted({end for window in windows for end in (window.start, window.end)})
    brackets = {end: bracket for end in ends if (bracket := _bracket(seen, end, min(gaps)))}
    sides = {(bracket.left, bracket.right) for bracket in brackets.values() if not bracket.exact}
    if len(windows) == 1 and seen and seen[0].captured_at > lowest:
        # What was published after this may have a value at the start.
        since = min(lowest, seen[0].captured_at - max(gaps) - 1)
        scene = _not_reaching_back(connection, Scene(key, rounded, seen, brackets, NOTHING), since)
        if scene is not None:
            return scene
    elif len(brackets) == len(ends) and len(sides) == sum(not b.exact for b in brackets.values()):
        scene = _by_sums(connection, Scene(key, rounded, seen, brackets, NOTHING))
        if scene is not None:
            return scene
    everything = load_irregular(connection, key, every_id(connection, key), seen)
    return Scene(key, rounded, seen, {}, everything)


def _bracket(seen: Sequence[CaptureMark], at: int, max_gap: int) -> Bracket | None:
    place = bisect_left(seen, at, key=lambda mark: mark.captured_at)
    right = next((mark.captured_at for mark in seen[place:] if mark.complete), None)
    if right is None or right == at:
        return None if right is None else Bracket(at, at, at)
    left = next((mark.captured_at for mark in reversed(seen[:place]) if mark.complete), None)
    if left is None or right - left > max_gap:
        return None
    return Bracket(at, left, right)


def _metrics(connection: Connection, scene: Scene) -> tuple[str, ...]:
    """The metrics that are counted at all; none where SQL's integers could not carry them."""
    first, last = scene.seen[0].captured_at, scene.seen[-1].captured_at
    largest = dict(rows(connection, _LARGEST, scene.key, start=first, end=last))
    if max(largest.values(), default=0) >= EXACT_BELOW:
        return ()
    known = set(largest)
    if len(known) < len(VIDEO_METRICS):  # a total is of complete captures only
        partial = [mark.captured_at for mark in scene.seen if not mark.complete]
        known |= metrics_known(connection, scene.key, partial)
    return tuple(metric for metric in VIDEO_METRICS if metric in known)


def _not_reaching_back(connection: Connection, scene: Scene, since: int) -> Scene | None:
    """The scene of a window that began before all captures: what is there is newly tracked.

    Unless its publication, being after ``since``, tells what it had at the start, or its run
    has ended.
    """
    metrics = _metrics(connection, scene)
    end, bracket = max(scene.brackets.items(), default=(0, None))
    if not metrics or bracket is None or not bracket.exact:
        return None
    found = unsteady(connection, scene.key, since, end, ())
    ended = {video for video, runs in found.runs.items() if len(runs) > 1 or runs[0][1]}
    without = ended | found.young.keys() | found.doubted
    return _summed_up(connection, scene, without, without, metrics)


def _by_sums(connection: Connection, scene: Scene) -> Scene | None:
    """The scene with the regular videos summed up; None where none may be taken for regular."""
    key, brackets, metrics = scene.key, list(scene.brackets.values()), _metrics(connection, scene)
    if not metrics:
        return None
    partial = [mark.captured_at for mark in scene.seen if not mark.complete]
    near = [at for at in partial if any(b.left < at < b.right for b in brackets)]
    since, until = min(b.left for b in brackets), max(b.right for b in brackets)
    found = unsteady(connection, key, since, until, near)
    quiet = newcomer_ids(found, until, brackets)
    newcomers = load_newcomers(connection, key, found, quiet, brackets, metrics)
    scene = replace(scene, newcomers=newcomers)
    others = found.ids.difference(newcomers.ids.tolist())
    return _summed_up(connection, scene, found.ids, others, metrics)


def _summed_up(
    connection: Connection,
    scene: Scene,
    without: Set[int],
    irregular: Set[int],
    metrics: tuple[str, ...],
) -> Scene | None:
    """The scene with all videos but those ``without`` summed up, the ``irregular`` loaded."""
    frames = _frames(connection, scene, without, metrics)
    if any(one.nulls for one in frames.values()):
        instants = {at for b in scene.brackets.values() for at in (b.left, b.right)}
        uncounted = uncounted_ids(connection, scene.key, instants, metrics) - without
        if 2 * len(uncounted) > max(one.videos for one in frames.values()):
            return None
        irregular = irregular | uncounted
        frames = _frames(connection, scene, without | uncounted, metrics)
    loaded = load_irregular(connection, scene.key, irregular, scene.seen)
    return replace(scene, irregular=loaded, frames=frames)


def _frames(
    connection: Connection, scene: Scene, without: Collection[int], metrics: tuple[str, ...]
) -> dict[int, Frame]:
    return {
        at: frame(connection, scene.key, bracket, without, metrics, rounded=scene.rounded)
        for at, bracket in scene.brackets.items()
    }
