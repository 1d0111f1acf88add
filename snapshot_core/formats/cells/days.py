"""Dates as tables write them: one order of day, month and year for a whole file."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from snapshot_core.formats.cells.named_days import day_of
from snapshot_core.formats.cells.text import Refused, value_of

DateForm = Literal["year first", "day first", "month first"]

DATE_FORMS: Final[tuple[DateForm, ...]] = ("year first", "day first", "month first")

_YEAR, _MONTH, _DATE = r"(?P<year>\d{4})", r"(?P<month>\d\d?)", r"(?P<day>\d\d?)"
_SIGN, _SAME = r"(?P<sign>[-/.]) ?", r"(?P=sign) ?"
_DAY: Final = {
    "year first": re.compile(_YEAR + _SIGN + _MONTH + _SAME + _DATE),
    "day first": re.compile(_DATE + _SIGN + _MONTH + _SAME + _YEAR),
    "month first": re.compile(_MONTH + _SIGN + _DATE + _SAME + _YEAR),
}
_COMPACT: Final = re.compile(r"(?P<year>20\d\d)(?P<month>\d\d)(?P<day>\d\d)(?!\d)")
_WEEKDAY: Final = re.compile(r"(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? +", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DatedText:
    """A text that begins with a day."""

    day: date
    rest: str
    """What follows the day."""


def dated(plain: str, form: DateForm) -> DatedText | None:
    """The day that ``plain`` begins with; None where there is none in that form."""
    plain = _WEEKDAY.sub("", plain, count=1) if plain[:1].isalpha() else plain
    # A year in front cannot be taken for anything else.
    match = _DAY[form].match(plain) or _DAY["year first"].match(plain) or _COMPACT.match(plain)
    if match is None:
        return _spelled(plain)
    rest = plain[match.end() :]
    if rest[:1].isdigit():
        return None
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"]))
    except ValueError:
        return None
    return DatedText(day, "" if rest == "." else rest)


def _spelled(plain: str) -> DatedText | None:
    """The same where the month is written out, which cannot be taken for anything else either."""
    words, colon, _ = plain.partition(":")
    head = _without_hour(words) if colon else words
    named = day_of(head)
    day = named.in_year(named.year) if named and named.year is not None else None
    return None if day is None else DatedText(day, plain[len(head) :])


def _without_hour(text: str) -> str:
    """What stands before an hour, at the end of ``text``, and before the comma in front of it."""
    digits = next((count for count in (2, 1) if text[-count:].isdecimal()), 0)
    return text[:-digits].rstrip().removesuffix(",") if digits else text


def form_of(cells: Iterable[str]) -> DateForm | None:
    """The one way in which most dates can be read; None where there are two such ways."""
    readable = dict.fromkeys(DATE_FORMS, 0)
    for cell in cells:
        try:
            plain = value_of("", cell)
        except Refused:
            continue
        for form in DATE_FORMS:
            readable[form] += dated(plain, form) is not None
    best = [form for form in DATE_FORMS if readable[form] == max(readable.values())]
    return best[0] if "year first" in best or len(best) == 1 else None
