"""Free TCP ports for servers that tests start."""

import os
import socket
import subprocess
import time
import urllib.request

# Below those that systems give to whoever connects, so that no client takes one meanwhile.
FIRST, COUNT = 10_000, 20_000
# Each process goes its own way through them, and gives none twice.
_ports = ((os.getpid() * 97 + number) % COUNT + FIRST for number in range(COUNT))


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago and that nobody else is given."""
    for port in _ports:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port
    raise AssertionError("no port is left")


def wait_for(url: str, running: subprocess.Popen[bytes], seconds: float = 90) -> None:
    """Return when ``url`` is answered; fails where the process behind it ends or never does."""
    deadline = time.monotonic() + seconds
    while running.poll() is None and time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{url} does not answer")
