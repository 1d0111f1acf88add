"""Counts in a cell: whole, however their thousands are set apart."""

import re
from typing import Final

from snapshot_core.formats.cells.text import MAX_VALUE_LENGTH, Refused, shortened, value_of
from snapshot_core.readings import LARGEST_COUNT

SEPARATORS: Final = ("", ",", ".", " ", "'")
"""Signs between thousands; the first is none."""
_GROUPED: Final = {
    sign: re.compile(rf"[1-9]\d{{0,2}}(?:{re.escape(sign)}\d{{3}})+") for sign in SEPARATORS if sign
}
_LAKHS: Final = re.compile(r"[1-9]\d?(?:,\d\d)+,\d{3}")
"""1,23,45,678: thousands as India sets them apart."""
_WHOLE: Final = re.compile(r"(.+)([.,])0{1,2}")
"""A whole number of a column of fractions, which programs make of one with gaps."""
_EXACT: Final = re.compile(r"(0|\d{4,})[.,]0+")
"""The same, however many places it has: no thousand stands before the sign."""
_FRACTION: Final = re.compile(r"\d+([.,])\d+")
_OTHER_SIGN: Final = {".": ",", ",": "."}
_POWER: Final = re.compile(r"(\d)(?:[.,](\d*))?E\+?(\d{1,2})", re.IGNORECASE)
_ABBREVIATED: Final = re.compile(
    r"\d+(?:[.,]\d+)? ?(?:[KMB]|Mio\.?|Mrd\.?|mil|[万萬亿億만억])", re.IGNORECASE
)


def count_of(name: str, text: str, separator: str = "") -> int | None:
    """The count in a cell, None where it is unknown. Raises `Refused`.

    ``separator`` is the sign between thousands in the rest of the column. It decides what the cell
    does not tell by itself: 1,234 can be a thousand or a fraction, 1,234,567 cannot.
    """
    if text.isascii() and text.isdigit() and len(text) <= 15:
        return int(text)
    plain = text.strip()
    if not (plain.isascii() and plain.isdigit()):
        plain = value_of(name, text)
    if not plain:
        return None
    digits = plain_digits(plain, separator)
    if digits is not None and len(digits) <= 19 and (count := int(digits)) <= LARGEST_COUNT:
        return count
    raise Refused(f"{name} {shortened(text.strip())}: {_remedy(plain, digits)}")


def _remedy(plain: str, digits: str | None) -> str:
    if digits is not None:
        return "larger than any platform counts: check the column"
    if re.fullmatch(r"-\d+", plain[:MAX_VALUE_LENGTH]):
        return "a total is never negative; it may have been cut to 32 bits: export it again"
    if _POWER.fullmatch(plain):
        return "write a whole number in plain digits: a spreadsheet has shortened it"
    if _ABBREVIATED.fullmatch(plain):
        return "write a whole number in plain digits, not a rounded one"
    return "write a whole number in plain digits, or leave it empty if unknown"


def plain_digits(plain: str, separator: str = "") -> str | None:
    """The digits of a whole number, None where it is none, or could be another."""
    if plain.isascii() and plain.isdigit():
        return plain
    if match := _POWER.fullmatch(plain):
        return exact_power(*match.groups(default=""))
    if match := _EXACT.fullmatch(plain):
        return match[1]
    if match := _WHOLE.fullmatch(plain):
        # One sign is that of the fraction, so the other can only stand between thousands.
        return plain_digits(match[1], _OTHER_SIGN[match[2]])
    for sign, grouped in _GROUPED.items():
        clear = sign in (separator, " ", "'") or plain.count(sign) > 1
        if clear and grouped.fullmatch(plain):
            return plain.replace(sign, "")
    return plain.replace(",", "") if _LAKHS.fullmatch(plain) else None


def exact_power(first: str, rest: str, exponent: str) -> str | None:
    """The digits of ``first.rest E exponent``, None where some of them have been lost."""
    zeros = int(exponent) - len(rest)
    return first + rest if zeros == 0 else None


def separator_of(cells: list[str]) -> str:
    """The sign that sets thousands apart in most ``cells`` of a column that have one.

    Not one before which fractions stand in that column: 1.234 beside 0.5 is no thousand.
    """
    uses = dict.fromkeys(SEPARATORS, 0)
    fractions, thousands = set[str](), set[str]()
    for cell in cells:
        try:
            plain = value_of("", cell)
        except Refused:
            continue
        whole = match[1] if (match := _WHOLE.fullmatch(plain)) else plain
        for sign, grouped in _GROUPED.items():
            fits = grouped.fullmatch(whole) or (sign == "," and _LAKHS.fullmatch(whole))
            uses[sign] += bool(fits)
            if fits and (whole != plain or whole.count(sign) > 1):
                thousands.add(sign)
        match = _FRACTION.fullmatch(plain)
        if match and not _GROUPED[match[1]].fullmatch(plain):
            fractions.add(match[1])
    unclear = fractions - thousands
    return max((sign for sign in SEPARATORS if sign not in unclear), key=lambda sign: uses[sign])
