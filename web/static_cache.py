"""Static files kept in memory: read once and compressed once.

A request names a key of a dictionary, so no path can lead out of a folder.
"""

import gzip
import mimetypes
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import TypeAlias

import brotli  # type: ignore[import-untyped]

IMMUTABLE = "public, max-age=31536000, immutable"
"""Cache-Control of files whose names change with their content."""
REVALIDATE = "no-cache"
"""Cache-Control of files that keep their names."""

COMPRESSIBLE_SUFFIXES = {".js", ".css", ".svg", ".json", ".html"}
# 5 is the last fast level: 1.2 MB of script in a tenth of a second, to a quarter of its size.
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "br": lambda body: brotli.compress(body, quality=5),
    "gzip": lambda body: gzip.compress(body, compresslevel=6, mtime=0),
}


class StaticFile:
    """A file that is read on its first request, and compressed once per encoding."""

    def __init__(self, name: str, read: Callable[[], bytes], cache_control: str) -> None:
        self._read, self._bodies = read, dict[str, bytes]()
        suffix = PurePosixPath(name).suffix
        self._compressible = suffix in COMPRESSIBLE_SUFFIXES
        media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        if media_type.startswith("text/"):
            media_type += "; charset=utf-8"
        self._headers = {"content-type": media_type, "cache-control": cache_control}

    def ready(self, encoding: str) -> bool:
        """Whether it can be sent without reading or compressing anything."""
        return (encoding if self._compressible else "identity") in self._bodies

    def body(self, encoding: str) -> tuple[bytes, dict[str, str]]:
        """The bytes to send in ``encoding`` (``identity`` for none), and their headers."""
        if not self._compressible:
            encoding = "identity"
        if encoding not in self._bodies:
            plain = self._bodies.get("identity") or self._read()
            self._bodies.setdefault("identity", plain)
            if encoding != "identity":
                self._bodies[encoding] = COMPRESSORS[encoding](plain)
        body, headers = self._bodies[encoding], dict(self._headers)
        if self._compressible:
            headers["vary"] = "accept-encoding"
        if encoding != "identity":
            headers["content-encoding"] = encoding
        return body, headers | {"content-length": str(len(body))}


StaticCache: TypeAlias = dict[str, StaticFile]
"""Static files by URL path."""


def best_encoding(accepted: str) -> str:
    """The first of our encodings that an ``Accept-Encoding`` header allows, else ``identity``."""
    weights = dict.fromkeys(COMPRESSORS, 0.0)
    for part in accepted.lower().split(","):
        name, _, weight = part.strip().partition(";q=")
        try:
            value = float(weight or 1)
        except ValueError:
            continue
        if name in weights:
            weights[name] = value
    return next((name for name in COMPRESSORS if weights[name] > 0), "identity")
