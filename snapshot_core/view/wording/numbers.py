"""Numbers and times as people write them."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.windows import DAY, HOUR

MINUS: Final = "\N{MINUS SIGN}"
PER_CENT: Final = "\N{NO-BREAK SPACE}%"
UNKNOWN_TEXT: Final = "–"
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


def aligned(count: int) -> str:
    """`compact` for columns of a table: three digits with their zeros, so that points stand
    below one another.

    >>> aligned(959), aligned(8_311), aligned(37_000), aligned(926_256), aligned(1_789_999)
    ('959', '8.31K', '37.0K', '926K', '1.79M')
    """
    size = abs(count)
    sign = MINUS if count < 0 else ""
    if size < 1_000:
        return f"{sign}{size}"
    for scale, letter in reversed(_SCALES):
        scaled = Decimal(size) / scale
        for below, places in ((10, "0.01"), (100, "0.1"), (1_000, "1")):
            rounded = scaled.quantize(Decimal(places), ROUND_HALF_UP)
            if rounded < below:
                return f"{sign}{rounded:f}{letter}"
    return f"{sign}{scaled.quantize(Decimal(1), ROUND_HALF_UP):f}{letter}"


def aligned_signed(count: int) -> str:
    """`aligned` with its sign: ``+37.0K``; a plain ``0`` has none."""
    return f"+{aligned(count)}" if count > 0 else aligned(count)


def signed(count: int) -> str:
    """`compact` with its sign: ``+1.5K``; a plain ``0`` has none."""
    return f"+{compact(count)}" if count > 0 else compact(count)


def exact(count: int) -> str:
    """Every digit, in groups of three: ``22,204,508``."""
    return f"{count:,}".replace("-", MINUS)


def exact_signed(count: int) -> str:
    """Every digit and the sign: ``+2,204,508``; a plain ``0`` has none."""
    return f"+{exact(count)}" if count > 0 else exact(count)


def percent(value: Decimal) -> str:
    """``5.63`` as ``+5.6 %``, ``22.4`` as ``+22 %``: no more digits than one acts on.

    The space does not break.
    """
    size = abs(value)
    places = Decimal("0.1") if size < 10 else Decimal("1")
    rounded = size.quantize(places, ROUND_HALF_UP)
    if not rounded:
        return f"0{PER_CENT}"
    sign = MINUS if value < 0 else "+"
    return f"{sign}{f'{rounded:,f}'.removesuffix('.0')}{PER_CENT}"


def ago(seconds: int) -> str:
    """``just now``, ``12 min ago``, ``3 h ago``, ``2 days ago``."""
    return "just now" if seconds < 60 else f"{duration(seconds)} ago"


def duration(seconds: int) -> str:
    """``12 min``, ``3 h``, ``2 days``: the largest unit that fits."""
    if seconds < 60:
        return "less than a minute"
    if seconds < HOUR:
        return f"{seconds // 60} min"
    if seconds < 2 * DAY:
        return f"{seconds // HOUR} h"
    return f"{seconds // DAY} days"


def calendar_day(day: date) -> str:
    """``27 Aug 2026``."""
    return f"{day.day} {day:%b %Y}"


def moment(instant: int, zone: ZoneInfo, now: int | None = None) -> str:
    """``28 Nov, 00:00`` in ``zone``; with the year where it is not ``now``'s."""
    local = datetime.fromtimestamp(instant, zone)
    year = f" {local.year}" if now and datetime.fromtimestamp(now, zone).year != local.year else ""
    return f"{local.day} {local:%b}{year}, {local:%H:%M}"
