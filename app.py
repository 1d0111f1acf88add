"""The dashboard's server: Streamlit's app with our front before it.

`streamlit run app.py`, `python app.py` and `uvicorn app:app` all start it.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.types import ASGIApp

HERE = Path(__file__).resolve().parent
# The main script is pages/_router.py, so it is its folder, not ours, that Python looks in.
sys.path.insert(0, str(HERE))

from ui.charts import rehearse  # noqa: E402
from ui.trouble import unexpected  # noqa: E402
from web.assets import Assets  # noqa: E402
from web.front import Front, fill, warm  # noqa: E402
from web.guard import OwnPages, SafeHeaders, known_hosts  # noqa: E402
from web.warm import freeze, import_early  # noqa: E402

STATIC = Path(st.__file__).parent / "static"
# Streamlit names a page's address after its file; the first page is the root.
PAGES = ["/", *(f"/{path.stem}" for path in sorted((HERE / "pages").glob("[!_]*.py")))]

shelf = fill(STATIC, Assets(HERE / "web" / "assets"), PAGES)


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Before the first visitor: imports, the shelf, a quiet garbage collector."""
    import_early("ui")
    rehearse()
    warm(shelf, STATIC)
    freeze()
    yield


def _hosts(app: ASGIApp) -> ASGIApp:
    # Asked when the server is built: only then has Streamlit read its configuration.
    return known_hosts(app, st.get_option("server.allowedHosts"))


app = st.App(
    "pages/_router.py",
    lifespan=lifespan,
    middleware=[
        Middleware(_hosts),
        Middleware(OwnPages),
        Middleware(SafeHeaders),
        Middleware(Front, shelf=shelf),
    ],
    on_script_error=unexpected,
)

if __name__ == "__main__":
    app.run()
