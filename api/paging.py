"""Lists in pages. A cursor says after which place to go on, not which row: rows that come and
go in between do no harm.

Where rows change their places, as videos do with each snapshot, some would be shown twice and some
never: there a cursor also says in which state the list was, and ends with it.

Opaque to clients, and checked: it is good for the list it was made for and nothing else.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Callable, Hashable, Sequence
from hashlib import blake2b
from struct import Struct
from typing import Annotated, Final, TypeVar

from fastapi import HTTPException, Query

from snapshot_core.errors import NotFound

T = TypeVar("T")
Rank = tuple[int, int, int, int]
"""Where a row stands in its list: smaller ones come first, no two are alike."""

_PLACE: Final = Struct(">4q")
_STATE: Final = 6
_CHECK: Final = 7
"""Bytes; with the 32 of the place and those of the state they fill 60 characters."""
ENDED: Final = "The list has changed since its first page: begin again without a cursor."

Limit = Annotated[int, Query(ge=1, le=500, description="Rows of a page.", examples=[100])]
Cursor = Annotated[
    str | None,
    Query(
        pattern=r"^[A-Za-z0-9_-]{60}$",
        description="`next` of the page before; leave it out for the first page.",
    ),
]


def page(
    rows: Sequence[T],
    rank: Callable[[T], Rank],
    limit: int,
    cursor: str | None,
    of: Hashable,
    state: Hashable = None,
) -> tuple[Sequence[T], str | None]:
    """The page of ``rows`` (in the order of ``rank``) after ``cursor``, and the next cursor.

    ``of`` names the list; ``state`` changes whenever rows change their places. Raises `NotFound`
    for a cursor of another list, and `HTTPException` (410) for one of another state.
    """
    then = _digest(state, _STATE)
    start = 0 if cursor is None else bisect_right(rows, _place(cursor, of, then), key=rank)
    shown = rows[start : start + limit]
    more = start + limit < len(rows)
    return shown, _cursor(rank(shown[-1]), of, then) if more else None


def _cursor(place: Rank, of: Hashable, state: bytes) -> str:
    said = _PLACE.pack(*place) + state
    return urlsafe_b64encode(said + _digest((said, of), _CHECK)).decode("ascii")


def _place(cursor: str, of: Hashable, state: bytes) -> Rank:
    raw = urlsafe_b64decode(cursor)
    said, check = raw[:-_CHECK], raw[-_CHECK:]
    if check != _digest((said, of), _CHECK):
        raise NotFound("There is no page at this cursor: begin again without one.")
    if said[_PLACE.size :] != state:
        raise HTTPException(410, ENDED)
    first, second, third, fourth = _PLACE.unpack(said[: _PLACE.size])
    return first, second, third, fourth


def _digest(said: Hashable, size: int) -> bytes:
    return blake2b(repr(said).encode(), digest_size=size).digest()
