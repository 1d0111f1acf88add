"""The growth of one counter in one window: a number, how sure it is, or why there is none."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final, Literal

import numpy as np

from snapshot_core.growth.definitions import DefinitionBreak
from snapshot_core.growth.expected import MIN_TRACKED_SECONDS
from snapshot_core.growth.learned import NOTHING_LEARNED, Learned
from snapshot_core.growth.ledger import Ledger, Line
from snapshot_core.growth.rounding import Rounding
from snapshot_core.growth.uncertainty import Margin, spread
from snapshot_core.growth.value import NEAR_READING_SECONDS, Series, Value, carried_to, value_at
from snapshot_core.metrics import FOLLOWERS
from snapshot_core.windows import DAY, Period, Window

ReasonCode = Literal[
    "no_capture",
    "no_complete",
    "one_capture",
    "not_ready",
    "kept_too_short",
    "low_coverage",
    "not_counted",
    "not_measured",
    # Of one of several accounts:
    "lagging",
    # Of one video:
    "not_read",
    "newly_tracked",
    "removed",
    "uncounted",
]
Estimate = Literal["interpolated", "carried", "partial", "resolution", "definition"]
NoPercentage = Literal["no_base", "below_resolution"]

MIN_COVERAGE: Final = 0.9


@dataclass(frozen=True, slots=True)
class Reason:
    """Why there is no number, and the instant from which there will be one, if known."""

    code: ReasonCode
    ready_at: int | None = None
    days: int | None = None
    """Of ``kept_too_short``: how long captures would have to be kept."""


@dataclass(frozen=True, slots=True)
class History:
    """The captures that decide what can be said: all instants, None where there is none."""

    captures: int
    """Captures with readings."""
    first_complete: int | None
    last_complete: int | None
    partial_since: bool = False
    """Whether a partial capture came after the last complete one."""
    keep_days: int | None = None
    """Days after which captures are removed; None for never."""


@dataclass(frozen=True, slots=True)
class Growth:
    """What one counter of a video, an account or a user did in one window.

    ``None`` is unknown, never 0.
    """

    metric: str
    window: Window | None
    current: int | None = None
    previous: int | None = None
    growth: int | None = None
    base: int = 0
    """What the percentage is of: what was there at the start and still is."""
    before: int | None = None
    """The growth of the period before."""
    comparable: int | None = None
    """The part of ``growth`` that ``before`` is compared with; None: all of it."""
    comparable_accounts: int = 1
    """Of ``accounts``, those in ``before``."""
    low: int | None = None
    high: int | None = None
    resolution: int = 0
    coverage: float = 0.0
    ledger: Ledger | None = None
    estimated: tuple[Estimate, ...] = ()
    stale_since: int | None = None
    """The last complete capture, where that is too old; of several, where it is of all."""
    reason: Reason | None = None
    line: Line | None = None
    """Where a single video stands in the ledger; None for an account or several."""
    accounts: int = 1
    """How many it is the sum of."""
    since_tracking: "Growth | None" = None
    """What is known where the period is not ready: the growth since tracking began."""
    breaks: tuple[DefinitionBreak, ...] = ()
    """The days in the window on which the platform redefined the counter."""

    @property
    def is_increase(self) -> bool | None:
        """The sign as the original API gave it; None where growth is unknown."""
        return None if self.growth is None else self.growth > 0

    @property
    def below_resolution(self) -> bool:
        """Whether a rounded source cannot tell this growth from none."""
        return self.growth is not None and abs(self.growth) < self.resolution

    @property
    def percentage(self) -> Decimal | None:
        """Growth in per cent of its base, as `percent` gives it.

        None below the resolution, too, where any figure would say more than is known.
        """
        known = self.growth is not None and not self.below_resolution
        return percent(self.growth or 0, self.base) if known else None

    @property
    def no_percentage(self) -> NoPercentage | None:
        """Why a growth that is known has no percentage."""
        if self.growth is None or self.percentage is not None:
            return None
        return "below_resolution" if self.below_resolution else "no_base"

    @property
    def compared(self) -> int | None:
        """The growth of those that `before` is the earlier growth of."""
        return self.growth if self.comparable is None else self.comparable

    @property
    def change(self) -> Decimal | None:
        """Per cent by which growth differs from the growth of the period before."""
        if self.compared is None or self.before is None:
            return None
        return percent(self.compared - self.before, self.before)


def percent(part: int, base: int) -> Decimal | None:
    """``100 * part / base`` to two decimals, halves away from zero; None where base <= 0."""
    if base <= 0:
        return None
    # In integers: a Decimal quotient is itself rounded (to 28 digits) before it is rounded to
    # two decimals, and a small loss would become "-0.00".
    hundredths = (20_000 * abs(part) + base) // (2 * base)
    digits = tuple(int(digit) for digit in str(hundredths))
    return Decimal((int(part < 0 < hundredths), digits, -2))


def window_of(history: History, length: Period) -> Window | None:
    """The window of ``length`` that ends at the last complete capture; None without one."""
    if history.last_complete is None:
        return None
    end = history.last_complete
    return Window(_begin(history, end - length.seconds), end)


def window_before(history: History, window: Window) -> Window | None:
    """The period before ``window``; None where the captures do not reach back to its start."""
    before = Window(_begin(history, window.before.start), window.start)
    return before if reaches_back(history, before) else None


def reaches_back(history: History, window: Window) -> bool:
    """Whether there was a complete capture by the start of ``window``."""
    return history.first_complete is not None and window.start >= history.first_complete


def tracked_window(history: History) -> Window | None:
    """All the time since tracking began: from the first complete capture to the last."""
    first, last = history.first_complete, history.last_complete
    return Window(first, last) if first is not None and last is not None and first < last else None


def _begin(history: History, start: int) -> int:
    """``start``, or the first complete capture where that came just after it.

    Nightly captures begin some seconds sooner or later. A first one at 00:00:08 must not hide
    the growth of a window that ends at 00:00:03 for a whole day.
    """
    first = history.first_complete
    return first if first is not None and 0 < first - start <= NEAR_READING_SECONDS else start


def missing(history: History, window: Window | None) -> Reason | None:
    """Why no growth can be given for ``window``, from the captures alone."""
    if history.first_complete is None or window is None:
        return Reason("no_complete" if history.captures else "no_capture")
    if not reaches_back(history, window):
        if history.keep_days and history.keep_days * DAY <= window.seconds + NEAR_READING_SECONDS:
            # As long as the period and the one before it, and a day for the hours in between.
            return Reason("kept_too_short", days=2 * round(window.seconds / DAY) + 1)
        ready_at = history.first_complete + window.seconds
        return Reason("not_ready" if history.captures > 1 else "one_capture", ready_at)
    return Reason("one_capture") if history.captures < 2 else None


def is_stale(history: History, now: int, cadence: int) -> bool:
    """Whether the last complete capture is older than two cadences (seconds)."""
    return history.last_complete is not None and now - history.last_complete > 2 * cadence


def video_counter_growth(
    metric: str, window: Window | None, now: Ledger, before: Ledger | None, history: History
) -> Growth:
    """The growth of a video counter from its ledger and that of the period before.

    ``before`` is None where the captures do not reach that far back. The caller sets
    ``stale_since`` with `is_stale`.
    """
    reason = missing(history, window)
    # Where no video that is listed has a count, the total is unknown, not 0.
    counted = bool(now.videos) and not (now.uncounted and not now.current)
    current = now.current if counted else None
    if window is not None and not counted:
        reason = Reason("not_counted")
    if reason is None and now.coverage < MIN_COVERAGE:
        reason = Reason("low_coverage")
    if reason is not None:
        return Growth(metric, window, current, coverage=now.coverage, reason=reason)
    earlier = None
    if before is not None and before.videos and before.coverage >= MIN_COVERAGE:
        earlier = before.growth
    return _grown(metric, window, now, earlier, partial=history.partial_since)


def estimates(
    growth: int,
    bounds: tuple[int, int],
    resolution: int,
    *,
    interpolated: bool,
    carried: bool,
    partial: bool = False,
) -> tuple[Estimate, ...]:
    """Why a growth is estimated; empty where half its range is at most a tenth of it.

    ``bounds``: the ends of the range.
    """
    low, high = bounds
    if 5 * (high - low) <= abs(growth):
        return ()
    reasons: dict[Estimate, bool] = {
        "interpolated": interpolated,
        "carried": carried,
        "partial": partial,
        "resolution": 10 * resolution > abs(growth),
    }
    return tuple(estimate for estimate, applies in reasons.items() if applies)


def _grown(
    metric: str,
    window: Window | None,
    ledger: Ledger,
    before: int | None = None,
    *,
    partial: bool = False,
) -> Growth:
    return Growth(
        metric,
        window,
        current=ledger.current,
        previous=ledger.previous,
        growth=ledger.growth,
        base=ledger.base,
        before=before,
        low=ledger.low,
        high=ledger.high,
        resolution=ledger.resolution,
        coverage=ledger.coverage,
        ledger=ledger,
        estimated=estimates(
            ledger.growth,
            (ledger.low, ledger.high),
            ledger.resolution,
            interpolated=ledger.interpolated > 0,
            carried=ledger.carried > 0,
            partial=partial,
        ),
    )


def follower_growth(
    window: Window | None,
    series: Series,
    history: History,
    rounding: Rounding,
    learned: Learned = NOTHING_LEARNED,
) -> Growth:
    """The change of the follower count: interpolation only, for it may fall legitimately.

    Its bounds are those of the true count, as far as the source's ``rounding`` tells it.
    """
    reason = missing(history, window)
    if window is None or not series:
        return Growth(FOLLOWERS, window, reason=Reason("not_counted") if window else reason)
    gap = window.max_gap
    share_at = learned.share_at()
    v1 = value_at(series, window.end, gap, share_at=share_at) or carried_to(series, window.end, gap)
    current = v1.count if v1 else None
    v0 = value_at(series, window.start, gap, share_at=share_at)
    if reason is not None or v1 is None or v0 is None:
        return Growth(FOLLOWERS, window, current, reason=reason or Reason("not_measured"))
    before = window_before(history, window)
    v_before = None
    if before is not None:
        v_before = value_at(series, before.start, gap, share_at=share_at)
    _, factor = learned.factors(window.end)
    margin = _margin(v1, factor, rounding) + -_margin(v0, factor, rounding)
    if v1.carried:
        missed = _missed(v1, v0, v_before, window)
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
    earlier = None if v_before is None else v0.count - v_before.count
    return replace(_grown(FOLLOWERS, window, change, earlier), ledger=None)


def _missed(v1: Value, v0: Value, v_before: Value | None, window: Window) -> float:
    """What may have come or gone since the last reading: as much as in the time before it."""
    read_for = window.seconds - v1.distance
    if read_for >= MIN_TRACKED_SECONDS:
        return abs(v1.count - v0.count) * v1.distance / read_for
    if v_before is not None:
        return abs(v0.count - v_before.count) * v1.distance / window.seconds
    return float(v1.count)


def _margin(value: Value, factor: float, rounding: Rounding) -> Margin:
    """How far the true count may lie from a value."""
    width = 0.0
    if value.bracket:
        gains, spans = np.array([[value.high - value.low], [value.bracket]], np.int64)
        width = factor * float(spread(gains, np.array([value.share]), spans)[0])
    inside = Margin(width, width).within(value.count - value.low, value.high - value.count)
    return inside + Margin(rounding.down(value.count), rounding.up(value.count))
