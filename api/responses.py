"""Documents as bytes with their ETag.

The ETag is weak: it stands for what a document says, without the ``timestamp`` at which it was
computed. Two processes give the same ETag for the same numbers, and it changes with any of them,
whether by a new snapshot or because the numbers have become stale.
"""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from snapshot_core.view.documents.fields import json_bytes

JSON: Final = "application/json"


@dataclass(frozen=True, slots=True)
class EncodedResponse:
    """A response body, ready to be sent any number of times."""

    body: bytes
    etag: str
    media_type: str = JSON

    def reply(self, request: Request) -> Response:
        """The body, or 304 if the client has it already."""
        headers = cache_headers(self.etag)
        if matches_etag(request.headers.get("if-none-match"), self.etag):
            return Response(status_code=304, headers=headers)
        return Response(self.body, 200, headers, self.media_type)


def cache_headers(etag: str) -> dict[str, str]:
    """Each user's own, and revalidated each time: a 304 costs next to nothing."""
    return {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Authorization"}


def encode(document: object) -> EncodedResponse:
    """A document of `snapshot_core.view.documents` as JSON."""
    return EncodedResponse(
        json_bytes(document), etag_of(json_bytes(document, without=frozenset({"timestamp"})))
    )


def encode_text(text: str, media_type: str) -> EncodedResponse:
    """Plain text."""
    body = text.encode()
    return EncodedResponse(body, etag_of(body), media_type)


def not_stored(document: object) -> Response:
    """The document as a response that no cache may store."""
    return Response(json_bytes(document), 200, {"Cache-Control": "no-store"}, JSON)


def etag_of(content: bytes) -> str:
    """The weak ETag of some content."""
    return f'W/"{blake2b(content, digest_size=12).hexdigest()}"'


def matches_etag(if_none_match: str | None, etag: str) -> bool:
    """Whether an ``If-None-Match`` header names ``etag``; weak and strong ETags compare equal."""
    if not if_none_match:
        return False
    wanted = etag.removeprefix("W/")
    client_etags = (part.strip().removeprefix("W/") for part in if_none_match.split(","))
    return if_none_match.strip() == "*" or wanted in client_etags
