"""The cells of a table: text in; a value, or why there is none, out."""

import re
from datetime import UTC, datetime
from typing import Any, Final
from unicodedata import category

from snapshot_core.readings import LARGEST_COUNT
from snapshot_core.windows import instant

EARLIEST: Final = instant(datetime(2005, 1, 1, tzinfo=UTC))
MAX_NAME_LENGTH: Final = 200
MAX_TITLE_LENGTH: Final = 10_000
"""Characters. No platform has longer ones, and as CSV its row is a sane line, however quoted."""
MAX_VALUE_LENGTH: Final = 100
"""Characters of a date or a number, and the blanks in it."""
CLOCK_TOLERANCE_SECONDS: Final = 300
"""How far another machine's clock may be ahead of ours."""
STATUSES: Final = {"": None, "complete": "complete", "partial": "partial"}
BOOLEANS: Final = {"": None, "true": True, "false": False}


class Refused(Exception):
    """A row is wrong; the message says where and what to do."""


def shortened(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "…")


def value_of(name: str, text: str) -> str:
    """A cell of a date or a number, without blanks around. `Refused` where it can be neither."""
    text = text.strip()
    if len(text) > MAX_VALUE_LENGTH:
        raise Refused(f"{name} {shortened(text)} is longer than any date or number: check the row")
    return text


def word_of(name: str, text: str, words: dict[str, Any]) -> Any:
    if not text:
        return None
    try:
        return words[text.strip().lower()]
    except KeyError:
        known = " or ".join(word for word in words if word)
        raise Refused(f"{name} {shortened(text)}: write {known}, or leave it empty") from None


def name_of(name: str, text: str) -> str:
    """A name or an id as it may be stored and shown: one line, of a bearable length."""
    text = text.strip()
    if len(text) > MAX_NAME_LENGTH:
        raise Refused(f"{name} is longer than {MAX_NAME_LENGTH} characters: shorten it")
    if any(category(character) == "Cc" for character in text):
        raise Refused(f"{name} {shortened(text)} has control characters: take them out")
    return text


def title_of(text: str) -> str:
    """A title as it may be stored; it may have several lines."""
    if len(text) > MAX_TITLE_LENGTH:
        raise Refused(f"title is longer than {MAX_TITLE_LENGTH:,} characters: shorten it")
    if "\0" in text:
        raise Refused(f"title {shortened(text)} has a NUL character: take it out")
    return text


def count_of(name: str, text: str) -> int | None:
    if not text or not (text := text.strip()):
        return None
    plain = text.isascii() and text.isdigit()
    if plain and len(text) <= 19 and (count := int(text)) <= LARGEST_COUNT:
        return count
    if plain:
        remedy = "larger than any platform counts: check the column"
    elif re.fullmatch(r"-\d+", text[:MAX_VALUE_LENGTH]):
        remedy = "a total is never negative; it may have been cut to 32 bits: export it again"
    else:
        remedy = "write a whole number in plain digits, or leave it empty if unknown"
    raise Refused(f"{name} {shortened(text)}: {remedy}")


def instant_of(name: str, text: str, now: int) -> int | None:
    text = value_of(name, text)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        wrong = "is not an instant: write it as 2026-01-31T22:00:00Z"
        raise Refused(f"{name} {shortened(text)} {wrong}") from None
    if moment.tzinfo is None:
        wrong = "has no time zone: write UTC, as in 2026-01-31T22:00:00Z"
    elif (at := instant(moment)) > now + CLOCK_TOLERANCE_SECONDS:
        wrong = "is in the future: check the time zone and this machine's clock"
    elif at < EARLIEST:
        wrong = "is before 2005: check the date"
    else:
        return at
    raise Refused(f"{name} {shortened(text)} {wrong}")
