"""Growth of an account: sums over most of its videos, and the pure engine for the others.

Ledgers add up over videos, so those of the two halves simply do too.
"""

from bisect import bisect_left
from collections.abc import Collection, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import Connection, Select, and_, bindparam, func, select

from snapshot_core.growth.change import History
from snapshot_core.growth.ledger import EMPTY, Ledger, ledger_of
from snapshot_core.growth.value import METRICS
from snapshot_core.store.frames import Bracket, Frame, frame
from snapshot_core.store.irregular import (
    NOTHING,
    CaptureMark,
    Irregular,
    every_id,
    load_irregular,
    marks,
    metrics_known,
    rows,
    uncounted_ids,
    unsteady,
)
from snapshot_core.store.newcomers import Newcomers, load_newcomers, newcomer_ids
from snapshot_core.store.standing import Key, mine
from snapshot_core.store.tables import capture_totals, captures, corrections
from snapshot_core.windows import Period, Window

EXACT_BELOW: Final = 2**40
"""Up to totals of this size the products of the interpolation fit SQL's 64-bit integers."""

Ledgers = dict[str, Ledger]
"""By metric."""


@dataclass(frozen=True, slots=True)
class AccountGrowth:
    """What the engine says of an account for one period."""

    history: History
    window: Window | None
    now: Ledgers
    before: Ledgers | None
    """The period before; None where the captures do not reach back to its start."""


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


def _history() -> Select[Any]:
    at, its = captures.c.captured_at, captures.c.status
    done, part = its == "complete", and_(its == "partial", captures.c.scope == "complete")
    whose = mine(captures)
    first = select(at).where(whose, done).order_by(at).limit(1)
    last = select(at).where(whose, done).order_by(at.desc()).limit(1)
    partial = select(at).where(whose, part).order_by(at.desc()).limit(1)
    some = select(at).where(whose, its != "failed").limit(2).subquery()
    count = select(func.count()).select_from(some)
    return select(*(one.scalar_subquery() for one in (count, first, last, partial)))


_HISTORY: Final = _history()
_LARGEST: Final = (
    select(capture_totals.c.metric, func.max(capture_totals.c.total))
    .where(
        mine(capture_totals),
        capture_totals.c.metric.in_(METRICS),
        capture_totals.c.captured_at.between(bindparam("start"), bindparam("end")),
    )
    .group_by(capture_totals.c.metric)
)
_FALLS: Final = select(
    corrections.c.captured_at,
    corrections.c.video_id,
    corrections.c.metric,
    corrections.c.amount,
).where(
    mine(corrections),
    corrections.c.captured_at > bindparam("start"),
    corrections.c.captured_at <= bindparam("end"),
)


def history_of(connection: Connection, key: Key) -> History:
    """The captures that decide what can be said."""
    count, first, last, partial = rows(connection, _HISTORY, key)[0]
    return History(count, first, last, partial is not None and partial > (last or 0))


def account_growth(
    connection: Connection, key: Key, period: Period, *, rounded: bool
) -> AccountGrowth:
    """The ledgers of an account's video counters for ``period`` and the period before."""
    history = history_of(connection, key)
    if history.last_complete is None or history.first_complete is None:
        return AccountGrowth(history, None, {}, None)
    window = Window.ending(history.last_complete, period)
    windows = [window]
    if window.before.start >= history.first_complete:
        windows.append(window.before)
    scene = look(connection, key, windows, rounded=rounded)
    now, *before = ledgers(connection, scene, windows)
    return AccountGrowth(history, window, now, before[0] if before else None)


def look(
    connection: Connection, key: Key, windows: Sequence[Window], *, rounded: bool
) -> Scene:
    """Find the brackets of the windows' ends and the videos that are not regular there."""
    gap = windows[0].max_gap
    lowest, highest = min(w.start for w in windows), max(w.end for w in windows)
    seen = marks(connection, key, lowest - gap, highest + gap)
    ends = sorted({end for window in windows for end in (window.start, window.end)})
    brackets = {end: bracket for end in ends if (bracket := _bracket(seen, end, gap))}
    sides = {(bracket.left, bracket.right) for bracket in brackets.values() if not bracket.exact}
    if len(windows) == 1 and seen and seen[0].captured_at > lowest:
        scene = _not_reaching_back(connection, Scene(key, rounded, seen, brackets, NOTHING), gap)
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
    if len(known) < len(METRICS):  # a total is of complete captures only
        partial = [mark.captured_at for mark in scene.seen if not mark.complete]
        known |= metrics_known(connection, scene.key, partial)
    return tuple(metric for metric in METRICS if metric in known)


