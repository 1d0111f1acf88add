"""The growth of one counter in one window: a number, how sure it is, or why there is none."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal

from snapshot_core.growth.definitions import DefinitionBreak
from snapshot_core.growth.history import Reason, Windows
from snapshot_core.growth.ledger import Ledger, Line
from snapshot_core.windows import Window

Estimate = Literal["interpolated", "carried", "partial", "resolution", "definition"]
NoPercentage = Literal["no_base", "below_resolution"]

MIN_COVERAGE: Final = 0.9


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
    inexact: tuple[Estimate, ...] = ()
    """What its range comes from, however narrow. Of an account or several."""
    estimated: tuple[Estimate, ...] = ()
    """Why it is estimated; empty where half its range is at most a tenth of it."""
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
    redefined: bool = False
    """Whether there is no ``before`` because the counter was redefined since."""

    @property
    def known(self) -> "Growth":
        """Itself; where the period is not ready, what is known since tracking began."""
        since = self.since_tracking
        return since if self.growth is None and since is not None else self

    @property
    def is_increase(self) -> bool | None:
        """The sign as the original API gave it; None where growth is unknown."""
        return None if self.growth is None else self.growth > 0

    @property
    def range(self) -> tuple[int, int] | None:
        """What the true growth lies between, in 9 of 10 cases; None where growth is unknown."""
        return None if self.low is None or self.high is None else (self.low, self.high)

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
        """Per cent by which growth differs from the growth of the period before.

        None, too, where a rounded source hides as much: of the growth, or of either of the two.
        """
        if self.compared is None or self.before is None:
            return None
        difference = self.compared - self.before
        hidden = self.below_resolution or abs(difference) < 2 * self.resolution
        return None if hidden else percent(difference, self.before)


def percent(part: int, base: int) -> Decimal | None:
    """``100 * part / base`` to two decimals, halves away from zero; None where base <= 0."""
    if base <= 0:
        return None
    # In integers: a Decimal quotient is itself rounded (to 28 digits) before it is rounded to
    # two decimals, and a small loss would become "-0.00".
    hundredths = (20_000 * abs(part) + base) // (2 * base)
    digits = tuple(int(digit) for digit in str(hundredths))
    return Decimal((int(part < 0 < hundredths), digits, -2))


def video_counter_growth(
    metric: str, windows: Windows, now: Ledger, before: Ledger | None
) -> Growth:
    """The growth of a video counter from its ledger and that of the period before.

    ``before`` is None where the captures do not reach that far back. The caller sets
    ``stale_since`` with `is_stale`.
    """
    window, reason = windows.window, windows.reason
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
    return growth_from(metric, window, now, earlier, partial=windows.partial)


def inexact(
    resolution: int, *, interpolated: bool, carried: bool, partial: bool = False
) -> tuple[Estimate, ...]:
    """What the range of a growth comes from."""
    sources: dict[Estimate, bool] = {
        "interpolated": interpolated,
        "carried": carried,
        "partial": partial,
        "resolution": resolution > 0,
    }
    return tuple(estimate for estimate, applies in sources.items() if applies)


def estimates(
    growth: int, bounds: tuple[int, int], resolution: int, sources: tuple[Estimate, ...]
) -> tuple[Estimate, ...]:
    """Why a growth is estimated; empty where half its range is at most a tenth of it.

    ``bounds``: the ends of the range, ``sources``: what it comes from (`inexact`).
    """
    low, high = bounds
    if 5 * (high - low) <= abs(growth):
        return ()
    fine = 10 * resolution <= abs(growth)
    reasons = tuple(source for source in sources if not (fine and source == "resolution"))
    # Many counters that stand still hide more than the root of their steps.
    return reasons or sources


def growth_from(
    metric: str,
    window: Window | None,
    ledger: Ledger,
    before: int | None = None,
    *,
    partial: bool = False,
) -> Growth:
    """The growth that a ledger tells."""
    sources = inexact(
        ledger.resolution,
        interpolated=ledger.interpolated > 0,
        carried=ledger.carried > 0,
        partial=partial,
    )
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
        inexact=sources,
        estimated=estimates(ledger.growth, (ledger.low, ledger.high), ledger.resolution, sources),
    )
