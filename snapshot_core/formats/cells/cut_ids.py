"""Ids that were a number once, and are no video's any more.

A spreadsheet keeps 15 digits of a number and writes zeros after them; programs that keep numbers
as floating point make the nearest one of an id of 19 digits. Each looks like an id. One in 10,000
real ids ends in four zeros, and one in 1,000 is such a number, so what tells is how many of them
there are, or that there is the id from which one was made.
"""

from collections.abc import Callable, Collection, Iterable
from typing import Final

from snapshot_core.formats.cells.video_ids import EXACT_DIGITS

_LONGEST: Final = 20
_SHORTEST: Final = 18
"""Digits of the ids that are looked at: TikTok's have 19."""


def _ends_in_zeros(number: str) -> bool:
    return not number[EXACT_DIGITS:].strip("0")


def _is_shortest_decimal(number: str) -> bool:
    return _shortest_decimal(number) == number


def _is_floating_point(number: str) -> bool:
    return int(float(number)) == int(number)


_MARKS: Final[tuple[Callable[[str], bool], ...]] = (
    _ends_in_zeros,
    _is_shortest_decimal,
    _is_floating_point,
)


def is_cut(platform_id: str) -> bool:
    """Whether an id could be what is left of another."""
    return _is_number(platform_id) and any(mark(platform_id) for mark in _MARKS)


def cut_ids(ids: Collection[str], beside: Collection[str] = ()) -> set[str]:
    """Those of a file's ``ids`` that have lost digits: more than chance makes, or with twins.

    ``beside``: other ids of the file, which are whole.
    """
    numbers = [number for number in ids if _is_number(number)]
    cut: set[str] = set()
    for mark in _MARKS:
        marked = [number for number in numbers if mark(number)]
        alone = len(numbers) == 1 and mark is _ends_in_zeros
        if alone or len(marked) > 1 + len(numbers) // 10:
            cut.update(marked)
    return cut | twins(numbers, [*numbers, *beside])


def twins(ids: Iterable[str], known: Iterable[str]) -> set[str]:
    """Those of ``ids`` that are what is left of one of the ``known``."""
    cut = {number for number in ids if is_cut(number)}
    if not cut:
        return cut
    left = {made for number in known if _is_number(number) for made in _left_of(number)}
    return cut & left


def _left_of(number: str) -> set[str]:
    """What a spreadsheet, which cuts or rounds, and floating point make of an id: other ids."""
    unit = 10 ** (len(number) - EXACT_DIGITS)
    whole = int(number)
    cut, rounded = whole // unit * unit, (whole + unit // 2) // unit * unit
    made = {str(cut), str(rounded), str(int(float(number))), _shortest_decimal(number)}
    return made - {number}


def _shortest_decimal(number: str) -> str:
    """What JavaScript, say, writes for the floating-point number next to it."""
    digits, _, exponent = repr(float(number)).replace(".", "").partition("e+")
    return digits.ljust(int(exponent) + 1, "0")


def _is_number(platform_id: str) -> bool:
    return (
        platform_id.isascii()
        and platform_id.isdigit()
        and _SHORTEST <= len(platform_id) <= _LONGEST
        and platform_id[0] != "0"
    )
