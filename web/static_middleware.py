"""Serves static files from memory; everything else is passed on to Streamlit.

If a Streamlit release moves its files, fewer of them are cached and requests fall through: slower,
never broken.
"""

from collections.abc import Iterable
from functools import partial
from pathlib import Path

from anyio import to_thread
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from web.assets import Assets
from web.index_html import index_html
from web.plotly_basic import with_basic_build
from web.preload import files_in_index, first_page_scripts
from web.static_cache import IMMUTABLE, REVALIDATE, StaticCache, StaticFile, best_encoding


class StaticMiddleware:
    """ASGI middleware around a `StaticCache`, which the caller fills (and precompresses)."""

    def __init__(self, app: ASGIApp, cache: StaticCache) -> None:
        self.app, self.cache = app, cache

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer GET and HEAD requests for cached files; pass on all others."""
        if scope["type"] != "http" or scope["method"] not in ("GET", "HEAD"):
            return await self.app(scope, receive, send)
        file = self.cache.get(scope["path"])
        if file is None:
            return await self.app(scope, receive, send)
        encoding = best_encoding(Headers(scope=scope).get("accept-encoding", ""))
        if not file.ready(encoding):
            # Reading and compressing take up to a tenth of a second: not on the event loop.
            await to_thread.run_sync(file.body, encoding)
        body, headers = file.body(encoding)
        raw_headers = [(name.encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": 200, "headers": raw_headers})
        sent = b"" if scope["method"] == "HEAD" else body
        return await send({"type": "http.response.body", "body": sent})


def static_cache(static: Path, assets: Assets, pages: Iterable[str]) -> StaticCache:
    """Streamlit's files, our assets and the index.html of every page; none of them is read yet.

    ``static``: the folder of Streamlit's front end. ``pages``: the paths of our pages.
    """
    cache = dict(assets.files)
    for path in sorted((static / "static").rglob("*")):
        if path.is_file() and path.suffix != ".map":
            url = "/" + path.relative_to(static).as_posix()
            cache[url] = StaticFile(path.name, partial(with_basic_build, path), IMMUTABLE)
    html = StaticFile("index.html", lambda: index_html(static, assets).encode(), REVALIDATE)
    icon = assets.files[assets.url("icon.png")].body("identity")[0]
    # Streamlit's script and browsers ask for it by these names.
    for name in ("/favicon.png", "/favicon.ico"):
        cache[name] = StaticFile("icon.png", lambda: icon, REVALIDATE)
    return cache | dict.fromkeys(pages, html)


def precompress_first_page(cache: StaticCache, static: Path) -> None:
    """Read and compress everything that a first visit loads."""
    index = (static / "index.html").read_text("utf-8")
    scripts = [*files_in_index(index), *first_page_scripts(static)]
    own = [path for path in cache if not path.startswith("/static/")]
    for path in [*own, *(f"/static/{script}" for script in scripts)]:
        if file := cache.get(path):
            file.body("br")
