"""What an account's captures allow: the windows of a period, and why there is no growth in one."""

from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from snapshot_core.growth.value import NEAR_READING_SECONDS
from snapshot_core.periods import Dates, Period
from snapshot_core.windows import DAY, Window

ReasonCode = Literal[
    "no_capture",
    "no_complete",
    "one_capture",
    "not_ready",
    "kept_too_short",
    # Of dates that somebody chose:
    "before_tracking",
    "not_reached",
    "low_coverage",
    "not_counted",
    "not_measured",
    # Of one of several accounts:
    "lagging",
    # Of one video:
    "not_published",
    "not_read",
    "newly_tracked",
    "removed",
    "uncounted",
]


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
class Windows:
    """What a period means for one account, whose captures decide it."""

    window: Window | None
    before: Window | None = None
    """What it is compared with; None where the captures do not reach back to its start."""
    reason: Reason | None = None
    """Why no growth can be given for it, from the captures alone."""
    tracked: Window | None = None
    """Where it is not ready: what is known of it, from the first complete capture on."""
    partial: bool = False
    """Whether a capture that came after the window's end was cut short."""

    @property
    def measured(self) -> list[Window]:
        """What is measured, the period first; nothing without one."""
        return [*filter(None, (self.window, self.before, self.tracked))]

    def end_at(self, last_complete: int | None) -> bool:
        """Whether the period reaches up to the last complete capture."""
        return self.window is not None and self.window.end == last_complete

    def known_part(self) -> "Windows":
        """What is known of a period that is not ready, as a period of its own."""
        return Windows(self.tracked, partial=self.partial)


def windows_of(history: History, period: Period, zone: ZoneInfo) -> Windows:
    """The windows of ``period``, whose days are those of ``zone``."""
    first, last = history.first_complete, history.last_complete
    if first is None or last is None:
        return Windows(None, reason=Reason("no_complete" if history.captures else "no_capture"))
    window = period.window(first, last, zone)
    if window is None:
        return Windows(None, reason=Reason("not_reached"))
    window = _begun(window, first)
    compared = period.window_compared(window, zone)
    before = None if compared is None else _begun(compared, first)
    return Windows(
        window,
        before if before is not None and before.start >= first else None,
        _missing(history, period, window, zone),
        Window(first, window.end) if window.start < first < window.end else None,
        history.partial_since and window.end == last,
    )


def _begun(window: Window, first: int) -> Window:
    """``window``, begun by the ``first`` complete capture where that came just after its start.

    Nightly captures begin some seconds sooner or later. A first one at 00:00:08 must not hide
    the growth of a window that ends at 00:00:03 for a whole day.
    """
    late = 0 < first - window.start <= NEAR_READING_SECONDS and first < window.end
    return Window(first, window.end) if late else window


def _missing(history: History, period: Period, window: Window, zone: ZoneInfo) -> Reason | None:
    """Why no growth can be given for ``window``, from the captures alone."""
    first = history.first_complete
    assert first is not None
    if window.start >= first:
        return Reason("one_capture") if history.captures < 2 or not window.seconds else None
    if history.keep_days and history.keep_days * DAY <= window.seconds + NEAR_READING_SECONDS:
        # As long as the period and the one before it, and a day for the hours in between.
        return Reason("kept_too_short", days=2 * round(window.seconds / DAY) + 1)
    if isinstance(period, Dates):
        return Reason("before_tracking")
    ready_at = period.ready_at(first, zone, NEAR_READING_SECONDS)
    return Reason("not_ready" if history.captures > 1 else "one_capture", ready_at)


def is_stale(history: History, now: int, cadence: int) -> bool:
    """Whether the last complete capture is older than two cadences (seconds)."""
    return history.last_complete is not None and now - history.last_complete > 2 * cadence
