"""Lists in pages. A cursor says after which place to go on, not which row: rows that come and
go in between do no harm.

Opaque to clients, and checked: it is good for the list it was made for and nothing else.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from bisect import bisect_right
from collections.abc import Callable, Hashable, Sequence
from hashlib import blake2b
from struct import Struct
from typing import Annotated, Final, TypeVar

from fastapi import Query

from snapshot_core.errors import NotFound

T = TypeVar("T")
Rank = tuple[int, int, int, int]
"""Where a row stands in its list: smaller ones come first, no two are alike."""

_PLACE: Final = Struct(">4q")
_CHECK: Final = 7
"""Bytes; with the 32 of the place they fill 52 characters."""

Limit = Annotated[int, Query(ge=1, le=500, description="Rows of a page.", examples=[100])]
Cursor = Annotated[
    str | None,
    Query(
        pattern=r"^[A-Za-z0-9_-]{52}$",
        description="`next` of the page before; leave it out for the first page.",
    ),
]


def page(
    rows: Sequence[T],
    rank: Callable[[T], Rank],
    limit: int,
    cursor: str | None,
    of: Hashable,
) -> tuple[Sequence[T], str | None]:
    """The page of ``rows`` (in the order of ``rank``) after ``cursor``, and the next cursor.

    ``of`` names the list. Raises `NotFound` for a cursor of another list.
    """
    start = 0 if cursor is None else bisect_right(rows, _place(cursor, of), key=rank)
    shown = rows[start : start + limit]
    more = start + limit < len(rows)
    return shown, _cursor(rank(shown[-1]), of) if more else None


def _cursor(place: Rank, of: Hashable) -> str:
    packed = _PLACE.pack(*place)
    return urlsafe_b64encode(packed + _check(packed, of)).decode("ascii")


def _place(cursor: str, of: Hashable) -> Rank:
    raw = urlsafe_b64decode(cursor)
    packed = raw[: _PLACE.size]
    if raw[_PLACE.size :] != _check(packed, of):
        raise NotFound("There is no page at this cursor: begin again without one.")
    first, second, third, fourth = _PLACE.unpack(packed)
    return first, second, third, fourth


def _check(packed: bytes, of: Hashable) -> bytes:
    return blake2b(packed + repr(of).encode(), digest_size=_CHECK).digest()
