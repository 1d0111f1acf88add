"""Free TCP ports for servers that tests start."""

import socket


def free_port() -> int:
    """A port of 127.0.0.1 that was free a moment ago; start your server on it at once."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port
