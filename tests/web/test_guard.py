"""Who may ask, from where, and what a browser may do with the answer."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.types import Scope
from starlette.websockets import WebSocket, WebSocketDisconnect

from web.guard import (
    Guard,
    LocalRequestsOnly,
    SameOriginWebSockets,
    SecurityHeaders,
    exposed,
    is_local,
)
from web.policy import policy, script_hashes

HOST = {"host": "127.0.0.1:8501"}


async def greet(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


@pytest.fixture
def client() -> TestClient:
    app = Starlette(
        routes=[WebSocketRoute("/", greet)], middleware=[Middleware(SameOriginWebSockets)]
    )
    return TestClient(app, base_url="http://127.0.0.1:8501")


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8501", None])
def test_ours_and_programs_without_a_browser_may(client: TestClient, origin: str | None) -> None:
    headers = {**HOST, "origin": origin} if origin else HOST
    with client.websocket_connect("/", headers=headers) as socket:
        assert socket.receive_text() == "hello"


@pytest.mark.parametrize(
    "origin", ["http://localhost:1234", "http://127.0.0.1:9999", "https://evil.example", "null"]
)
def test_other_pages_may_not(client: TestClient, origin: str) -> None:
    with (
        pytest.raises(WebSocketDisconnect),
        client.websocket_connect("/", headers={**HOST, "origin": origin}),
    ):
        raise AssertionError("it was accepted")


def test_the_servers_start_and_end_pass_every_guard() -> None:
    """A server takes an error there for an application without either, and serves on."""
    passed: list[str] = []

    class RefusesAll(Guard):
        def refuses(self, scope: Scope) -> bool:
            return bool(scope["headers"] or True)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        passed.append("start")
        yield
        passed.append("end")

    with TestClient(Starlette(lifespan=lifespan, middleware=[Middleware(RefusesAll)])):
        assert passed == ["start"]
    assert passed == ["start", "end"]


class TestWhereNobodyLogsIn:
    @pytest.mark.parametrize(
        "address", ["127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", "localhost", None]
    )
    def test_this_machine_is_served(self, address: str | None) -> None:
        assert is_local(address)
        assert asked_at(address) == 200

    @pytest.mark.parametrize(
        "address", ["0.0.0.0", "192.168.1.5", "::", "fe80::1%eth0", "::ffff:10.0.0.1", "growth.lan"]
    )
    def test_others_are_turned_away_with_the_remedy(self, address: str) -> None:
        assert not is_local(address)
        assert asked_at(address) == 403

    @pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Real-IP"], ids=str.lower)
    def test_a_proxy_on_this_machine_asks_for_others(self, header: str) -> None:
        assert asked_at("127.0.0.1", (header.lower().encode(), b"203.0.113.9")) == 403
        assert asked_at("127.0.0.1", (b"accept", b"*/*")) == 200

    def test_a_websocket_too(self) -> None:
        async def never(*_: object) -> None:
            raise AssertionError("it was passed on")

        sent: list[dict] = []

        async def send(message) -> None:
            sent.append(dict(message))

        scope = {"type": "websocket", "server": ("10.0.0.1", 80), "headers": []}
        asyncio.run(LocalRequestsOnly(never)(scope, never, send))  # type: ignore[arg-type]
        assert sent == [{"type": "websocket.close", "code": 1008}]

    def test_the_settings_are_looked_at_before_anything_is_served(self) -> None:
        assert exposed("127.0.0.1", ["127.0.0.1", "localhost"]) is None
        assert exposed("unix:///run/growth.sock", ["localhost"]) is None
        for address, hosts in (
            ("0.0.0.0", ["localhost"]),
            (None, ["localhost"]),
            ("", ["localhost"]),
            ("127.0.0.1", ["localhost", "growth.example"]),
            ("127.0.0.1", ["*"]),
            ("127.0.0.1", []),
        ):
            said = exposed(address, hosts)
            assert said is not None
            assert "docs/shared-installation.md" in said


def asked_at(address: str | None, *headers: tuple[bytes, bytes]) -> int:
    """The status of a request that has come in at this address of the machine."""
    statuses: list[int] = []

    async def send(message) -> None:
        statuses.append(message.get("status", 0))

    async def page(scope, receive, send) -> None:
        await PlainTextResponse("here")(scope, receive, send)

    server = None if address is None else (address, 8501)
    scope: Any = {"type": "http", "method": "GET", "path": "/", "server": server}
    scope["headers"] = list(headers)
    asyncio.run(LocalRequestsOnly(page)(scope, None, send))  # type: ignore[arg-type]
    return statuses[0]


class TestOverHttps:
    @pytest.fixture
    def answer(self) -> Callable[[bool], Any]:
        def page(_request: Request) -> Response:
            made = PlainTextResponse("here")
            made.set_cookie("_streamlit_user", "x", httponly=True)
            return made

        def ask(https: bool) -> Any:
            guarded = [Middleware(SecurityHeaders, https=https)]
            return TestClient(Starlette(routes=[Route("/", page)], middleware=guarded)).get("/")

        return ask

    def test_cookies_are_kept_from_http(self, answer) -> None:
        assert answer(True).headers["set-cookie"].endswith("; Secure")
        assert "strict-transport-security" in answer(True).headers
        assert "Secure" not in answer(False).headers["set-cookie"]
        assert "strict-transport-security" not in answer(False).headers


def test_the_scripts_of_the_page_itself_are_allowed_by_their_hash_and_no_others() -> None:
    html = "<script src='a.js'>no</script><script>alert(1)</script><SCRIPT type=module>x\n</script>"
    found = script_hashes(html)
    assert len(found) == 2
    assert found[0] == "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='"
    assert found[0] in policy(found)
