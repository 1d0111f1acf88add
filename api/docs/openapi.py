"""The OpenAPI document: what FastAPI derives from the code, and what all addresses share."""

from typing import Any, Final

from fastapi import FastAPI

from api.models import Problem
from web.problems import MEDIA_TYPE

DESCRIPTION: Final = """\
Everything a token's owner sees on the dashboard, computed by the same code.

* Send a token with every request: `Authorization: Bearer <token>`. Make one on the Settings page,
  or with `python -m snapshot_core token create`.
* Unknown is `null`, never 0; the reason stands beside it. Instants are ISO 8601 in UTC.
* Errors are problem documents (RFC 9457).
* Answers carry an `ETag`: send it back in `If-None-Match`, and 304 says that nothing has changed.
  It leaves out `timestamp`, the instant at which the answer was computed, a minute ago at most.
* `RateLimit-*` headers tell how many calls a token has left in this minute; after that, 429 with
  `Retry-After`.
* HEAD is understood wherever GET is.
"""

_MEANINGS: Final = {
    "401": "No token, or one that is wrong, has ended or was revoked.",
    "403": "The token has not the scope that this needs.",
    "404": "There is no such account, video or page.",
    "409": "A snapshot is being taken already, or there is nothing to take one of.",
    "410": "The list has changed since its first page: begin again without a cursor.",
    "413": "The request is too large.",
    "422": "A part of the request is wrong; `errors` says which.",
    "429": "The token has no calls left in this minute.",
    "503": "The database or the platform is away.",
}
_OF_ALL: Final = ("413", "422", "429", "503")
_ORDER: Final = ("200", "304", *_MEANINGS)

_RATE_HEADERS: Final = {
    "RateLimit-Policy": ("string", "Calls, and the seconds they are for: `600;w=60`."),
    "RateLimit-Limit": ("integer", "Calls that the token may make in a minute."),
    "RateLimit-Remaining": ("integer", "Calls left."),
    "RateLimit-Reset": ("integer", "Seconds until it has all of them again."),
}


def describe(app: FastAPI) -> None:
    """Let ``app.openapi()`` tell what middleware and error handlers do."""
    plain = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _completed(plain())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _completed(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path == "/health":  # a token may be shown, and need not be
                operation["security"] = [{}, *operation["security"]]
            _complete(operation, method)
    return document


def _complete(operation: dict[str, Any], method: str) -> None:
    responses = operation["responses"]
    statuses = {*_OF_ALL, "401", "403"}
    names = {one["name"] for one in operation.get("parameters", ())}
    if names & {"account", "cursor"}:
        statuses.add("404")
    statuses |= responses.keys() & _MEANINGS.keys()
    for status in statuses:
        responses[status] = {
            "description": _MEANINGS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    responses["401"]["headers"] = {"WWW-Authenticate": _header("string", "How to prove oneself.")}
    for status in ("429", "503"):
        waits = {"Retry-After": _header("integer", "Seconds to wait.")}
        responses[status]["headers"] = waits
    rates = {name: _header(*about) for name, about in _RATE_HEADERS.items()}
    responses["200"].setdefault("headers", {}).update(rates)
    if method == "get":
        tag = {"ETag": _header("string", "Stands for what the document says.")}
        responses["200"]["headers"].update(tag)
        responses["304"] = {"description": "Nothing has changed.", "headers": tag}
        operation.setdefault("parameters", []).append(
            {
                "name": "If-None-Match",
                "in": "header",
                "required": False,
                "description": "ETags that the client has.",
                "schema": {"type": "string"},
            }
        )
    operation["responses"] = {status: responses[status] for status in _ORDER if status in responses}


def _header(kind: str, description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": kind}}
