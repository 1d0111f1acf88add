"""Clients that do next to nothing themselves: one prepared request, again and again."""

import asyncio
from time import perf_counter

SAYS_LENGTH = b"content-length: "


class Client(asyncio.Protocol):
    """A connection that sends the request anew as soon as it is answered."""

    def __init__(self, request: bytes, status: int) -> None:
        self.request, self.wanted = request, b"HTTP/1.1 %d " % status
        self.answers = 0
        self.buffer = b""
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        """Ask again where an answer is whole."""
        self.buffer += data
        head, end_of_head, body = self.buffer.partition(b"\r\n\r\n")
        if not end_of_head:
            return
        at = head.lower().find(SAYS_LENGTH)
        length = int(head[at + len(SAYS_LENGTH) :].split(b"\r", 1)[0]) if at >= 0 else 0
        if len(body) < length:
            return
        if not head.startswith(self.wanted):
            self.ended.set_exception(RuntimeError(head.decode("latin-1")))
            self.transport.close()
            return
        self.answers += 1
        self.buffer = b""
        self.transport.write(self.request)

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits is told."""
        if not self.ended.done():
            self.ended.set_result(None)


async def requests_per_second(
    port: int, headers: dict[str, str], clients: int, seconds: float, status: int
) -> float:
    """What the server on ``port`` answers to GET /api/growth/7 from some clients at once."""
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    request = f"GET /api/growth/7 HTTP/1.1\r\nhost: 127.0.0.1\r\n{''.join(lines)}\r\n".encode()
    connect = asyncio.get_running_loop().create_connection
    connected = [
        (await connect(lambda: Client(request, status), "127.0.0.1", port))[1]
        for _ in range(clients)
    ]
    begun, before = perf_counter(), sum(client.answers for client in connected)
    await asyncio.sleep(seconds)
    answers = sum(client.answers for client in connected) - before
    took = perf_counter() - begun
    for client in connected:
        client.transport.close()
        await client.ended
    return answers / took
