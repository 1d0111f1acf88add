"""Running a fake platform: a real server on a free port of loopback, in a thread of this process.

    with serve(app) as base:      # "http://127.0.0.1:40123"
        httpx2.get(base + "/path")

A handler may end its connection in the middle, as a network does: `await hang_up(request)`.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from starlette.requests import Request

from tests.support.waiting import PATIENCE_SECONDS, wait_until


@contextmanager
def serve(app: Any) -> Iterator[str]:
    """Serve an ASGI application; gives its address, without a slash at the end."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(128)
    config = uvicorn.Config(
        _with_transport(app),
        log_level="error",
        log_config=None,  # the logging of the process that tests run in is its own
        access_log=False,
        http="h11",
        loop="asyncio",
        ws="none",
        proxy_headers=False,
        date_header=False,  # simulated time is not the server's
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listening]}, name="fake platform", daemon=True
    )
    thread.start()
    wait_until(lambda: server.started or not thread.is_alive())
    if not server.started:
        listening.close()
        raise RuntimeError("the fake platform did not start")
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(PATIENCE_SECONDS)
        listening.close()
        if thread.is_alive():
            raise RuntimeError("the fake platform did not end: a handler hangs")


class Stage:
    """An application that is another one at each test: starting a server takes its time."""

    def __init__(self) -> None:
        self.app: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.app is not None:
            await self.app(scope, receive, send)


async def hang_up(request: Request) -> None:
    """Reset the connection of a request (TCP RST): what was sent came, nothing else will."""
    transport = request.scope["truegrowth.transport"]
    # Lingering for no time makes the operating system send a reset instead of a farewell.
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    while not request.scope["truegrowth.gone"]():
        await asyncio.sleep(0)


def _with_transport(app: Any) -> Any:
    """``app``, told in its scope which connection a request came by."""

    async def told(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            cycle = send.__self__
            scope["truegrowth.transport"] = cycle.transport
            scope["truegrowth.gone"] = lambda: cycle.disconnected
        await app(scope, receive, send)

    return told
