"""The server: dashboard, API and middleware in one process.

`streamlit run app.py`, `python app.py` and `uvicorn app:app` all start it.
"""

import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
from anyio import to_thread
from starlette.middleware import Middleware
from starlette.routing import Mount, Route
from starlette.types import ASGIApp
from streamlit.config import set_option

HERE = Path(__file__).resolve().parent
# Streamlit puts the folder of the main script, pages/_router.py, on the path, and not this one.
sys.path.insert(0, str(HERE))

from snapshot_core.clock import system_clock  # noqa: E402
from snapshot_core.errors import LoginNeeded, NotAllowed, SettingsError  # noqa: E402
from snapshot_core.identity.allow_list import person_from_claims  # noqa: E402
from snapshot_core.identity.cookie_secret import cookie_secret  # noqa: E402
from snapshot_core.settings.table import Settings  # noqa: E402
from snapshot_core.sources.registry import load_settings  # noqa: E402
from snapshot_core.store.users import LOCAL_EMAIL  # noqa: E402
from ui.charts import warm_up_plotly  # noqa: E402
from ui.errors import show_script_error  # noqa: E402
from ui.login import store_at  # noqa: E402
from web import guard, static_middleware  # noqa: E402
from web.access_log import strip_queries  # noqa: E402
from web.assets import Assets  # noqa: E402
from web.downloads import DownloadGuard  # noqa: E402
from web.hangup import terminate_on_hangup  # noqa: E402
from web.index_html import index_html  # noqa: E402
from web.lazy_app import LazyApp  # noqa: E402
from web.policy import policy, script_hashes  # noqa: E402
from web.problems import ProblemResponses  # noqa: E402
from web.slow_bodies import SlowBodies  # noqa: E402
from web.socket_messages import SocketMessages  # noqa: E402
from web.uploads import UploadGuard  # noqa: E402
from web.visitors import Visitors  # noqa: E402
from web.warm import freeze_garbage_collector, import_eagerly, remember_theme  # noqa: E402

STATIC = Path(st.__file__).parent / "static"
# Streamlit derives a page's path from its file name; the default page is the root.
PAGES = ["/", *(f"/{path.stem}" for path in sorted((HERE / "pages").glob("[!_]*.py")))]

closing = ExitStack()
"""What is given back when the server ends."""

assets = Assets(HERE / "web" / "assets")
static_files = static_middleware.static_cache(STATIC, assets, PAGES)


def _settings() -> Settings:
    """The settings; exits where they are wrong, or open a dashboard without logins to others."""
    try:
        loaded = load_settings()
    except SettingsError as error:
        sys.exit(str(error))
    address, hosts = st.get_option("server.address"), st.get_option("server.allowedHosts")
    if not loaded.logins and (reason := guard.exposed(address, hosts)):
        sys.exit(reason)
    return loaded


settings = _settings()


def _auth() -> dict[str, Any]:
    """The configuration of Streamlit's login, which then needs no secrets file.

    Exits where its cookies cannot be signed.
    """
    try:
        secret = cookie_secret(settings)
    except SettingsError as error:
        sys.exit(str(error))
    return {
        "redirect_uri": settings.oidc_redirect_uri or "",
        "cookie_secret": secret,
        "client_id": settings.oidc_client_id or "",
        "client_secret": settings.oidc_client_secret or "",
        "server_metadata_url": settings.oidc_metadata_url or "",
    }


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """Before the first visitor: imports, compressed files, a quiet garbage collector.

    At the end: the database is given back, with all that was stored in its file.
    """
    terminate_on_hangup()
    closing.callback(store_at.clear)
    import_eagerly("ui")
    remember_theme()
    warm_up_plotly()
    static_middleware.precompress_first_page(static_files, STATIC)
    freeze_garbage_collector()
    yield
    await to_thread.run_sync(closing.close)


def _api() -> ASGIApp:
    """The API, on the dashboard's port; the two share only the core."""
    from api.app import create

    created = create(settings)
    closing.callback(created.state.context.close)
    freeze_garbage_collector()
    return created


def _identity(claims: Mapping[str, Any]) -> tuple[str, str] | None:
    """Issuer and subject of whoever has access with these claims now, by the rule of every rerun.

    Without logins everybody is the local user.
    """
    if not settings.logins:
        return "", LOCAL_EMAIL
    try:
        person = person_from_claims(settings, claims, system_clock())
    except (LoginNeeded, NotAllowed):
        return None
    return person.issuer, person.subject


def _host_guard(app: ASGIApp) -> ASGIApp:
    # Called when the server is built: only then has Streamlit read its configuration.
    names = st.get_option("server.allowedHosts")
    if settings.logins:
        # The public host name is that of the login's redirect address.
        names = [*names, urlsplit(settings.oidc_redirect_uri or "").hostname or ""]
        set_option("server.allowedHosts", names)
    return guard.trusted_hosts(app if settings.logins else guard.LocalRequestsOnly(app), names)


strip_queries()
visitors = Visitors(_identity)
api = LazyApp(_api)
app = st.App(
    "pages/_router.py",
    lifespan=lifespan,
    # Mount alone would leave /api, without the slash, to Streamlit.
    routes=[Route("/api", api), Mount("/api", api)],
    middleware=[
        # Before the guards: their refusals need the headers too.
        Middleware(
            guard.SecurityHeaders,
            policy=policy(script_hashes(index_html(STATIC, assets))),
            https=(settings.oidc_redirect_uri or "").startswith("https:"),
        ),
        Middleware(ProblemResponses),
        Middleware(SlowBodies),
        Middleware(_host_guard),
        Middleware(guard.SameOriginWebSockets),
        Middleware(guard.OwnLogins),
        Middleware(SocketMessages),
        Middleware(UploadGuard, owns=visitors.owns),
        Middleware(DownloadGuard, owns=visitors.owns),
        Middleware(static_middleware.StaticMiddleware, cache=static_files),
        Middleware(guard.KnownPaths, pages=PAGES),
    ],
    secrets={"auth": _auth()} if settings.logins else None,
    on_script_error=show_script_error,
)

if __name__ == "__main__":
    app.run()
