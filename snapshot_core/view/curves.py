"""The running gain of a period, moved onto that of the latest account."""

from collections.abc import Sequence
from dataclasses import dataclass

from snapshot_core.growth.charts.curves import unread_stretches
from snapshot_core.growth.gain_line import GainLine
from snapshot_core.growth.several_accounts import Point, sum_of_curves
from snapshot_core.view.account_growth import AccountShare
from snapshot_core.view.sum_of_accounts import summed
from snapshot_core.windows import Window


@dataclass(frozen=True, slots=True)
class Curve:
    """The gain since the window's start, and that of the compared period moved onto it.

    ``(instant, gain)``, oldest first; a gain of None breaks the line. Where the period is not
    ready, what is known of it: since tracking began.
    """

    now: Sequence[Point]
    before: Sequence[Point]
    unread: Sequence[Window] = ()
    """Stretches of ``now`` in which nobody read: the line there is an estimate."""


def curve_of(shares: Sequence[AccountShare], metric: str, latest: Window | None) -> Curve:
    """Each account over its own window, moved onto the ``latest``."""
    now: list[list[Point]] = []
    before: list[list[Point]] = []
    for share in summed(shares, metric):
        own, window = share.growths[metric].known, share.window
        if window is None or latest is None or own.growth is None or own.window is None:
            continue
        line, later = share.lines[metric], latest.end - window.end
        now.append(_moved(_gains(line, own.window, own.growth), later))
        earlier = share.windows.before
        if own.before is not None and earlier is not None:
            moved = later + window.start - earlier.start
            before.append(_moved(_gains(line, earlier, own.before), moved))
    summed_now = sum_of_curves(now)
    window = Window(summed_now[0][0], summed_now[-1][0]) if summed_now else latest
    unread = unread_stretches(now, summed_now, window) if window else []
    return Curve(summed_now, sum_of_curves(before), unread)


def _moved(curve: Sequence[Point], seconds: int) -> list[Point]:
    return [(at + seconds, gain) for at, gain in curve]


def _gains(line: GainLine, window: Window, total: int | None) -> list[Point]:
    """The running gain in ``window``, with its end on the exact figure.

    Sums of captures differ from it by rounding, and by videos that a capture in between had missed.
    """
    gains = line.since(window.start, window.end, window.max_gap)
    begun = [point for point in gains if point[0] < window.end] or [(window.start, 0)]
    return [*begun, (window.end, total)]
