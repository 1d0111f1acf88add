"""Tags that a user gives to videos: what one may look like."""

import re
from typing import Final

from snapshot_core.errors import InputError
from snapshot_core.names import as_typed

MAX_TAG_CHARACTERS: Final = 40
MAX_TAGS_PER_VIDEO: Final = 20
_BLANKS: Final = re.compile(r"\s+")


def as_tag(text: str) -> str:
    """What ``text`` is as a tag: in lower case, with single blanks, without ``#`` in front.

    What people type in different ways is one tag.
    """
    return _BLANKS.sub(" ", as_typed(text).lstrip("#").lower()).strip()


def tag_of(text: str) -> str:
    """The same of a tag to be given to a video. Raises `InputError` for what can be none."""
    tag = as_tag(text)
    if not tag or len(tag) > MAX_TAG_CHARACTERS or not tag.isprintable():
        raise InputError(f"A tag has 1 to {MAX_TAG_CHARACTERS} characters, all of them printable.")
    if "," in tag:
        raise InputError("A tag has no comma in it. Add one tag after the other.")
    return tag
