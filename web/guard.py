"""Who may ask, and what a browser may do with the answer."""

from collections.abc import Sequence

from starlette.datastructures import MutableHeaders
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


def known_hosts(app: ASGIApp, names: Sequence[str]) -> ASGIApp:
    """Only requests to these names reach ``app``: a foreign name that points here does not.

    Streamlit checks them for its WebSocket only.
    """
    bracketed = [f"[{name}]" for name in names if ":" in name]
    return TrustedHostMiddleware(app, [*names, *bracketed], www_redirect=False)
