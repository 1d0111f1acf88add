"""Texts in a CSV that no spreadsheet runs, and that come back exactly.

A formula gets an apostrophe more than it has, escaped or not; reading takes one off. That is so at
the beginning of a cell, as ever. A spreadsheet that divides by semicolons or tabs sees cells
begin elsewhere too: where a text of a row has a formula there, all texts of the row have
apostrophes inside as well, and an apostrophe before the row's ``status`` says so.
"""

import re
from typing import Final

MARK: Final = "'"

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r\n]")
_SIGNS: Final = "=+\\-@\uff1d\uff0b\uff0d\uff20"
"""The last four are the wide ones of a Japanese or Chinese keyboard."""
_APART: Final = re.compile(r"[;\t\r\n]")
_PLACES: Final = re.compile(
    rf"\A('*+)(?=[=+\-@\t\r\n])|((?:\A|[;\t\r\n])[\s\"]*+)('*+)(?=([{_SIGNS}])?)"
)
"""Where some spreadsheet begins a cell; blanks and quotation marks may not show in it. Each sign is
looked at once, however many there are."""


def escaped(account: str, video_id: str, title: str) -> tuple[str, tuple[str, str, str]]:
    """``'`` or nothing, to begin the status with, and the texts of a row."""
    at_first = _marked_at_start(account), _marked_at_start(video_id), _marked_at_start(title)
    inside = _marked_inside(account), _marked_inside(video_id), _marked_inside(title)
    return ("", at_first) if inside == at_first else (MARK, inside)


def unescaped(text: str, *, inside: bool) -> str:
    """The text of a cell. ``inside``: of a row whose status has the apostrophe."""
    if inside:
        return _PLACES.sub(_mark_removed, text)
    return text[1:] if text[:1] == "'" and _FORMULA.match(text) else text


def _marked_at_start(text: str) -> str:
    return "'" + text if _FORMULA.match(text) else text


def _marked_inside(text: str) -> str:
    if text[:1].isalnum() and not _APART.search(text):
        return text  # as nearly all are
    return _PLACES.sub(_mark_added, text)


def _mark_added(match: re.Match[str]) -> str:
    first, before, marks, formula = match.groups()
    if first is not None:
        return f"'{first}"
    return f"{before}'{marks}" if formula else match[0]


def _mark_removed(match: re.Match[str]) -> str:
    first, before, marks, formula = match.groups()
    if first is not None:
        return str(first[1:])
    return f"{before}{marks[1:]}" if formula else match[0]
