"""Growth of an account: sums over most of its videos, and the pure engine for the others.

Ledgers add up over videos, so those of the two halves simply do too.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, select

from snapshot_core.growth.growth import History, window_before, window_of
from snapshot_core.growth.ledger import EMPTY, Ledger, ledger_of
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.capture_history import history_of
from snapshot_core.store.frames import Bracket, Frame
from snapshot_core.store.keys import Key, mine, rows
from snapshot_core.store.scene import Scene, look
from snapshot_core.store.tables import corrections
from snapshot_core.windows import Period, Window

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
    scene: Scene | None
    """What it was computed from, for the videos behind it."""


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


def account_growth(
    connection: Connection, key: Key, period: Period, *, rounded: bool
) -> AccountGrowth:
    """The ledgers of an account's video counters for ``period`` and the period before."""
    history = history_of(connection, key)
    window = window_of(history, period)
    if window is None:
        return AccountGrowth(history, None, {}, None, None)
    before = window_before(history, window)
    windows = [window] if before is None else [window, before]
    scene = look(connection, key, windows, rounded=rounded)
    now, *then = ledgers(connection, scene, windows)
    return AccountGrowth(history, window, now, then[0] if then else None, scene)


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
            for metric in VIDEO_METRICS
        }
        if scene.frames:
            summed = _summed(scene, window, falls)
            others = {metric: others[metric] + summed[metric] for metric in VIDEO_METRICS}
        found.append(others)
    return found


def _summed(scene: Scene, window: Window, falls: Sequence[tuple[Any, ...]]) -> Ledgers:
    """The ledgers of the regular videos and of the newcomers."""
    end = scene.frames[window.end]
    if (start := scene.frames.get(window.start)) is None:
        return {metric: _newly_tracked(end, metric) for metric in VIDEO_METRICS}
    newcomers, rounded = scene.newcomers, scene.rounded
    fallen = _falls(falls, newcomers.new_in(window), start.bracket, end.bracket)
    videos = start.videos + newcomers.stayed(window)
    stayed_then = newcomers.stayed_at(window, start.bracket, rounded=rounded)
    stayed_now = newcomers.stayed_at(window, end.bracket, rounded=rounded)
    new = newcomers.new_ledgers(window, end.bracket, rounded=rounded)
    found = {}
    for metric in VIDEO_METRICS:
        if metric not in start.sides:
            found[metric] = newcomers.not_yet(window)
            continue
        s = start.sides[metric] + stayed_then[metric]
        e = end.sides[metric] + stayed_now[metric]
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
            interpolated=videos if start.bracket.interpolated or end.bracket.interpolated else 0,
        )
        found[metric] = stayed + new[metric]
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
