"""Reading what a platform's JSON says, strictly: what is not clearly a number is unknown."""

import re
from collections.abc import Mapping
from typing import Any, Final

from snapshot_core.readings import Counts, video_counts

MAX_TEXT_CHARACTERS: Final = 4_000

_MAX_COUNTABLE: Final = 2**31
"""More videos than an account can have, and seconds than one can last."""

_JOINERS: Final = "\u200c\u200d"
"""They count as unprintable, and emoji and some scripts fall apart without them."""


def count(value: Any) -> int | None:
    """A whole number, also one written as a text; None for anything else.

    Negative and huge ones are given as they are: the store refuses them and says so.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,25}", value, re.ASCII):
        return int(value)
    return None


def bounded(value: Any) -> int | None:
    """A number of videos or seconds; None for what cannot be one, which no table has room for."""
    number = count(value)
    return number if number is not None and 0 <= number < _MAX_COUNTABLE else None


def instant(value: Any) -> int | None:
    """UTC seconds of a plausible instant, from 2005 to 2100; None for anything else."""
    seconds = count(value)
    return seconds if seconds is not None and 1_104_537_600 <= seconds < 4_102_444_800 else None


def text(value: Any) -> str | None:
    """A text without control characters, cut to `MAX_TEXT_CHARACTERS`; None where there is none."""
    if not isinstance(value, str):
        return None
    text = value[:MAX_TEXT_CHARACTERS]
    return "".join(c if c.isprintable() or c in _JOINERS else " " for c in text).strip() or None


def identifier(value: Any) -> str | None:
    """A platform's id: 1 to 100 letters, digits, ``-`` and ``_``, also where it is a number."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if isinstance(value, str) and re.fullmatch(r"[\w-]{1,100}", value, re.ASCII):
        return value
    return None


def https_url(value: Any) -> str | None:
    """An https address; None for anything else."""
    if isinstance(value, str) and value.startswith("https://") and value.isprintable():
        return value if len(value) <= MAX_TEXT_CHARACTERS and " " not in value else None
    return None


def nested(value: Any, *path: str) -> Any:
    """What stands at ``path`` in nested objects; None where the way ends."""
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value


def counts(place: Any, fields: Mapping[str, str]) -> Counts:
    """The counters of a video that stand in ``place``; ``fields`` are named by metrics."""
    return video_counts(**{metric: count(nested(place, name)) for metric, name in fields.items()})


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; what is no object is left out."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
