"""What HTTP asks of every address alike: HEAD, OPTIONS, sizes, and headers of every answer."""

import re
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import ALLOWANCE
from api.errors import NOTHING, problem
from web.policy import HEADERS

LARGEST: Final = 16_384
"""Bytes of a request's body. None of ours needs one."""
HEAD: Final = "truegrowth.head"
"""Set in the scope of a HEAD request: its body will not be sent, so none need be made."""
PREFIX: Final = "/api"
SAFE: Final = [
    *((name.encode(), value.encode()) for name, value in HEADERS.items()),
    # The reference has a style of its own, and nothing here has a script.
    (
        b"content-security-policy",
        b"default-src 'none'; script-src 'none'; style-src 'unsafe-inline'; img-src 'self'; "
        b"frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    ),
]
"""On every answer, be it the dashboard's server that gives it or one of our own."""
_LENGTH: Final = re.compile(r"[0-9]{1,9}")


class Manners:
    """ASGI middleware, around all that the API answers, faults of ours included."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what is small enough, as GET where it is HEAD; finish the answer's head."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        scope = dict(scope)
        method = scope["method"]
        if method == "HEAD":
            scope["method"], scope[HEAD] = "GET", True
        answer = _Answer(scope, method, send)
        if "app_root_path" not in scope:  # not mounted: the same addresses all the same
            scope["root_path"] = scope.get("root_path", "").rstrip("/") + PREFIX
            if not scope["path"].startswith(scope["root_path"] + "/"):
                return await problem(404, NOTHING)(scope, receive, answer)
        headers = Headers(scope=scope)
        if headers.get("transfer-encoding"):
            small, receive = await _drained(receive)
        else:
            length = headers.get("content-length", "0")
            # Python itself refuses to read a number of thousands of digits.
            small = bool(_LENGTH.fullmatch(length)) and int(length) <= LARGEST
        if not small:
            said = f"A request may have {LARGEST:,} bytes and needs none."
            return await problem(413, said)(scope, receive, answer)
        return await self.app(scope, receive, answer)


class _Answer:
    """Sends on what the routes answer."""

    def __init__(self, scope: Scope, method: str, send: Send) -> None:
        self.scope, self.method, self.send = scope, method, send
        self.bodiless = method == "HEAD"
        self.ended = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"].extend(SAFE)
            if message["status"] == 405:
                self._allow(message, MutableHeaders(scope=message))
            if (allowance := self.scope.get(ALLOWANCE)) is not None:
                message["headers"].extend(allowance.headers())
            await self.send(message)
        elif not self.bodiless:
            await self.send(message)
        elif not self.ended:
            self.ended = True
            await self.send({"type": "http.response.body", "body": b""})

    def _allow(self, message: Message, headers: MutableHeaders) -> None:
        """Routes know of their own methods only; HEAD and OPTIONS are understood by us."""
        allowed = {method.strip() for method in headers.get("allow", "").split(",")}
        if "GET" in allowed:
            allowed.add("HEAD")
        headers["allow"] = ", ".join(sorted({*allowed, "OPTIONS"}))
        if self.method == "OPTIONS":
            message["status"], self.bodiless = 204, True
            for name in ("content-length", "content-type"):
                del headers[name]


async def _drained(receive: Receive) -> tuple[bool, Receive]:
    """Read a body that does not say how long it is; whether it was small, and what is left."""
    size, more = 0, True
    while more and size <= LARGEST:
        message = await receive()
        size += len(message.get("body", b""))
        more = message.get("more_body", False)
    read = False

    async def rest() -> Message:
        nonlocal read
        if read:
            return await receive()
        read = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return size <= LARGEST, rest
