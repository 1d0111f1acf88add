"""What a table shows of a growth: figures that stand below one another, in little room."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from snapshot_core.growth.growth import Growth
from snapshot_core.view.wording.growth import gain, percentage, rate
from snapshot_core.view.wording.numbers import PER_CENT, UNKNOWN_TEXT, aligned_signed

TIMES_FROM_PERCENT: Final = 100
"""From this growth on, a row says how many times as much it is."""


def aligned_gain(growth: Growth) -> str:
    """`gain` for a column of a table: ``+37.0K``."""
    if growth.growth is None or growth.below_resolution:
        return gain(growth)
    return aligned_signed(growth.growth)


def growth_in_a_row(growth: Growth) -> str:
    """`percentage` in a table: ``24×`` from a hundred per cent on, ``new`` without a start."""
    if growth.line == "published":
        return "new"
    value = growth.percentage
    if value is None or value < TIMES_FROM_PERCENT:
        return percentage(growth) or UNKNOWN_TEXT
    times = 1 + value / 100
    return f"{times.quantize(Decimal('0.1') if times < 10 else Decimal(1), ROUND_HALF_UP):,f}×"


def engagement(value: Decimal | None) -> str:
    """An engagement rate, to the tenth: rates lie close together."""
    if value is None:
        return UNKNOWN_TEXT
    tenths = f"{value.quantize(Decimal('0.1'), ROUND_HALF_UP)}"
    return rate(value) if value < 1 else f"{tenths}{PER_CENT}"
