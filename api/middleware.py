"""What applies to every address alike: HEAD, OPTIONS, request sizes, headers of every response."""

import re
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import ALLOWANCE
from api.errors import NO_SUCH_ADDRESS
from web.policy import HEADERS
from web.problems import problem

MAX_BODY_BYTES: Final = 16_384
"""Of a request. None of ours needs a body."""
IS_HEAD: Final = "truegrowth.head"
"""Set in the scope of a HEAD request: its body is not sent, so none need be made."""
PREFIX: Final = "/api"
SECURITY_HEADERS: Final = HEADERS | {
    # The reference page has a style of its own, and nothing here has a script.
    "content-security-policy": "default-src 'none'; script-src 'none'; style-src 'unsafe-inline'; "
    "img-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
}
"""On every response, whether the dashboard's server sends it or one of its own."""
_LENGTH: Final = re.compile(r"[0-9]{1,9}")


class HttpMiddleware:
    """ASGI middleware around all of the API, its internal errors included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on requests that are small enough, HEAD as GET; complete the response headers."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        scope = dict(scope)
        method = scope["method"]
        if method == "HEAD":
            scope["method"], scope[IS_HEAD] = "GET", True
        sender = _Sender(scope, method, send)
        if "app_root_path" not in scope:  # not mounted: the same addresses nevertheless
            scope["root_path"] = scope.get("root_path", "").rstrip("/") + PREFIX
            if not scope["path"].startswith(scope["root_path"] + "/"):
                return await problem(404, NO_SUCH_ADDRESS)(scope, receive, sender)
        headers = Headers(scope=scope)
        if headers.get("transfer-encoding"):
            small = await _read_body(receive)
            receive = _empty_body_before(receive)
        else:
            length = headers.get("content-length", "0")
            # Python itself refuses to parse a number of thousands of digits.
            small = bool(_LENGTH.fullmatch(length)) and int(length) <= MAX_BODY_BYTES
        if not small:
            detail = f"The body of a request may have {MAX_BODY_BYTES:,} bytes; none is needed."
            return await problem(413, detail)(scope, receive, sender)
        return await self.app(scope, receive, sender)


class _Sender:
    """Sends the messages of a response, with the headers that all responses have."""

    def __init__(self, scope: Scope, method: str, send: Send) -> None:
        self.scope, self.method, self.send = scope, method, send
        self.bodiless = method == "HEAD"
        self.ended = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            if message["status"] == 405:
                self._complete_allow(message, headers)
            if (allowance := self.scope.get(ALLOWANCE)) is not None:
                message["headers"].extend(allowance.headers())
            await self.send(message)
        elif not self.bodiless:
            await self.send(message)
        elif not self.ended:
            self.ended = True
            await self.send({"type": "http.response.body", "body": b""})

    def _complete_allow(self, message: Message, headers: MutableHeaders) -> None:
        """Add HEAD and OPTIONS, which routes do not know of; answer OPTIONS itself."""
        allowed = {method.strip() for method in headers.get("allow", "").split(",")}
        if "GET" in allowed:
            allowed.add("HEAD")
        headers["allow"] = ", ".join(sorted({*allowed, "OPTIONS"}))
        if self.method == "OPTIONS":
            message["status"], self.bodiless = 204, True
            for name in ("content-length", "content-type"):
                del headers[name]


async def _read_body(receive: Receive) -> bool:
    """Read a body of unknown length, as far as it is allowed; whether that is all of it."""
    size, more = 0, True
    while more and size <= MAX_BODY_BYTES:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    return size <= MAX_BODY_BYTES


def _empty_body_before(receive: Receive) -> Receive:
    messages: list[Message] = [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive_rest() -> Message:
        return messages.pop() if messages else await receive()

    return receive_rest
