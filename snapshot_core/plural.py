"""Numbers of things in a sentence."""

from typing import Final


def plural(count: int, singular: str, several: str = "") -> str:
    """``1 video``, ``1,204 videos``.

    ``several``: what follows any other number, where that is more than an s: ``rows were``.
    """
    return f"{count:,} {singular if count == 1 else several or singular + 's'}"


_WORDS: Final = (
    *("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"),
    *("eleven", "twelve"),
)


def in_words(count: int) -> str:
    """``two``; from thirteen on in digits: ``1,204``."""
    return _WORDS[count] if 0 <= count < len(_WORDS) else f"{count:,}"
