"""Videos published of late that did nothing else: there are many, so they must be cheap.

A *newcomer* was published in the time looked at, and from its first capture on every complete
one listed it, without a doubt about its readings. Its values, like those of regular videos,
lie on the lines between the complete captures around an instant; those captures are read.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import Connection

from snapshot_core.growth.ledger import Ledger
from snapshot_core.growth.listing import Counts, Ids
from snapshot_core.growth.rounding import half_step
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.store.frames import Bracket, Side
from snapshot_core.store.irregular import READINGS, Unsteady
from snapshot_core.store.keys import Key, rows
from snapshot_core.windows import Window

_Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Newcomers:
    """Newcomers in the order of their ids."""

    ids: Ids = field(default_factory=lambda: np.empty(0, np.int64))
    published: Ids = field(default_factory=lambda: np.empty(0, np.int64))
    counts: dict[int, Counts] = field(default_factory=dict)
    """By capture: shape (videos, metrics), 0 for a video that was not there yet."""

    def new_in(self, window: Window) -> set[int]:
        """Those that were published after the window's start."""
        return set(self.ids[self.published > window.start].tolist())

    def unpublished(self, window: Window) -> Ids:
        """Those that were published after the window's end only."""
        return self.ids[self.published > window.end]

    def stayed(self, window: Window) -> int:
        """How many were there at the window's start already."""
        return int((self.published <= window.start).sum())

    def stayed_at(self, window: Window, bracket: Bracket, *, rounded: bool) -> dict[str, Side]:
        """By metric, the sums at ``bracket`` over those that were there at the window's start."""
        return self._sides(self.published <= window.start, bracket, rounded=rounded)

    def new_ledgers(self, window: Window, end: Bracket, *, rounded: bool) -> dict[str, Ledger]:
        """By metric, the ledgers of those published after the window's start."""
        new = self.published > window.start
        here = new & (self.published <= window.end)
        # One not yet published at the window's end has a value there too: 0.
        videos, interpolated = int(new.sum()), int(here.sum()) if end.interpolated else 0
        bounds = self._bounds(here, end)
        return {
            metric: Ledger(
                current=side.value,
                published=side.value,
                low=bounds[metric][0],
                high=bounds[metric][1],
                resolution=side.half_steps,
                videos=videos,
                interpolated=interpolated,
            )
            for metric, side in self._sides(here, end, rounded=rounded).items()
        }

    def not_yet(self, window: Window) -> Ledger:
        """The ledger of a metric that nobody counts: 0 before publication, for certain."""
        return Ledger(videos=int((self.published > window.end).sum()))

    def _sides(self, which: _Mask, bracket: Bracket, *, rounded: bool) -> dict[str, Side]:
        if not which.any():
            return dict.fromkeys(VIDEO_METRICS, _NOTHING)
        left, right = self._rows(which, bracket)
        value = left if bracket.exact else bracket.between(left, right)
        sums = zip(_sums(value), _sums(left), _sums(right), strict=True)
        steps = [sum(map(half_step, one)) for one in value.T.tolist()] if rounded else [0] * 4
        return {
            metric: Side(*of, half_steps=step)
            for metric, of, step in zip(VIDEO_METRICS, sums, steps, strict=True)
        }

    def _bounds(self, which: _Mask, bracket: Bracket) -> dict[str, tuple[int, int]]:
        if not which.any():
            return dict.fromkeys(VIDEO_METRICS, (0, 0))
        left, right = self._rows(which, bracket)
        if bracket.exact:
            low = high = _sums(left)
        else:
            low, high = _sums(np.minimum(left, right)), _sums(np.maximum(left, right))
        return dict(zip(VIDEO_METRICS, zip(low, high, strict=True), strict=True))

    def _rows(self, which: _Mask, bracket: Bracket) -> tuple[Counts, Counts]:
        left = self.counts[bracket.left][which]
        return left, left if bracket.exact else self.counts[bracket.right][which]


def _sums(counts: Counts) -> list[int]:
    """By metric, the sum over the videos."""
    total: list[int] = counts.sum(axis=0).tolist()
    return total


_NOTHING: Final = Side()


def newcomer_ids(found: Unsteady, until: int, brackets: Iterable[Bracket]) -> list[int]:
    """Which of the unsteady videos are newcomers, up to the instant ``until``."""
    around = list(brackets)
    ids = []
    for video, published_at in found.young.items():
        runs = found.runs.get(video, [])
        if len(runs) != 1 or video in found.doubted:
            continue
        since, ended = runs[0]
        if (ended is None or ended > until) and all(
            (since <= bracket.left and published_at <= bracket.at)
            or (since > bracket.at and published_at > bracket.at)
            for bracket in around
        ):
            ids.append(video)
    return sorted(ids)


def load_newcomers(
    connection: Connection,
    key: Key,
    found: Unsteady,
    ids: Collection[int],
    brackets: Iterable[Bracket],
    metrics: Collection[str],
) -> Newcomers:
    """The newcomers among ``ids`` that have counts of all ``metrics`` wherever they were listed."""
    if not ids:
        return Newcomers()
    instants = {at for bracket in brackets for at in (bracket.left, bracket.right)}
    columns = [VIDEO_METRICS.index(metric) for metric in metrics]
    read = rows(connection, READINGS, key, ids=ids, at=instants)
    poor = {video for _, video, *counts in read if any(counts[n] is None for n in columns)}
    kept = [video for video in ids if video not in poor]
    place = {video: n for n, video in enumerate(kept)}
    counts = {at: np.zeros((len(kept), len(VIDEO_METRICS)), np.int64) for at in instants}
    for at, video, *values in read:
        if video in place:
            counts[at][place[video]] = [value or 0 for value in values]
    published = np.array([found.young[video] for video in kept], np.int64)
    return Newcomers(np.array(kept, np.int64), published, counts)
