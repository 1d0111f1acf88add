"""A platform that means harm, or is broken: it hangs, drips, or sends little that unpacks to much.

It speaks HTTP by hand, because no server does this by itself.
"""

import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import lru_cache
from typing import Literal

Harm = Literal["hangs", "drips its head", "drips its body", "sends a bomb"]
HARMS: tuple[Harm, ...] = ("hangs", "drips its head", "drips its body", "sends a bomb")
DRIP_SECONDS = 0.02
BOMB_BYTES = 4 << 30
"""What a bomb of 4 MB unpacks to."""
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"


@contextmanager
def hostile(harm: Harm) -> Iterator[str]:
    """Serve it on a free port of loopback; gives its address."""
    ended = threading.Event()
    listening = socket.create_server(("127.0.0.1", 0))

    def accept() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            threading.Thread(target=serve_one, args=(connection,), daemon=True).start()

    def serve_one(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(65_536)
            speak(connection.sendall, harm, ended)

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        ended.set()
        listening.shutdown(socket.SHUT_RDWR)
        listening.close()


def speak(send: Callable[[bytes], None], harm: Harm, ended: threading.Event) -> None:
    """Answer one request in this way, until the other side goes or the test has ended."""
    if harm == "hangs":
        ended.wait()
    elif harm == "drips its head":
        _drip(send, HEAD[:20] + b"x" * 1_000_000, ended)
    elif harm == "drips its body":
        send(HEAD % 1_000_000 + b"\r\n")
        _drip(send, b" " * 1_000_000, ended)
    else:
        body = bomb()
        send(HEAD % len(body) + b"Content-Encoding: gzip\r\n\r\n")
        send(body)
        ended.wait()


def _drip(send: Callable[[bytes], None], content: bytes, ended: threading.Event) -> None:
    for byte in content:
        if ended.is_set():
            return
        send(bytes([byte]))
        time.sleep(DRIP_SECONDS)


@lru_cache(maxsize=1)
def bomb() -> bytes:
    """A gzip of `BOMB_BYTES` zeros, made of the same compressed piece again and again."""
    piece_bytes = 16 << 20
    compressor = zlib.compressobj(9, zlib.DEFLATED, 31)
    first = compressor.compress(bytes(piece_bytes)) + compressor.flush(zlib.Z_FULL_FLUSH)
    again = compressor.compress(bytes(piece_bytes)) + compressor.flush(zlib.Z_FULL_FLUSH)
    return first + again * (BOMB_BYTES // piece_bytes - 1)