def _not_reaching_back(connection: Connection, scene: Scene, gap: int) -> Scene | None:
    """The scene of a window that began before all captures: what is there is newly tracked.

    Unless a video's publication tells what it had at the start, or its run has ended.
    """
    metrics = _metrics(connection, scene)
    end, bracket = max(scene.brackets.items(), default=(0, None))
    if not metrics or bracket is None or not bracket.exact:
        return None
    found = unsteady(connection, scene.key, scene.seen[0].captured_at - gap, end, ())
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
    since, until = min(b.left for b in brackets), max(b.at for b in brackets)
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


def ledgers(connection: Connection, scene: Scene, windows: Sequence[Window]) -> list[Ledgers]:
    """The ledgers by metric for each of the windows that ``scene`` was made for."""
    falls: Sequence[Any] = []
    if scene.frames:
        since = min(bracket.left for bracket in scene.brackets.values())
        until = max(window.end for window in windows)
        falls = rows(connection, _FALLS, scene.key, start=since, end=until)
        falls = [fall for fall in falls if fall[1] not in scene.irregular.published]
    found = []
    for window in windows:
        others = {
            metric: ledger_of(
                scene.irregular.readings(metric, window), window, rounded=scene.rounded
            )
            for metric in METRICS
        }
        if scene.frames:
            summed = _summed(scene, window, falls)
            others = {metric: others[metric] + summed[metric] for metric in METRICS}
        found.append(others)
    return found


def _summed(scene: Scene, window: Window, falls: Sequence[tuple[Any, ...]]) -> Ledgers:
    """The ledgers of the regular videos and of the newcomers."""
    end = scene.frames[window.end]
    if (start := scene.frames.get(window.start)) is None:
        return {metric: _newly_tracked(end, metric) for metric in METRICS}
    newcomers, rounded = scene.newcomers, scene.rounded
    fallen = _falls(falls, newcomers.new_in(window), start.bracket, end.bracket)
    videos = start.videos + newcomers.stayed(window)
    found = {}
    for metric in METRICS:
        if metric not in start.sides:
            found[metric] = newcomers.not_yet(window)
            continue
        s = start.sides[metric] + newcomers.stayed_at(
            window, start.bracket, metric, rounded=rounded
        )
        e = end.sides[metric] + newcomers.stayed_at(window, end.bracket, metric, rounded=rounded)
        across_start, inside, across_end = fallen.get(metric, (0, 0, 0))
        # min(left, right) = left - fall, max(left, right) = right + fall.
        stayed = Ledger(
            current=e.value,
            previous=s.value,
            like_for_like=e.value - s.value,
            corrections=inside,
            low=(e.left - across_end) - (s.right + across_start),
            high=(e.right + across_end) - (s.left - across_start),
            resolution=s.half_steps + e.half_steps,
            known=e.value,
            videos=videos,
            interpolated=videos
            if start.bracket.interpolated or end.bracket.interpolated
            else 0,
        )
        found[metric] = stayed + newcomers.new_ledger(
            window, end.bracket, metric, rounded=rounded
        )
    return found


def _newly_tracked(end: Frame, metric: str) -> Ledger:
    if metric not in end.sides:
        return EMPTY
    value = end.sides[metric].value
    return Ledger(current=value, newly_tracked=value, videos=end.videos)


def _falls(
    falls: Sequence[tuple[Any, ...]], new: Collection[int], start: Bracket, end: Bracket
) -> dict[str, tuple[int, int, int]]:
    """By metric: falls across the start's bracket, inside the window, across the end's."""
    found: dict[str, tuple[int, int, int]] = {}
    for at, video, metric, amount in falls:
        if not start.left < at <= end.right or video in new:
            continue
        first, inside, last = found.get(metric, (0, 0, 0))
        if at == start.right and not start.exact:
            first, inside = first + amount, inside + start.crossing(amount)[1]
        elif at == end.right and not end.exact:
            last, inside = last + amount, inside + end.crossing(amount)[0]
        elif start.right < at <= end.left:
            inside += amount
        found[metric] = first, inside, last
    return found
