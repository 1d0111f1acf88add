"""The cells of somebody else's table: dates and numbers by one rule for the whole column."""

import re
from datetime import date, datetime, time
from typing import Final, Literal
from zoneinfo import ZoneInfo

from snapshot_core.formats.cells import Refused, count_of, shortened, value_of
from snapshot_core.formats.tiktok_studio.days import day_of
from snapshot_core.formats.tiktok_studio.rows import LINK
from snapshot_core.windows import instant

DateForm = Literal["year first", "day first", "month first"]

DATE_FORMS: Final[tuple[DateForm, ...]] = ("year first", "day first", "month first")
MAX_ADDRESS_LENGTH: Final = 2_000
"""Characters. No browser makes longer ones of a video."""
SEPARATORS: Final = ("", ",", ".", " ", "'")
"""Signs between thousands; the first is none."""
_SPACES: Final = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "’": "'"})
_GROUPED: Final = {
    sign: re.compile(rf"\d{{1,3}}(?:{re.escape(sign)}\d{{3}})+") for sign in SEPARATORS if sign
}

_YEAR, _MONTH, _DATE = r"(?P<year>\d{4})", r"(?P<month>\d\d?)", r"(?P<day>\d\d?)"
_SIGN, _SAME = r"(?P<sign>[-/.])", r"(?P=sign)"
_DAY: Final = {
    "year first": re.compile(_YEAR + _SIGN + _MONTH + _SAME + _DATE),
    "day first": re.compile(_DATE + _SIGN + _MONTH + _SAME + _YEAR),
    "month first": re.compile(_MONTH + _SIGN + _DATE + _SAME + _YEAR),
}
_CLOCK: Final = re.compile(
    r"(?:[T ]|, )\s*+(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d++)?)?"
    r"\s*+(?:(?P<half>[AaPp])\.?[Mm]\.?)?\s*+(?P<zone>Z|UTC|[+-]\d\d:?\d\d)?"
)
_ADDRESSES: Final = (
    LINK,
    re.compile(
        r"https?://(?:www\.|m\.)?youtube\.com/"
        r"(?:shorts/|watch\?(?:(?!v=)[^\s&]*+&)*+v=)(?P<id>[\w-]{11})(?:[&?#/]\S*+)?"
    ),
    re.compile(r"https?://youtu\.be/(?P<id>[\w-]{11})(?:[?#]\S*)?"),
)


def video_of(name: str, text: str) -> str:
    """The id of a video, which may stand there as its address."""
    for address in _ADDRESSES if len(text) <= MAX_ADDRESS_LENGTH else ():
        if match := address.fullmatch(text):
            return match["id"]
    if "://" in text:
        raise Refused(f"{name} {shortened(text)} is no address of a video: give its id")
    return text


def number_of(name: str, text: str, separator: str) -> int | None:
    """A count whose thousands are set apart by ``separator``, all of them or none."""
    plain = value_of(name, text).translate(_SPACES)
    if separator and _GROUPED[separator].fullmatch(plain):
        plain = plain.replace(separator, "")
    return count_of(name, plain)


def moment_of(name: str, text: str, form: DateForm, zone: ZoneInfo) -> tuple[date, int | None]:
    """The day, and the instant where a time is given; in ``zone`` where no other is."""
    plain = value_of(name, text).translate(_SPACES)
    day, rest = _day_of(plain, form)
    clock = _CLOCK.fullmatch(rest) if rest else None
    if day is None or (rest and clock is None):
        raise Refused(f"{name} {shortened(text)} is not a date with the {form}")
    if clock is None:
        return day, None
    hour = int(clock["hour"])
    if half := (clock["half"] or "").lower():
        hour = hour % 12 + (12 if half == "p" else 0) if 1 <= hour <= 12 else 99
    try:
        at = time(hour, int(clock["minute"]), int(clock["second"] or 0))
        given = clock["zone"]
        if given is None:
            return day, local_instant(name, text, datetime.combine(day, at), zone)
        offset = "+00:00" if given in ("Z", "UTC") else given
        return day, instant(datetime.fromisoformat(f"{day}T{at}{offset}"))
    except ValueError:
        raise Refused(f"{name} {shortened(text)} has no such time of day") from None


def local_instant(name: str, text: str, moment: datetime, zone: ZoneInfo) -> int:
    """The instant at which the clocks of ``zone`` show ``moment``, the first where twice."""
    at = instant(moment.replace(tzinfo=zone))
    if datetime.fromtimestamp(at, zone).replace(tzinfo=None) != moment:
        raise Refused(f"{name} {shortened(text)}: the clocks of {zone.key} skipped that time")
    return at


def _day_of(text: str, form: DateForm) -> tuple[date | None, str]:
    """The day that ``text`` begins with, and what follows it."""
    # A year in front cannot be taken for anything else.
    match = _DAY[form].match(text) or _DAY["year first"].match(text)
    if match is None:
        # Neither can a month that is written out.
        words, colon, _ = text.partition(":")
        head = _without_hour(words) if colon else words
        named = day_of(head)
        day = named.in_year(named.year) if named and named.year is not None else None
        return day, text[len(head) :]
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None, ""
    rest = text[match.end() :]
    return (None, "") if rest[:1].isdigit() else (day, rest)


def _without_hour(text: str) -> str:
    """What stands before an hour, at the end of ``text``, and before the comma in front of it."""
    digits = next((count for count in (2, 1) if text[-count:].isdecimal()), 0)
    return text[:-digits].rstrip().removesuffix(",") if digits else text
