"""Errors as RFC 9457 problem documents, whatever they come from."""

import logging
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from typing import Annotated, Any, Final, Literal

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Match
from starlette.types import Scope

from snapshot_core.errors import (
    Busy,
    ClockError,
    InputError,
    NotFound,
    SourceError,
    StoreError,
    TruegrowthError,
)
from web.problems import problem

RETRY: Final = {"Retry-After": "10"}
"""The header that says after how many seconds to try again what is unavailable."""

NO_SUCH_ADDRESS: Final = "There is nothing at this address. All addresses are listed at /api/docs."

STATUSES: Final[tuple[tuple[type[TruegrowthError], int], ...]] = (
    (NotFound, 404),
    (Busy, 409),
    (InputError, 422),
    (StoreError, 503),
    (SourceError, 503),
    (ClockError, 503),
)

log = logging.getLogger(__name__)


class Problem(BaseModel):
    """What is wrong and what to do about it (RFC 9457)."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "example": {
                "type": "about:blank",
                "title": "Not Found",
                "status": 404,
                "detail": "There is no account 'creator_02'. Accounts: 'creator_01'.",
            }
        },
    )

    type: str
    title: str
    status: int
    detail: str
    errors: Annotated[
        list[dict[Literal["where", "message"], str]] | None,
        Field(description="The parts of the request that are wrong."),
    ] = None


def install(app: FastAPI) -> None:
    """Turn every error of ``app`` into a problem document."""
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(TruegrowthError, _known_error)
    app.add_exception_handler(Exception, _unexpected_error)


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail = error.detail
    if error.status_code == 404 and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = NO_SUCH_ADDRESS
    elif error.status_code == 405:
        # The framework names the methods of the first route at the address only.
        described = ", ".join(sorted(_methods(request.app.routes, request.scope)))
        allowed = described or (error.headers or {}).get("Allow", "")
        detail = f"{request.method} is not allowed here; allowed: {allowed}."
        return problem(405, detail, {"Allow": allowed})
    return problem(error.status_code, detail, error.headers)


def _methods(routes: Iterable[Any], scope: Scope) -> set[str]:
    """The methods of all described routes of the path that a request is for."""
    matching = list(_matching(routes, scope))
    same = [route for route in matching if route.path_format == matching[0].path_format]
    return {method for route in same for method in route.methods}


def _matching(routes: Iterable[Any], scope: Scope) -> Iterator[Any]:
    for route in routes:
        if (router := getattr(route, "original_router", None)) is not None:
            yield from _matching(router.routes, scope)
        elif route.include_in_schema and route.matches(scope)[0] is not Match.NONE:
            yield route


async def _invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [
        {"where": ".".join(map(str, part["loc"])), "message": str(part["msg"])}
        for part in error.errors()
    ]
    return problem(422, "{where}: {message}.".format(**errors[0]), None, errors)


async def _known_error(request: Request, error: Exception) -> JSONResponse:
    """An error whose message says how to fix it."""
    for kind, status in STATUSES:
        if isinstance(error, kind):
            return problem(status, str(error), RETRY if status == 503 else None)
    log.error("%s: %s", type(error).__name__, error)
    detail = "The installation is not set up correctly; see its log for what to fix."
    return problem(503, detail, RETRY)


async def _unexpected_error(request: Request, error: Exception) -> JSONResponse:
    # Starlette logs it, and raises it again for the server to see.
    return problem(500, "Something went wrong on our side. The log of the API says what happened.")
