"""The change of the follower count, which may fall legitimately: it has no ledger."""

from dataclasses import replace

import numpy as np

from snapshot_core.growth.expected import MIN_TRACKED_SECONDS
from snapshot_core.growth.growth import Growth, growth_from
from snapshot_core.growth.history import Reason, Windows
from snapshot_core.growth.ledger import Ledger
from snapshot_core.growth.rhythms.learned import NOTHING_LEARNED, Learned
from snapshot_core.growth.rounding import Rounding
from snapshot_core.growth.uncertainty import Margin, spread
from snapshot_core.growth.value import Series, Value, carried_to, value_at
from snapshot_core.metrics import FOLLOWERS


def follower_growth(
    windows: Windows,
    series: Series,
    rounding: Rounding,
    learned: Learned = NOTHING_LEARNED,
) -> Growth:
    """The change of the follower count: interpolation only, for it may fall legitimately.

    Its bounds are those of the true count, as far as the source's ``rounding`` tells it.
    """
    window, reason = windows.window, windows.reason
    if window is None or not series:
        return Growth(FOLLOWERS, window, reason=Reason("not_counted") if window else reason)
    gap = window.max_gap
    share_at = learned.share_at()
    v1 = value_at(series, window.end, gap, share_at=share_at) or carried_to(series, window.end, gap)
    current = v1.count if v1 else None
    v0 = value_at(series, window.start, gap, share_at=share_at)
    if reason is not None or v1 is None or v0 is None:
        return Growth(FOLLOWERS, window, current, reason=reason or Reason("not_measured"))
    earlier = None
    if windows.before is not None:
        ends = windows.before.start, windows.before.end
        then, until = (value_at(series, at, gap, share_at=share_at) for at in ends)
        earlier = until.count - then.count if then and until else None
    _, factor = learned.factors(window.end)
    margin = _margin(v1, factor, rounding) + -_margin(v0, factor, rounding)
    if v1.carried:
        missed = _missed(v1, v0, earlier, windows)
        margin += Margin(missed, missed)
    change = Ledger(
        current=v1.count,
        previous=v0.count,
        like_for_like=v1.count - v0.count,
        below_squared=round(margin.below**2),
        above_squared=round(margin.above**2),
        blur_squared=rounding.resolution(v0.count, v1.count) ** 2,
        carried=int(v1.carried),
        interpolated=int(bool(v0.distance) or (bool(v1.distance) and not v1.carried)),
    )
    return replace(growth_from(FOLLOWERS, window, change, earlier), ledger=None)


def _missed(v1: Value, v0: Value, earlier: int | None, windows: Windows) -> float:
    """What may have come or gone since the last reading: as much as in the time before it."""
    assert windows.window is not None
    read_for = windows.window.seconds - v1.distance
    if read_for >= MIN_TRACKED_SECONDS:
        return abs(v1.count - v0.count) * v1.distance / read_for
    if earlier is not None and windows.before is not None:
        return abs(earlier) * v1.distance / windows.before.seconds
    return float(v1.count)


def _margin(value: Value, factor: float, rounding: Rounding) -> Margin:
    """How far the true count may lie from a value."""
    width = 0.0
    if value.bracket:
        gains, spans = np.array([[value.high - value.low], [value.bracket]], np.int64)
        width = factor * float(spread(gains, np.array([value.share]), spans)[0])
    inside = Margin(width, width).within(value.count - value.low, value.high - value.count)
    return inside + Margin(rounding.down(value.count), rounding.up(value.count))
