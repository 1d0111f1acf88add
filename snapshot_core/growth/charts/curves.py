"""Where a curve is a straight line because nobody read in between."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import numpy as np

from snapshot_core.growth.gain_line import LONGEST_STRETCH_SECONDS
from snapshot_core.growth.growth import MIN_COVERAGE
from snapshot_core.growth.several_accounts import Point
from snapshot_core.windows import Window

MAX_SHARE_UNREAD: Final = 3
"""A stretch without a reading of more than a third of the window looks like a measured slope."""


def unread_stretches(
    curves: Sequence[Sequence[Point]], summed: Sequence[Point], window: Window
) -> list[Window]:
    """The stretches of a gain's curve in ``window`` that were not read, oldest first.

    ``summed``: the sum of the accounts' ``curves``. Of several, a stretch counts where more than a
    tenth of what was gained in it is of accounts that were not read; neighbours are then joined.
    """
    limit = min(LONGEST_STRETCH_SECONDS, window.seconds // MAX_SHARE_UNREAD)
    each = [_unread(curve, limit) for curve in curves]
    if len(curves) < 2 or not any(each):
        return each[0] if len(curves) == 1 else []
    at = np.array([point for point, _ in summed])
    gained, missed, under_way, without = (np.zeros(len(at) - 1) for _ in range(4))
    for curve, stretches in zip(curves, each, strict=True):
        known = [(point, gain) for point, gain in curve if gain is not None]
        if not known:
            continue
        line = np.interp(at, [point for point, _ in known], [gain for _, gain in known], left=0)
        rises = np.abs(np.diff(line))
        inside = np.zeros(len(rises), bool)
        for stretch in stretches:
            inside |= (at[:-1] < stretch.end) & (at[1:] > stretch.start)
        gained += rises
        missed += rises * inside
        under_way += (at[1:] > curve[0][0]) & (at[:-1] < curve[-1][0])
        without += inside
    still = (gained == 0) & (without > 0) & (without >= under_way)
    chosen = (missed > (1 - MIN_COVERAGE) * gained) | still
    return _joined(at.tolist(), chosen.tolist())


def _unread(curve: Sequence[Point], limit: int) -> list[Window]:
    """Between points of one curve more than ``limit`` seconds apart; a broken line has none."""
    return [
        Window(before, after)
        for (before, gain), (after, more) in pairwise(curve)
        if after - before > limit and gain is not None and more is not None
    ]


def _joined(at: Sequence[int], chosen: Sequence[bool]) -> list[Window]:
    stretches: list[Window] = []
    for (start, end), unread in zip(pairwise(at), chosen, strict=True):
        if not unread:
            continue
        if stretches and stretches[-1].end == start:
            start = stretches.pop().start
        stretches.append(Window(start, end))
    return stretches
