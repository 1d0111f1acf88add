"""Who may ask, and what a browser may do with the answer."""

import re
from collections.abc import Sequence
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.policy import HEADERS, policy

LOCAL: Final = ("127.0.0.1", "localhost", "::1")
"""The names of this machine to itself."""
EXPOSED: Final = (
    "Nobody has to log in here, so this dashboard answers on this machine only. To share it, "
    "configure a login first: see docs/shared-installation.md."
)
FORWARDED: Final = ("forwarded", "x-forwarded-for", "x-real-ip")
"""What a proxy says of whom it asks for."""
_HOST: Final = re.compile(r"[\w.\-\[\]:]+", re.ASCII)


class SafeHeaders:
    """ASGI middleware: the headers of `web.policy` on every answer that does not set them."""

    def __init__(self, app: ASGIApp, policy: str = policy(), https: bool = False) -> None:
        """``https``: the dashboard is reached by https alone, so cookies need nothing else."""
        self.app, self.policy, self.https = app, policy, https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and add to the answer's head."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        host = Headers(scope=scope).get("host", "")
        named = host if _HOST.fullmatch(host) else "localhost"

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", self.policy.format(host=named))
                if self.https:
                    headers.setdefault("strict-transport-security", "max-age=31536000")
                    message["headers"] = [*map(_secure, message["headers"])]
            await send(message)

        return await self.app(scope, receive, with_headers)


def _secure(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """A cookie that is set, kept from http. Streamlit leaves that out."""
    name, value = header
    if name.lower() != b"set-cookie" or b"; secure" in value.lower():
        return header
    return name, value + b"; Secure"


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


def is_local(address: str | None) -> bool:
    """Whether a server at this address can be reached from this machine alone.

    None, a path and ``unix://…`` are sockets in the file system.
    """
    if address is None or address == "localhost" or address.startswith(("/", "unix:")):
        return True
    try:
        found = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return (getattr(found, "ipv4_mapped", None) or found).is_loopback


def exposed(address: str | None, hosts: Sequence[str]) -> str | None:
    """What is wrong with serving at ``address`` to ``hosts`` where nobody logs in, or None."""
    if not address or not is_local(address):
        return f"server.address is {address or 'not set'}. {EXPOSED}"
    if foreign := [name for name in hosts if name not in LOCAL]:
        return f"server.allowedHosts has {', '.join(foreign)}. {EXPOSED}"
    return None if hosts else f"server.allowedHosts is empty. {EXPOSED}"


class ThisMachine:
    """ASGI middleware: where nobody logs in, what comes in from elsewhere is turned away.

    The settings cannot tell where another server, as in ``uvicorn app:app --host``, listens. A
    proxy on this machine asks for others; most say so, and one that does not cannot be told.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on what has come in on a local address."""
        if scope["type"] == "lifespan" or _is_of_here(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse(EXPOSED + "\n", 403)(scope, receive, send)


def _is_of_here(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    forwarded = any(name in headers for name in FORWARDED)
    return not forwarded and is_local((scope.get("server") or (None,))[0])


class NoFigures:
    """ASGI middleware: Streamlit's figures, which it would tell anybody, are told to nobody.

    They name what is kept in memory, how much, and how many sessions there are.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on all else."""
        if scope["type"] == "http" and scope["path"].endswith("/_stcore/metrics"):
            await PlainTextResponse("There is nothing at this address.\n", 404)(
                scope, receive, send
            )
        else:
            await self.app(scope, receive, send)
