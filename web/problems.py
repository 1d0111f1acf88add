"""Errors under /api as RFC 9457 problem documents, also those raised before the API is reached."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEDIA_TYPE: Final = "application/problem+json"


class ProblemResponses:
    """ASGI middleware: turns every plain-text error under /api into a problem document."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on; replace a plain-text error by a document with the same status."""
        if scope["type"] != "http" or not f"{scope['path']}/".startswith("/api/"):
            return await self.app(scope, receive, send)
        error_start: Message | None = None
        text = b""

        async def send_problem(message: Message) -> None:
            nonlocal error_start, text
            if message["type"] == "http.response.start" and _is_text_error(message):
                error_start = message
            elif error_start is None:
                await send(message)
            else:
                text += message.get("body", b"")
                if not message.get("more_body"):
                    detail = text.decode("utf-8", "replace").strip()
                    await problem(error_start["status"], detail)(scope, receive, send)

        return await self.app(scope, receive, send_problem)


def _is_text_error(start: Message) -> bool:
    media_type = Headers(raw=start["headers"]).get("content-type", "text/plain")
    return start["status"] >= 400 and media_type.startswith("text/")


def problem(
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
) -> JSONResponse:
    """A response that says what is wrong and what to do; ``errors`` locates it in the request."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        document["errors"] = errors
    return JSONResponse(
        document, status, {"Cache-Control": "no-store", **(headers or {})}, MEDIA_TYPE
    )
