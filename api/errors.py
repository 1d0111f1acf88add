"""Errors as RFC 9457 problem documents, whatever they come from."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from snapshot_core.errors import (
    Busy,
    InputError,
    NotFound,
    SourceError,
    StoreError,
    TruegrowthError,
)
from web.problems import problem as document

RETRY_AFTER: Final = 10
"""Seconds after which what is away may be asked for again."""

NOTHING: Final = "There is nothing at this address. What there is stands at /api/docs."

STATUSES: Final[tuple[tuple[type[TruegrowthError], int], ...]] = (
    (NotFound, 404),
    (Busy, 409),
    (InputError, 422),
    (StoreError, 503),
    (SourceError, 503),
)

log = logging.getLogger(__name__)


def problem(
    status: int,
    detail: str,
    headers: Mapping[str, str] | None = None,
    errors: list[dict[str, str]] | None = None,
) -> JSONResponse:
    """As `web.problems.problem`; what is away says when to ask for it again."""
    sent = dict(headers or {})
    if status == 503:
        sent.setdefault("Retry-After", str(RETRY_AFTER))
    return document(status, detail, sent, errors)


def install(app: FastAPI) -> None:
    """Let every error of ``app`` become a problem document."""
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(TruegrowthError, _told)
    app.add_exception_handler(Exception, _unexpected)


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail = error.detail
    if error.status_code == 404 and detail == HTTPStatus.NOT_FOUND.phrase:
        detail = NOTHING
    elif error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        detail = f"{request.method} is not possible here; possible: {allowed}."
    return problem(error.status_code, detail, error.headers)


async def _invalid(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    errors = [
        {"where": ".".join(str(part) for part in one["loc"]), "message": str(one["msg"])}
        for one in error.errors()
    ]
    first = errors[0]
    return problem(422, f"{first['where']}: {first['message']}.", None, errors)


async def _told(request: Request, error: Exception) -> JSONResponse:
    """An error that a person can mend; its sentence says how."""
    for kind, status in STATUSES:
        if isinstance(error, kind):
            return problem(status, str(error))
    log.error("%s: %s", type(error).__name__, error)
    return problem(503, "The installation is not set up rightly; its log says what to mend.")


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    # Starlette logs it, and raises it again for the server to see.
    return problem(500, "This is our fault. The log of the API says what happened.")
