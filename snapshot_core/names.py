"""Names as people see them: what looks the same is the same."""

import re
from functools import lru_cache
from typing import Final
from unicodedata import category, normalize

_BLANKS: Final = re.compile(r"\s+")
# Of both cases, and after folding: letters of other scripts that no eye tells from Latin ones.
_LOOKALIKES: Final = str.maketrans("аеорсхуіјѕο", "aeopcxyijso")


def without_invisible(text: str) -> str:
    """``text`` without characters that nobody sees: byte order marks, zero-width blanks."""
    if text.isascii():
        return text
    return "".join(character for character in text if category(character) != "Cf")


def as_typed(text: str) -> str:
    """``text`` in letters of usual width and form, all of them visible."""
    return normalize("NFKC", without_invisible(text)).strip()


@lru_cache(maxsize=4096)
def name_key(name: str) -> str:
    """What names that look the same to a person have in common.

    Case, width and form of letters, kinds and numbers of blanks, and what is invisible make no
    difference, nor do the Cyrillic and Greek letters that look like Latin ones.
    """
    folded = normalize("NFKC", as_typed(name).casefold()).translate(_LOOKALIKES)
    return _BLANKS.sub(" ", folded).strip()
