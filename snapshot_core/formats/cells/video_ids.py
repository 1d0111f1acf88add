"""The id of a video in a cell: what spreadsheets, links and exports make of it, brought back."""

import re
from collections.abc import Iterable
from typing import Final

from snapshot_core.formats.cells.links import is_link, is_short_link, video_in_link
from snapshot_core.formats.cells.text import (
    NO_VALUE,
    SPREADSHEET_ERROR,
    Refused,
    as_text,
    name_of,
    plain_characters,
    shortened,
)
from snapshot_core.names import without_invisible

PLATFORM_ID: Final = re.compile(r"\d{15,20}|[A-Za-z0-9_-]{11}")
"""An id as TikTok gives it, or YouTube."""
LOST_DIGITS: Final = (
    "was turned into a number by a spreadsheet and has lost digits: export again and do not save "
    "the file from a spreadsheet, or give the video's link"
)
EXACT_DIGITS: Final = 15
"""As many of a number a spreadsheet keeps."""

_NUMBER: Final = re.compile(r"\d{15,20}")
_GROUPED: Final = re.compile(r"\d{1,3}([,.' _])\d{3}(?:\1\d{3}){3,}")
_POWER: Final = re.compile(r"(\d+)(?:[.,](\d*))?E(\+?)(\d+)", re.IGNORECASE)
_LABELLED: Final = re.compile(
    r"(?:[a-z_ ]{0,20}[:=#] ?|\+|0)([1-9]\d{17,18})|([1-9]\d{17,18})[/?&#].*", re.IGNORECASE
)
"""With what it is called before it, a zero or a plus, or the rest of an address behind it."""
_FRACTION: Final = re.compile(r"(\d+)\.(\d*)|(\d{12,}),(\d+)")


def video_id_of(name: str, text: str) -> str:
    """The id of a video, which may stand there as its address; "" where there is none.

    What a spreadsheet put around it or between its digits is taken off. Raises `Refused` where
    digits have been lost, or an address is of no video.
    """
    if text.isascii() and text.isdigit() and text[0] != "0":
        return name_of(name, text)
    text = as_text(without_invisible(text).strip())
    if is_link(text) or "://" in text:
        if (video := video_in_link(text)) is not None:
            return video
        if is_short_link(text):
            remedy = "is a short link: open it, and give the address that it leads to"
        else:
            remedy = "is no address of a video: give its id"
        raise Refused(f"{name} {shortened(text)} {remedy}")
    plain = name_of(name, text)
    if plain.lower() in NO_VALUE:
        return ""
    if SPREADSHEET_ERROR.fullmatch(plain):
        raise Refused(f"{name} {shortened(plain)} is an error of a spreadsheet: mend its formula")
    return _restored(name, plain)


def odd_ids(ids: Iterable[str]) -> set[str]:
    """Those of an account's ``ids`` that are no platform's, where nearly all of the others are."""
    texts = {text for text in ids if text}
    odd = {text for text in texts if not PLATFORM_ID.fullmatch(text)}
    others = texts - odd
    certain = len(others) > 1 or any(map(_NUMBER.fullmatch, others))
    return odd if certain and len(odd) <= max(1, len(texts) // 10) else set()


def _restored(name: str, plain: str) -> str:
    """An id without the marks of a spreadsheet or a keyboard. Raises `Refused`."""
    bare = plain_characters(plain)
    if not plain.isascii() and PLATFORM_ID.fullmatch(bare):
        plain = bare
    bare = bare.strip("'\"`")
    if _GROUPED.fullmatch(bare):
        bare = re.sub(r"\D", "", bare)
    if match := _LABELLED.fullmatch(bare):
        bare = match[1] or match[2]
    if _NUMBER.fullmatch(bare):
        return bare
    if match := _POWER.fullmatch(bare):
        first, rest, plus, exponent = match.groups()
        if rest is None and not plus:
            return plain  # an id may have an E in it
        whole = len(first) == 1 and len(rest or "") == int(exponent[:4])
        return _exact(name, plain, first + (rest or "") if whole else "")
    if match := _FRACTION.fullmatch(bare):
        number, fraction = match[1] or match[3], match[2] or match[4] or ""
        return _exact(name, plain, number if not fraction.strip("0") else "")
    return plain


def _exact(name: str, text: str, digits: str) -> str:
    """The id that a number is, if it has all of its digits; ``digits`` is "" where it has not."""
    if digits and (len(digits) <= EXACT_DIGITS or int(float(digits)) != int(digits)):
        return digits
    raise Refused(f"{name} {shortened(text)} {LOST_DIGITS}")
