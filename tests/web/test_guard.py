"""A WebSocket is opened by our own pages only."""

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from web.guard import OwnPages

HOST = {"host": "127.0.0.1:8501"}


async def greet(socket: WebSocket) -> None:
    await socket.accept()
    await socket.send_text("hello")
    await socket.close()


@pytest.fixture
def client() -> TestClient:
    app = Starlette(routes=[WebSocketRoute("/", greet)], middleware=[Middleware(OwnPages)])
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
