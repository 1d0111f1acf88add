"""Documents as bytes with their ETag.

The ETag is weak: it stands for what a document says, without the ``timestamp`` at which it was
computed. Two processes give the same one for the same numbers, and it changes with any of them,
be it by a new snapshot or because numbers have become stale.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

JSON: Final = "application/json"
PRIVATE: Final = "private, no-cache"
"""Each user's own, and asked for anew each time: a 304 costs next to nothing."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A document, ready to be sent as often as it is asked for."""

    body: bytes
    etag: str
    media_type: str = JSON

    def reply(self, request: Request) -> Response:
        """The document, or 304 where the client has it already."""
        headers = {"ETag": self.etag, "Cache-Control": PRIVATE, "Vary": "Authorization"}
        if has_it(request.headers.get("if-none-match"), self.etag):
            return Response(status_code=304, headers=headers)
        return Response(self.body, 200, headers, self.media_type)


def answer(document: Mapping[str, Any]) -> Answer:
    """``document`` as JSON."""
    said = {name: value for name, value in document.items() if name != "timestamp"}
    return Answer(_bytes(document), etag_of(_bytes(said)))


def text(said: str, media_type: str) -> Answer:
    """Plain text."""
    body = said.encode()
    return Answer(body, etag_of(body), media_type)


def etag_of(said: bytes) -> str:
    """The weak ETag of what is said."""
    return f'W/"{blake2b(said, digest_size=12).hexdigest()}"'


def has_it(if_none_match: str | None, etag: str) -> bool:
    """Whether one of the ETags that a client has is this one; weak and strong count alike."""
    if not if_none_match:
        return False
    wanted = etag.removeprefix("W/")
    given = (one.strip().removeprefix("W/") for one in if_none_match.split(","))
    return if_none_match.strip() == "*" or any(one == wanted for one in given)


def _bytes(document: Mapping[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
