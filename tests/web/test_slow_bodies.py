"""Requests that come in halves, at a real server."""

import asyncio
import socket
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from tests.fakes.serve import serve
from tests.support.waiting import PATIENCE_SECONDS
from tests.web.shared import Installation
from web.slow_bodies import TOO_SLOW, SlowBodies

HEAD = b"PUT / HTTP/1.1\r\nHost: here\r\nContent-Length: 1000000\r\n\r\n"


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    async def count(request: Request) -> PlainTextResponse:
        return PlainTextResponse(f"{len(await request.body())} bytes")

    limits = Middleware(SlowBodies, pause_seconds=0.3, body_seconds=0.6)
    app = Starlette(routes=[Route("/", count, methods=["PUT"])], middleware=[limits])
    with serve(app) as base:
        parts = urlsplit(base)
        yield str(parts.hostname), int(parts.port or 0)


def answer(connection: socket.socket) -> bytes:
    """All that the server says until it closes the connection."""
    connection.settimeout(PATIENCE_SECONDS)
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def test_a_body_that_stops_is_cut_off(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(HEAD + b"the beginning")
        said = answer(connection)
    assert said.startswith(b"HTTP/1.1 408 ")
    assert TOO_SLOW.encode() in said


def test_a_body_that_drips_is_cut_off(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(HEAD)
        connection.settimeout(0.02)  # between two bytes
        began, said = time.monotonic(), b""
        while not said:
            assert time.monotonic() - began < PATIENCE_SECONDS
            connection.sendall(b".")
            try:
                said = connection.recv(65_536)
            except TimeoutError:
                continue
    assert said.startswith(b"HTTP/1.1 408 ")


def test_a_body_that_arrives_is_read(address: tuple[str, int]) -> None:
    with socket.create_connection(address) as connection:
        connection.sendall(HEAD.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        connection.sendall(b"." * 1_000_000)
        said = answer(connection)
    assert said.endswith(b"1000000 bytes")


def test_a_connection_that_has_nothing_more_to_ask_is_closed(shared: Installation) -> None:
    parts = urlsplit(shared.address)
    with socket.create_connection((str(parts.hostname), int(parts.port or 0))) as connection:
        connection.sendall(b"GET /favicon.png HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        began, said = time.monotonic(), answer(connection)
    assert said.startswith(b"HTTP/1.1 200 ")
    assert 4 < time.monotonic() - began < PATIENCE_SECONDS


def test_a_request_that_is_whole_may_take_its_time() -> None:
    """The end of a connection is waited for beside the work on it."""

    async def waits(_scope: Any, receive: Any, _send: Any) -> None:
        assert (await receive())["type"] == "http.request"
        assert (await receive())["type"] == "http.disconnect"

    messages = [{"type": "http.request", "body": b""}, {"type": "http.disconnect"}]

    async def receive() -> Any:
        if len(messages) == 1:
            await asyncio.sleep(0.05)  # longer than both limits
        return messages.pop(0)

    limited = SlowBodies(waits, pause_seconds=0.02, body_seconds=0.02)
    asyncio.run(limited({"type": "http"}, receive, receive))  # type: ignore[arg-type]
    assert messages == []
