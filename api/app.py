"""The API as an ASGI application.

`app.py` mounts it under /api of the dashboard. On its own it runs as
``uvicorn api.app:create --factory``, at the same addresses and with the same guards.
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
from api.middleware import HttpMiddleware
from api.routes import accounts, captures, export, growth, health, notes, snapshot, tags, videos
from snapshot_core.clock import Clock, system_clock
from snapshot_core.errors import SettingsError
from snapshot_core.settings.table import Settings
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.database import Store
from snapshot_core.store.engines import PERSON
from web.guard import LOCAL_HOSTS, LocalRequestsOnly, trusted_hosts
from web.problems import ProblemResponses
from web.slow_bodies import SlowBodies

VERSION: Final = "1"

# FastAPI can report to an OpenTelemetry collector. Truegrowth reports to nobody.
_NO_TELEMETRY: Final = TelemetryConfig(
    tracing=False, metrics=False, logs=False, operation_spans=False, auto_configure=False
)


def create(
    settings: Settings | None = None, store: Store | None = None, clock: Clock | None = None
) -> FastAPI:
    """The application, by default with the settings, database and clock of the environment.

    An invalid environment ends the process with one line, as it does for the dashboard. The first
    request opens the store.
    """
    try:
        settings = settings or load_settings()
    except SettingsError as error:
        sys.exit(str(error))
    store = store or Store(settings.database_url, PERSON)
    context = Context(settings, store, clock or system_clock)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        # Only when the API runs alone; when mounted, it ends with the process around it.
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
        telemetry=_NO_TELEMETRY,
    )
    app.state.context = context
    errors.install(app)
    for routes in (snapshot, growth, videos, tags, accounts, captures, health, notes, export):
        app.include_router(routes.router)
    describe(app)
    _add_middleware(app, settings)

    @app.get("/docs", include_in_schema=False)
    async def docs(request: Request) -> Response:
        """The reference for people: one page without scripts or external resources."""
        return HTMLResponse(reference(app.openapi(), request.scope.get("root_path", "")))

    return app


def _add_middleware(app: FastAPI, settings: Settings) -> None:
    """Wrap our middleware around the framework's own, which answers when something fails.

    Without logins the dashboard's guards are added, since another server may run this app.
    """
    build = app.build_middleware_stack

    def stack() -> ASGIApp:
        inner = build()
        if not settings.logins:
            # `ProblemResponses` is outside, so that a refused host too gets the remedy.
            inner = ProblemResponses(LocalRequestsOnly(trusted_hosts(inner, LOCAL_HOSTS)))
        return SlowBodies(HttpMiddleware(inner))

    app.build_middleware_stack = stack  # type: ignore[method-assign]
