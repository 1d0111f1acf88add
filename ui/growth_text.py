"""How the dashboard words growth."""

from decimal import Decimal

from snapshot_core.growth.growth import Growth
from snapshot_core.view.overview import Overview
from snapshot_core.view.wording.numbers import (
    compact,
    estimate_sentence,
    exact,
    moment,
    percent,
    reason_sentence,
    signed,
    stale_sentence,
)
from snapshot_core.windows import Period

MULTIPLE_FROM_PERCENT = 900
"""From this change on, people say how many times as much it is."""
ALMOST_NOTHING = "< 0.1%"


def exact_signed(count: int) -> str:
    """Every digit and the sign: ``+2,204,508``."""
    return f"+{exact(count)}" if count > 0 else exact(count)


def headline(growth: Growth) -> str:
    """A card's figure: the gain; ``< 100K`` where the source cannot tell; else the total."""
    if growth.growth is None:
        return "–" if growth.current is None else compact(growth.current)
    if growth.below_resolution:
        return f"< {compact(growth.resolution)}"
    return signed(growth.growth)


def in_full(growth: Growth, period: Period) -> str:
    """The figures behind the headline, every digit of them."""
    if growth.growth is None:
        return "Not counted." if growth.current is None else f"{exact(growth.current)} in total."
    sentence = f"{exact_signed(growth.growth)} in {period.words}"
    if growth.current is not None:
        sentence += f", to {exact(growth.current)}"
    if growth.before is not None:
        sentence += f". The {period.words} before: {exact_signed(growth.before)}"
    return f"{sentence}."


def against(growth: Growth) -> str | None:
    """Growth against the period before, up to that period's name; None without one.

    ``+12% vs``; ``13×`` where a percentage would say little; and the gain of that period
    itself (``−5 in``) where there is nothing to be a percentage of.
    """
    if growth.change is None:
        return None if growth.before is None else f"{signed(growth.before)} in"
    if growth.change >= MULTIPLE_FROM_PERCENT:
        return f"{compact(round(1 + growth.change / 100))}×"
    difference = (growth.growth or 0) - (growth.before or 0)
    return f"{shown_percent(growth.change, difference)} vs"


def short_reason(growth: Growth, view: Overview) -> str:
    """Why there is no number, in the width of a card."""
    assert growth.reason is not None
    if growth.reason.ready_at is not None:
        ready = moment(growth.reason.ready_at, view.zone, view.now)
        return f"ready {ready}" if growth.reason.ready_at > view.now else "needs a newer snapshot"
    return {
        "no_capture": "no snapshot yet",
        "low_coverage": "too few measured",
        "not_counted": "not counted",
        "not_measured": "not measured then",
    }.get(growth.reason.code, "needs a second snapshot")


def full_reason(growth: Growth, view: Overview) -> str:
    """Why there is no number, in a sentence."""
    assert growth.reason is not None
    return reason_sentence(growth.reason, view.period, view.zone, view.now)


def doubts(growth: Growth, view: Overview) -> tuple[str, str] | None:
    """A badge (``stale`` or ``estimated``) and why, where a number is less sure than it looks."""
    badges = []
    if growth.stale and view.window:
        badges.append(("stale", stale_sentence(view.window.end, view.now)))
    if growth.estimated:
        sentence = estimate_sentence(growth.estimated, growth.resolution)
        if growth.low is not None and growth.high is not None and growth.low < growth.high:
            low, high = exact_signed(growth.low), exact_signed(growth.high)
            sentence += f" It lies between {low} and {high}."
        badges.append(("estimated", sentence))
    if not badges:
        return None
    return badges[0][0], " ".join(sentence for _, sentence in badges)


def share(part: int, whole: int | None) -> str:
    """``part`` of ``whole`` in per cent, without a sign."""
    if not whole or whole <= 0:
        return "–"
    return shown_percent(Decimal(100 * part) / whole, part).removeprefix("+")


def shown_percent(value: Decimal, part: int) -> str:
    """``value`` per cent, which ``part`` is; what only rounds to nothing is ``< 0.1%``."""
    text = percent(value)
    return ALMOST_NOTHING if part and text == "0%" else text
