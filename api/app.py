"""The API as an ASGI application.

`app.py` mounts it under /api of the dashboard; alone it runs as
``uvicorn api.app:create --factory``, at the same addresses and as well guarded.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from fastapi import FastAPI
from fastapi.telemetry import TelemetryConfig
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.types import ASGIApp

from api import errors
from api.context import Context
from api.docs.openapi import DESCRIPTION, describe
from api.docs.page import reference
from api.middleware import Manners
from api.rate_limit import Limits
from api.routes import accounts, export, growth, snapshot, videos
from snapshot_core.clock import Clock, system_clock
from snapshot_core.errors import SettingsError
from snapshot_core.settings.table import Settings
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.database import Store
from web.guard import LOCAL_HOSTS, LocalRequestsOnly, trusted_hosts
from web.problems import ProblemResponses

VERSION: Final = "1"

# FastAPI could report to an OpenTelemetry collector. Nothing here reports to anybody.
_SILENT: Final[TelemetryConfig] = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "operation_spans": False,
    "auto_configure": False,
}


def create(
    settings: Settings | None = None, store: Store | None = None, clock: Clock | None = None
) -> FastAPI:
    """The application; what is not given is read from the environment and made.

    A wrong environment ends the process with one line, as it does for the dashboard. The store is
    opened by the first request.
    """
    settings = settings or _from_environment()
    store = store or Store(settings.database_url)
    context = Context(settings, store, clock or system_clock, Limits(settings.api_rate))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # Runs only where the API runs alone; mounted, it ends with the process around it.
        yield
        context.close()

    app = FastAPI(
        title="Truegrowth",
        version=VERSION,
        summary="How much videos really grew.",
        description=DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        lifespan=lifespan,
        telemetry=_SILENT,
    )
    app.state.context = context
    errors.install(app)
    for part in (snapshot, growth, videos, accounts, export):
        app.include_router(part.router)
    describe(app)
    _surround(app, settings)

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> Response:
        """The reference for people: one page, no script, nothing from elsewhere."""
        return HTMLResponse(reference(app.openapi(), request.scope.get("root_path", "")))

    return app


def _surround(app: FastAPI, settings: Settings) -> None:
    """Put around the framework's own middleware, which answers where something fails, ours.

    Where nobody logs in, the dashboard's guards too: another server than its own may run this.
    """
    plain = app.build_middleware_stack

    def stack() -> ASGIApp:
        if settings.logins:
            return Manners(plain())
        # Who asks from elsewhere is told the remedy, be it by a foreign name.
        return Manners(ProblemResponses(LocalRequestsOnly(trusted_hosts(plain(), LOCAL_HOSTS))))

    app.build_middleware_stack = stack  # type: ignore[method-assign]


def _from_environment() -> Settings:
    try:
        return load_settings()
    except SettingsError as error:
        sys.exit(str(error))
