"""Numbers, times and reasons as people write them."""

from collections.abc import Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.growth.growth import Estimate, Reason
from snapshot_core.windows import DAY, HOUR, Period

MINUS: Final = "\N{MINUS SIGN}"
_SCALES: Final = ((10**12, "T"), (10**9, "B"), (10**6, "M"), (10**3, "K"))


def compact(count: int) -> str:
    """``1534`` as ``1.5K``, ``22204508`` as ``22.2M``: three digits at most.

    >>> compact(999), compact(1_534), compact(999_950), compact(188_000)
    ('999', '1.5K', '1M', '188K')
    """
    size = abs(count)
    sign = MINUS if count < 0 else ""
    if size < 1_000:
        return f"{sign}{size}"
    for scale, letter in reversed(_SCALES):
        scaled = Decimal(size) / scale
        places = Decimal("0.1") if scaled < 100 else Decimal("1")
        rounded = scaled.quantize(places, ROUND_HALF_UP)
        if rounded < 1_000 or letter == "T":
            text = f"{rounded:f}"
            return f"{sign}{text.removesuffix('.0')}{letter}"
    raise AssertionError("the last scale takes all")


def signed(count: int) -> str:
    """`compact` with its sign: ``+1.5K``; a plain ``0`` has none."""
    return f"+{compact(count)}" if count > 0 else compact(count)


def exact(count: int) -> str:
    """Every digit, in groups of three: ``22,204,508``."""
    return f"{count:,}".replace("-", MINUS)


def percent(value: Decimal) -> str:
    """``5.63`` as ``+5.6%``, ``22.4`` as ``+22%``: no more digits than one acts on."""
    size = abs(value)
    places = Decimal("0.1") if size < 10 else Decimal("1")
    rounded = size.quantize(places, ROUND_HALF_UP)
    if not rounded:
        return "0%"
    sign = MINUS if value < 0 else "+"
    return f"{sign}{f'{rounded:,f}'.removesuffix('.0')}%"


def ago(seconds: int) -> str:
    """``just now``, ``12 min ago``, ``3 h ago``, ``2 days ago``."""
    return "just now" if seconds < 60 else f"{duration(seconds)} ago"


def duration(seconds: int) -> str:
    """``12 min``, ``3 h``, ``2 days``: the largest unit that fits."""
    if seconds < HOUR:
        return f"{max(seconds, 0) // 60} min"
    if seconds < 2 * DAY:
        return f"{seconds // HOUR} h"
    return f"{seconds // DAY} days"


def moment(instant: int, zone: ZoneInfo, now: int | None = None) -> str:
    """``28 Nov, 00:00`` in ``zone``; with the year where it is not ``now``'s."""
    local = datetime.fromtimestamp(instant, zone)
    year = f" {local.year}" if now and datetime.fromtimestamp(now, zone).year != local.year else ""
    return f"{local.day} {local:%b}{year}, {local:%H:%M}"


def reason_sentence(reason: Reason, period: Period, zone: ZoneInfo, now: int) -> str:
    """Why there is no number at ``now``, to a creator."""
    name = "24-hour" if period.days == 1 else f"{period.days}-day"
    match reason.code:
        case "no_capture":
            return "No snapshot yet. Take the first one to start measuring."
        case "one_capture" | "not_ready" if reason.ready_at is not None:
            ready = moment(reason.ready_at, zone, now)
            if reason.ready_at <= now:
                return f"{name} growth needs a snapshot from {ready} on; the last one is older."
            return f"{name} growth will be ready on {ready}, with the first snapshot from then on."
        case "low_coverage":
            return (
                f"Too few videos were measured {period.words} before, "
                "so growth would be a guess. The next nightly snapshots mend this."
            )
        case "not_measured":
            return f"This was not measured {period.words} before, or not lately."
        case "not_counted":
            return "The source does not give this number."
    return "Growth needs a second snapshot."


def estimate_sentence(estimates: Sequence[Estimate], resolution: int) -> str:
    """Why a number is estimated, to a creator; empty where it is not."""
    words = {
        "interpolated": "no snapshot was taken near the period's start, "
        "so the counts then lie on the line between the two around it",
        "carried": "some videos were missing from the last snapshot and keep their last count",
        "partial": "the latest snapshot was cut short, so the one before it is shown",
        "resolution": f"the source rounds its counts, which blurs this by up to "
        f"{compact(resolution)}",
    }
    if not estimates:
        return ""
    return "Estimated: " + "; ".join(words[estimate] for estimate in estimates) + "."


def stale_sentence(last_complete: int, now: int) -> str:
    """That the numbers are old, and how old."""
    return f"The last complete snapshot is {duration(now - last_complete)} old."
