"""Our style sheets, fonts and icon, served under names that change with their content."""

import hashlib
from functools import partial
from pathlib import Path, PurePosixPath

from web.static_cache import IMMUTABLE, StaticCache, StaticFile

SERVED_SUFFIXES = {".woff2", ".png"}
STYLE_SHEET = "app.css"
"""What the style sheets are served as: one, in the order of their names."""


class Assets:
    """The files of a folder by name: ``url("app.css")`` is ``/assets/app.3f9a….css``."""

    def __init__(self, folder: Path) -> None:
        self._urls: dict[str, str] = {}
        self.files: StaticCache = {}
        """The files by URL path."""
        for path in sorted(folder.rglob("*")):
            if path.suffix in SERVED_SUFFIXES:
                self._add(path.relative_to(folder).as_posix(), path.read_bytes())
        # Last, because it names the other files; one, because each is a request.
        style = b"\n".join(path.read_bytes() for path in sorted(folder.rglob("*.css")))
        for name, url in self._urls.items():
            style = style.replace(f"url({name})".encode(), f"url({url})".encode())
        self._add(STYLE_SHEET, style)

    def _add(self, name: str, body: bytes) -> None:
        path, digest = PurePosixPath(name), hashlib.sha256(body).hexdigest()[:12]
        self._urls[name] = url = f"/assets/{path.stem}.{digest}{path.suffix}"
        self.files[url] = StaticFile(name, partial(bytes, body), IMMUTABLE)

    def url(self, name: str) -> str:
        """The URL path of a file. Raises `KeyError` for a file that does not exist."""
        return self._urls[name]
