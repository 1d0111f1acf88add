"""Our own style sheet, fonts and icon, under names that change with their content."""

import hashlib
from functools import partial
from pathlib import Path

from web.static_cache import IMMUTABLE, Item

KINDS = {".css", ".woff2", ".png"}


class Assets:
    """The files of a folder by name: ``url("app.css")`` is ``/assets/app.3f9a….css``."""

    def __init__(self, folder: Path) -> None:
        files = sorted(path for path in folder.rglob("*") if path.suffix in KINDS)
        # Style sheets last: they name the others.
        files.sort(key=lambda path: path.suffix == ".css")
        self._urls: dict[str, str] = {}
        self._bodies: dict[str, bytes] = {}
        for path in files:
            name, body = path.relative_to(folder).as_posix(), path.read_bytes()
            if path.suffix == ".css":
                for other, url in self._urls.items():
                    body = body.replace(f"url({other})".encode(), f"url({url})".encode())
            digest = hashlib.sha256(body).hexdigest()[:12]
            self._urls[name] = f"/assets/{path.stem}.{digest}{path.suffix}"
            self._bodies[name] = body

    def url(self, name: str) -> str:
        """Where a file is served; KeyError for one that is not there."""
        return self._urls[name]

    def items(self) -> dict[str, Item]:
        """The files by URL."""
        return {
            url: Item(name, partial(self._bodies.__getitem__, name), IMMUTABLE)
            for name, url in self._urls.items()
        }
