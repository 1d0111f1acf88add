"""Our style sheet, fonts and icon, served under names that change with their content."""

import hashlib
from functools import partial
from pathlib import Path

from web.static_cache import IMMUTABLE, StaticCache, StaticFile

SERVED_SUFFIXES = {".css", ".woff2", ".png"}


class Assets:
    """The files of a folder by name: ``url("app.css")`` is ``/assets/app.3f9a….css``."""

    def __init__(self, folder: Path) -> None:
        paths = sorted(path for path in folder.rglob("*") if path.suffix in SERVED_SUFFIXES)
        # Style sheets last: they name the other files.
        paths.sort(key=lambda path: path.suffix == ".css")
        self._urls: dict[str, str] = {}
        self.files: StaticCache = {}
        """The files by URL path."""
        for path in paths:
            name, body = path.relative_to(folder).as_posix(), path.read_bytes()
            if path.suffix == ".css":
                for other, other_url in self._urls.items():
                    body = body.replace(f"url({other})".encode(), f"url({other_url})".encode())
            digest = hashlib.sha256(body).hexdigest()[:12]
            self._urls[name] = url = f"/assets/{path.stem}.{digest}{path.suffix}"
            self.files[url] = StaticFile(name, partial(bytes, body), IMMUTABLE)

    def url(self, name: str) -> str:
        """The URL path of a file. Raises `KeyError` for a file that does not exist."""
        return self._urls[name]
