"""ASGI guards: which requests are answered, and what browsers may do with the responses."""

import re
from abc import ABC, abstractmethod
from collections.abc import Collection, Sequence
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from web.policy import HEADERS, policy

LOCAL_HOSTS: Final = ("127.0.0.1", "localhost", "::1")
"""The names by which this machine reaches itself."""
EXPOSED: Final = (
    "Without a login, this dashboard is available on this machine only. To share it, configure a "
    "login first: see docs/shared-installation.md."
)
PROXY_HEADERS: Final = ("forwarded", "x-forwarded-for", "x-real-ip")
"""Headers by which a proxy names the client that it forwards for."""
_HOST: Final = re.compile(r"[\w.\-\[\]:]+", re.ASCII)


class SecurityHeaders:
    """ASGI middleware: adds the headers of `web.policy` to responses that do not set them."""

    def __init__(self, app: ASGIApp, policy: str = policy(), https: bool = False) -> None:
        """``https``: the dashboard is only reached over HTTPS, so its cookies can be Secure."""
        self.app, self.policy, self.https = app, policy, https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, and add the headers to the response."""
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        host = Headers(scope=scope).get("host", "")
        safe_host = host if _HOST.fullmatch(host) else "localhost"

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("content-security-policy", self.policy.format(host=safe_host))
                if self.https:
                    headers.setdefault("strict-transport-security", "max-age=31536000")
                    message["headers"] = [*map(_secure, message["headers"])]
            await send(message)

        return await self.app(scope, receive, with_headers)


def _secure(header: tuple[bytes, bytes]) -> tuple[bytes, bytes]:
    """The header; a Set-Cookie made Secure, which Streamlit leaves out."""
    name, value = header
    if name.lower() != b"set-cookie" or b"; secure" in value.lower():
        return header
    return name, value + b"; Secure"


class Guard(ABC):
    """ASGI middleware that refuses some connections and passes on all others."""

    status, text = 403, ""
    """Of the response to a request that is refused; a WebSocket is closed."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    @abstractmethod
    def refuses(self, scope: Scope) -> bool:
        """Whether this connection is refused."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Refuse or pass on."""
        # The server's own start and end come from nobody, and have no headers.
        if scope["type"] == "lifespan" or not self.refuses(scope):
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await PlainTextResponse(self.text + "\n", self.status)(scope, receive, send)


class SameOriginWebSockets(Guard):
    """Only our own pages may open a WebSocket.

    Browsers let any page open one to any address, so a page of another local program could
    control the dashboard. Clients other than browsers send no Origin, and are let in.
    """

    def refuses(self, scope: Scope) -> bool:
        """Whether the Origin of a WebSocket differs from its Host."""
        headers = Headers(scope=scope)
        origin = headers.get("origin") if scope["type"] == "websocket" else None
        return origin is not None and urlsplit(origin).netloc != headers.get("host")


def trusted_hosts(app: ASGIApp, names: Sequence[str]) -> ASGIApp:
    """Only requests to these host names reach ``app``, which prevents DNS rebinding.

    Streamlit checks the names for its WebSocket only.
    """
    bracketed = [f"[{name}]" for name in names if ":" in name]
    return TrustedHostMiddleware(app, [*names, *bracketed], www_redirect=False)


def is_local(address: str | None) -> bool:
    """Whether a server at this address can only be reached from this machine.

    None, a path and ``unix://…`` are sockets in the file system.
    """
    if address is None or address == "localhost" or address.startswith(("/", "unix:")):
        return True
    try:
        parsed = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return (getattr(parsed, "ipv4_mapped", None) or parsed).is_loopback


def exposed(address: str | None, hosts: Sequence[str]) -> str | None:
    """Why an installation without logins must not be served like this; None where it may be."""
    if not address or not is_local(address):
        return f"server.address is {address or 'not set'}. {EXPOSED}"
    if foreign := [name for name in hosts if name not in LOCAL_HOSTS]:
        return f"server.allowedHosts has {', '.join(foreign)}. {EXPOSED}"
    return None if hosts else f"server.allowedHosts is empty. {EXPOSED}"


class LocalRequestsOnly(Guard):
    """For installations without logins: refuses requests from other machines.

    The settings do not show where another server, as in ``uvicorn app:app --host``, listens. A
    local proxy forwards for other machines; most say so, and one that does not goes unnoticed.
    """

    text = EXPOSED

    def refuses(self, scope: Scope) -> bool:
        """Whether a request did not arrive on a local address."""
        forwarded = any(name in Headers(scope=scope) for name in PROXY_HEADERS)
        return forwarded or not is_local((scope.get("server") or (None,))[0])


class OwnLogins(Guard):
    """Only our own pages, and whoever types the address, may begin a login or end one.

    Both happen on a GET, with the cookie, so any page could log a visitor out by a link or an
    image. Browsers that do not send ``Sec-Fetch-Site`` may still name the page.
    """

    text = "Log in and out on a page of this dashboard."

    def refuses(self, scope: Scope) -> bool:
        """Whether a page elsewhere sends a browser to log in or out."""
        if scope["type"] != "http" or not scope["path"].startswith("/auth/"):
            return False
        headers = Headers(scope=scope)
        if site := headers.get("sec-fetch-site"):
            return site not in ("same-origin", "none")
        page = headers.get("origin") or headers.get("referer")
        return page is not None and urlsplit(page).netloc != headers.get("host")


class KnownPaths(Guard):
    """Nothing is at an address that we do not use.

    Streamlit answers unknown ones with its page and 200, and has some that nobody here needs: its
    figures for anybody, an API for agents, components.
    """

    status, text = 404, "There is nothing at this address."
    exact: Final = (
        *("/api", "/_stcore/health", "/_stcore/host-config"),
        *("/auth/login", "/auth/logout", "/oauth2callback"),
    )
    below: Final = ("/api/", "/media/", "/_stcore/upload_file/")

    def __init__(self, app: ASGIApp, pages: Collection[str]) -> None:
        """``pages``: the paths of our pages. Static files are answered before this guard."""
        super().__init__(app)
        self.known = {*self.exact, *pages, *(f"{page}/" for page in pages if page != "/")}

    def refuses(self, scope: Scope) -> bool:
        """Whether the path is none of ours."""
        path: str = scope["path"]
        if scope["type"] == "websocket":
            return path != "/_stcore/stream"
        return path not in self.known and not path.startswith(self.below)
