"""What is refused under /api before the API hears of it, in the API's own form."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from starlette.datastructures import Headers
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

MEDIA_TYPE: Final = "application/problem+json"


class Problems:
    """ASGI middleware: a refusal under /api is an RFC 9457 document, whoever makes it."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and put a refusal in words into a document with the same status."""
        if scope["type"] != "http" or not f"{scope['path']}/".startswith("/api/"):
            return await self.app(scope, receive, send)
        refused: Message | None = None
        said = b""

        async def told(message: Message) -> None:
            nonlocal refused, said
            if message["type"] == "http.response.start" and _is_foreign(message):
                refused = message
            elif refused is None:
                await send(message)
            else:
                said += message.get("body", b"")
                if not message.get("more_body"):
                    detail = said.decode("utf-8", "replace").strip()
                    await problem(refused["status"], detail)(scope, receive, send)

        return await self.app(scope, receive, told)


def _is_foreign(head: Message) -> bool:
    kind = Headers(raw=head["headers"]).get("content-type", "text/plain")
    return head["status"] >= 400 and kind.startswith("text/")


def problem(
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
) -> JSONResponse:
    """The answer that says what is wrong and what to do; ``errors`` places it in the request."""
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
