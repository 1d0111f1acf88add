"""Files that are sent often, kept ready: read once, compressed once, never looked up on disk.

A request names a key of a dictionary, so there is no path that could lead out of a folder.
"""

import gzip
import mimetypes
from collections.abc import Callable, Iterable
from pathlib import PurePosixPath

import brotli  # type: ignore[import-untyped]

IMMUTABLE = "public, max-age=31536000, immutable"
"""For names that change with their content."""
REVALIDATE = "no-cache"

COMPRESSIBLE = {".js", ".css", ".svg", ".json", ".html"}
# 5 is the last quick level: 1.2 MB of script in a tenth of a second, to a quarter of its size.
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}


class Item:
    """One file. It is read when it is first asked for, and compressed for those who can."""

    def __init__(self, name: str, read: Callable[[], bytes], cache_control: str) -> None:
        self._read, self._bodies = read, dict[str, bytes]()
        suffix = PurePosixPath(name).suffix
        self._packable = suffix in COMPRESSIBLE
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if kind.startswith("text/"):
            kind += "; charset=utf-8"
        self._headers = {"content-type": kind, "cache-control": cache_control}

    def ready(self, encoding: str) -> bool:
        """Whether it can be sent at once."""
        return (encoding if self._packable else "identity") in self._bodies

    def body(self, encoding: str) -> tuple[bytes, dict[str, str]]:
        """The bytes to send in ``encoding`` (``identity`` for none), and their headers."""
        if not self._packable:
            encoding = "identity"
        if encoding not in self._bodies:
            plain = self._bodies.get("identity") or self._read()
            self._bodies.setdefault("identity", plain)
            if encoding != "identity":
                self._bodies[encoding] = PACKERS[encoding](plain)
        body, headers = self._bodies[encoding], dict(self._headers)
        if self._packable:
            headers["vary"] = "accept-encoding"
        if encoding != "identity":
            headers["content-encoding"] = encoding
        return body, headers | {"content-length": str(len(body))}


class Shelf(dict[str, Item]):
    """Items by the path they are asked for."""

    def warm(self, paths: Iterable[str]) -> None:
        """Make ready what the first visitor will ask for."""
        for path in paths:
            if item := self.get(path):
                item.body("br")


def best_encoding(accepted: str) -> str:
    """The encoding to use for an ``Accept-Encoding``: ours in our order, unless refused."""
    weights = dict.fromkeys(PACKERS, 0.0)
    for part in accepted.lower().split(","):
        name, _, weight = part.strip().partition(";q=")
        try:
            value = float(weight or 1)
        except ValueError:
            continue
        if name in weights:
            weights[name] = value
    return next((name for name in PACKERS if weights[name] > 0), "identity")
