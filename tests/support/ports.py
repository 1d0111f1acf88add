"""Free TCP ports for servers that tests start."""

import socket
import subprocess
import time
import urllib.request


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago; start your server on it at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


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
