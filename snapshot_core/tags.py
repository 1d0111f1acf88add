"""Tags that a user gives to videos: what one may look like."""

import re
from typing import Final

from snapshot_core.errors import InputError
from snapshot_core.names import as_typed

MAX_TAG_CHARACTERS: Final = 40
MAX_TAGS_PER_VIDEO: Final = 20
_BLANKS: Final = re.compile(r"\s+")


def tag_of(text: str) -> str:
    """The tag that ``text`` names: in lower case, with single blanks, without ``#`` in front.

    What people type in different ways is one tag. Raises `InputError` for what can be none.
    """
    tag = _BLANKS.sub(" ", as_typed(text).lstrip("#").lower()).strip()
    if not tag or len(tag) > MAX_TAG_CHARACTERS or not tag.isprintable():
        raise InputError(f"A tag has 1 to {MAX_TAG_CHARACTERS} characters, all of them printable.")
    if "," in tag:
        raise InputError("A tag has no comma in it. Add one tag after the other.")
    return tag
