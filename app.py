"""The dashboard's server: Streamlit's app with our front before it.

`streamlit run app.py`, `python app.py` and `uvicorn app:app` all start it.
"""

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.types import ASGIApp
from streamlit.config import set_option

HERE = Path(__file__).resolve().parent
# The main script is pages/_router.py, so it is its folder, not ours, that Python looks in.
sys.path.insert(0, str(HERE))

from snapshot_core.clock import system_clock  # noqa: E402
from snapshot_core.errors import LoginNeeded, NotAllowed, SettingsError  # noqa: E402
from snapshot_core.identity.allow_list import person  # noqa: E402
from snapshot_core.identity.cookie_secret import cookie_secret  # noqa: E402
from snapshot_core.settings.loading import Settings, load  # noqa: E402
from ui.charts import rehearse  # noqa: E402
from ui.errors import unexpected  # noqa: E402
from web.access_log import keep_queries_out  # noqa: E402
from web.assets import Assets  # noqa: E402
from web.guard import (  # noqa: E402
    NoFigures,
    OwnPages,
    SafeHeaders,
    ThisMachine,
    exposed,
    known_hosts,
)
from web.index_html import shell  # noqa: E402
from web.lazy_app import Later  # noqa: E402
from web.policy import hashes_of, policy  # noqa: E402
from web.problems import Problems  # noqa: E402
from web.static_middleware import Front, fill, warm  # noqa: E402
from web.uploads import Uploads  # noqa: E402
from web.warm import freeze, import_early  # noqa: E402

STATIC = Path(st.__file__).parent / "static"
# Streamlit names a page's address after its file; the first page is the root.
PAGES = ["/", *(f"/{path.stem}" for path in sorted((HERE / "pages").glob("[!_]*.py")))]

assets = Assets(HERE / "web" / "assets")
shelf = fill(STATIC, assets, PAGES)


def _settings() -> Settings:
    """The settings; who could not log in by them is not served at all."""
    try:
        found = load()
    except SettingsError as error:
        sys.exit(str(error))
    address, hosts = st.get_option("server.address"), st.get_option("server.allowedHosts")
    if not found.logins and (wrong := exposed(address, hosts)):
        sys.exit(wrong)
    return found


settings = _settings()


def _auth() -> dict[str, Any]:
    """What Streamlit's login takes. Its file of secrets is not needed."""
    return {
        "redirect_uri": settings.oidc_redirect_uri or "",
        "cookie_secret": cookie_secret(settings),
        "client_id": settings.oidc_client_id or "",
        "client_secret": settings.oidc_client_secret or "",
        "server_metadata_url": settings.oidc_metadata_url or "",
    }


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Before the first visitor: imports, the shelf, a quiet garbage collector."""
    import_early("ui")
    rehearse()
    warm(shelf, STATIC)
    freeze()
    yield


def _api() -> ASGIApp:
    """The API, in the dashboard's own process and port; the core is all the two share."""
    from api.app import create

    made = create(settings)
    freeze()
    return made


def _may(claims: Mapping[str, Any]) -> bool:
    """Whether the visitor of a session may be here now, as every rerun asks."""
    try:
        return not settings.logins or bool(person(settings, claims, system_clock()))
    except (LoginNeeded, NotAllowed):
        return False


def _hosts(app: ASGIApp) -> ASGIApp:
    # Asked when the server is built: only then has Streamlit read its configuration.
    names = st.get_option("server.allowedHosts")
    if settings.logins:
        # The public name is known from where the provider sends people back to.
        names = [*names, urlsplit(settings.oidc_redirect_uri or "").hostname or ""]
        set_option("server.allowedHosts", names)
    return known_hosts(app if settings.logins else ThisMachine(app), names)


keep_queries_out()
api = Later(_api)
app = st.App(
    "pages/_router.py",
    lifespan=lifespan,
    # By itself /api is no page of Streamlit's but an address of the API, as /api/ is.
    routes=[Route("/api", api), Mount("/api", api)],
    middleware=[
        # Before all that may refuse: a refusal is an answer too.
        Middleware(
            SafeHeaders,
            policy=policy(hashes_of(shell(STATIC, assets))),
            https=(settings.oidc_redirect_uri or "").startswith("https:"),
        ),
        Middleware(Problems),
        Middleware(_hosts),
        Middleware(OwnPages),
        Middleware(NoFigures),
        Middleware(Uploads, may=_may),
        Middleware(Front, shelf=shelf),
    ],
    secrets={"auth": _auth()} if settings.logins else None,
    on_script_error=unexpected,
)

if __name__ == "__main__":
    app.run()
