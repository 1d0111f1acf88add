"""Texts in a cell: names, titles, words, and what stands for a value that is unknown."""

import re
from typing import Any, Final
from unicodedata import category, decimal

from snapshot_core.names import without_invisible

MAX_NAME_LENGTH: Final = 200
MAX_TITLE_LENGTH: Final = 10_000
"""Characters. No platform has longer ones, and as CSV its row is a sane line, however quoted."""
MAX_VALUE_LENGTH: Final = 100
"""Characters of a date or a number, and the blanks in it."""
STATUSES: Final = {"": None, "complete": "complete", "partial": "partial"}
BOOLEANS: Final = {"": None, "true": True, "false": False}

NO_VALUE: Final = frozenset(
    ["n/a", "#n/a", "na", "nan", "null", "none", "nil", "undefined", r"\n", "unknown"]
)
"""What programs write for a value that they do not have, in lower case."""
_DASHES: Final = frozenset("-–—−")
_AS_TEXT: Final = re.compile(r'="((?:[^"]|"")*)"')
"""A formula that only keeps a spreadsheet from taking a text for a number."""
SPREADSHEET_ERROR: Final = re.compile(
    r"#(?:REF|VALUE|DIV/0|NAME|NUM|NULL|ERROR|SPILL|CALC|FIELD|BLOCKED|CONNECT|GETTING_DATA)[!?]?"
    r"|Err:\d{3}"
)
_SIGNS: Final = {
    **dict.fromkeys("’‘ʼ′`´", "'"),
    **dict.fromkeys("−‒–", "-"),
    "\u066b": ".",  # the Arabic decimal sign, and the one between thousands
    "\u066c": ",",
    "\u060c": ",",
}


class Refused(Exception):
    """A row is wrong; the message says where and what to do."""


def shortened(text: str) -> str:
    """``text`` as a message can quote it."""
    return repr(text if len(text) <= 40 else text[:40] + "…")


def value_of(name: str, text: str) -> str:
    """A cell of a date or a number in plain characters, without blanks around; "" is unknown.

    `Refused` where it can be neither.
    """
    text = text.strip()
    if len(text) > MAX_VALUE_LENGTH:
        raise Refused(f"{name} {shortened(text)} is longer than any date or number: check the row")
    plain = plain_characters(as_text(text))
    if is_unknown(plain):
        return ""
    if SPREADSHEET_ERROR.fullmatch(plain):
        raise Refused(
            f"{name} {shortened(text)} is an error of a spreadsheet: mend its formula, or leave "
            "the cell empty if unknown"
        )
    return plain


def plain_characters(text: str) -> str:
    """Digits, blanks, dashes and apostrophes of any script and width as ASCII has them."""
    if text.isascii():
        return text
    return "".join(map(_plain, without_invisible(text))).strip()


def _plain(character: str) -> str:
    if character.isspace():
        return " "
    digit = decimal(character, None)
    if digit is not None:
        return str(digit)
    wide = 0xFF01 <= ord(character) <= 0xFF5E  # of a Japanese or Chinese keyboard
    return chr(ord(character) - 0xFEE0) if wide else _SIGNS.get(character, character)


def as_text(text: str) -> str:
    """The text that a cell such as ``="123"`` shows."""
    match = _AS_TEXT.fullmatch(text) if text[:1] == "=" else None
    return text if match is None else match[1].replace('""', '"').strip()


def is_unknown(text: str) -> bool:
    """Whether a date or a number is left open."""
    return not text or set(text) <= _DASHES or text.lower() in NO_VALUE


def is_blank(cells: list[str]) -> bool:
    """Whether nothing is written in a row."""
    return not any(without_invisible(cell).strip() for cell in cells)


def word_of(name: str, text: str, words: dict[str, Any]) -> Any:
    """What one of a few ``words`` stands for; None where there is none."""
    if not text:
        return None
    try:
        return words[plain_characters(text).strip().lower()]
    except KeyError:
        known = " or ".join(word for word in words if word)
        raise Refused(f"{name} {shortened(text)}: write {known}, or leave it empty") from None


def name_of(name: str, text: str) -> str:
    """A name or an id as it may be stored and shown: one line, of a bearable length."""
    text = text.strip()
    if not text.isascii():
        text = text.strip("\ufeff\u200b\u200e\u200f\u2060 \t\r\n\u00a0").strip()
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
