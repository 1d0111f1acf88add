"""The front door: what is on the shelf is served from it, everything else by Streamlit.

If Streamlit's files change shape, less is on the shelf and requests fall through: slower, never
broken.
"""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from web.assets import Assets
from web.index_html import shell
from web.plotly_basic import lighter
from web.preload import first_page, named_in
from web.static_cache import IMMUTABLE, REVALIDATE, Item, Shelf, best_encoding


class Front:
    """ASGI middleware around a `Shelf`, which is made (and warmed) by the caller."""

    def __init__(self, app: ASGIApp, shelf: Shelf) -> None:
        self.app, self.shelf = app, shelf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a GET or HEAD of something on the shelf; pass on all else."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return await self.app(scope, receive, send)
        item = self.shelf.get(scope["path"])
        if item is None:
            return await self.app(scope, receive, send)
        encoding = best_encoding(Headers(scope=scope).get("accept-encoding", ""))
        if not item.ready(encoding):
            # Reading and compressing take up to a tenth of a second: not on the event loop.
            await to_thread.run_sync(item.body, encoding)
        body, headers = item.body(encoding)
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": pairs})
        sent = b"" if scope["method"] == "HEAD" else body
        return await send({"type": "http.response.body", "body": sent})


def fill(static: Path, assets: Assets, pages: Iterable[str]) -> Shelf:
    """Streamlit's files, our assets and the shell of every page, none of them read yet.

    ``static``: the folder of Streamlit's front end. ``pages``: the paths of our pages.
    """
    shelf = Shelf()
    for path in sorted((static / "static").rglob("*")):
        if path.is_file() and path.suffix != ".map":
            url = "/" + path.relative_to(static).as_posix()
            shelf[url] = Item(path.name, partial(lighter, path), IMMUTABLE)
    shelf |= assets.items()
    html = Item("index.html", lambda: shell(static, assets).encode(), REVALIDATE)
    for page in pages:
        shelf[page] = html
    return shelf


def warm(shelf: Shelf, static: Path) -> None:
    """Compress what the first visit of the first page asks for."""
    index = (static / "index.html").read_text("utf-8")
    scripts = [*named_in(index), *first_page(static)]
    own = [path for path in shelf if not path.startswith("/static/")]
    shelf.warm([*own, *(f"/static/{script}" for script in scripts)])
