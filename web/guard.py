"""Who may ask, and what a browser may do with the answer."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "x-content-type-options": "nosniff",
    # Covers may come from the platform's servers, which need not know where they are looked at.
    "referrer-policy": "no-referrer",
    "content-security-policy": "frame-ancestors 'none'",
}


class SafeHeaders:
    """ASGI middleware: the headers above on every answer that does not set them itself."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and add to the answer's head."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


class OwnPages:
    """ASGI middleware: a WebSocket is opened by our own pages only.

    Browsers let any page open one to any address, so another program's page on this machine
    could drive the dashboard. A program that is no browser sends no Origin, and may.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse a WebSocket whose Origin is not the Host it asks."""
        if scope["type"] == "websocket":
            headers = Headers(scope=scope)
            origin = headers.get("origin")
            if origin is not None and urlsplit(origin).netloc != headers.get("host"):
                await send({"type": "websocket.close", "code": 1008})
                return
        await self.app(scope, receive, send)


def known_hosts(app: ASGIApp, names: Sequence[str]) -> ASGIApp:
    """Only requests to these names reach ``app``: a foreign name that points here does not.

    Streamlit checks them for its WebSocket only.
    """
    bracketed = [f"[{name}]" for name in names if ":" in name]
    return TrustedHostMiddleware(app, [*names, *bracketed], www_redirect=False)
