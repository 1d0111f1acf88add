"""Lists in pages. A cursor names a position in the order, not a row: rows that come and go between
two pages do no harm.

Where rows change their order, as videos do with each snapshot, some would be shown twice and some
never: there a cursor also names the state of the list, and expires with it.

Cursors are opaque to clients and checked: each is valid only for the list it was made for.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from struct import Struct
from typing import Annotated, Final, Generic, TypeAlias, TypeVar

from fastapi import HTTPException, Query

from snapshot_core.errors import NotFound

T = TypeVar("T")
Rank: TypeAlias = tuple[int, int, int, int]
"""The position of a row in its list: smaller ranks come first, no two are equal."""

_RANK: Final = Struct(">4q")
_STATE_BYTES: Final = 6
_CHECK_BYTES: Final = 7
"""With the 32 bytes of the rank and those of the state they fill 60 characters."""
LIST_CHANGED: Final = "The list has changed since its first page. Start again without a cursor."

Limit: TypeAlias = Annotated[
    int, Query(ge=1, le=500, description="The number of rows on a page.", examples=[100])
]
Cursor: TypeAlias = Annotated[
    str | None,
    Query(
        pattern=r"^[A-Za-z0-9_-]{60}$",
        description="`next` of the previous page; leave it out for the first page.",
    ),
]


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list."""

    rows: Sequence[T]
    next: str | None
    """The cursor of the next page; None on the last."""


def page(
    rows: Sequence[T],
    rank: Callable[[T], Rank],
    limit: int,
    cursor: str | None,
    list_key: Hashable,
    state: Hashable = None,
) -> Page[T]:
    """The page of ``rows`` (in the order of ``rank``) after ``cursor``.

    ``list_key`` names the list; ``state`` changes whenever rows change their order. Raises
    `NotFound` for a cursor of another list, and `HTTPException` (410) for one of another state.
    """
    digest = _digest(state, _STATE_BYTES)
    start = 0
    if cursor is not None:
        start = bisect_right(rows, _rank_at(cursor, list_key, digest), key=rank)
    shown = rows[start : start + limit]
    more = start + limit < len(rows)
    return Page(shown, _cursor(rank(shown[-1]), list_key, digest) if more else None)


def _cursor(rank: Rank, list_key: Hashable, state: bytes) -> str:
    content = _RANK.pack(*rank) + state
    check = _digest((content, list_key), _CHECK_BYTES)
    return urlsafe_b64encode(content + check).decode("ascii")


def _rank_at(cursor: str, list_key: Hashable, state: bytes) -> Rank:
    raw = urlsafe_b64decode(cursor)
    content, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    if check != _digest((content, list_key), _CHECK_BYTES):
        raise NotFound("There is no page at this cursor. Start again without one.")
    if content[_RANK.size :] != state:
        raise HTTPException(410, LIST_CHANGED)
    first, second, third, fourth = _RANK.unpack(content[: _RANK.size])
    return first, second, third, fourth


def _digest(value: Hashable, size: int) -> bytes:
    return blake2b(repr(value).encode(), digest_size=size).digest()
