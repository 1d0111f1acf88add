"""The OpenAPI document: what FastAPI derives from the code, and what all addresses share."""

from typing import Any, Final

from fastapi import FastAPI

from api.errors import Problem
from web.problems import MEDIA_TYPE

DESCRIPTION: Final = """\
Everything a token's owner sees on the dashboard, computed by the same code.

* Send a token with every request: `Authorization: Bearer <token>`. Make one on the Settings page,
  or with `python -m snapshot_core token create`.
* Unknown is `null`, never 0, with the reason beside it. Instants are ISO 8601 in UTC.
* Errors are problem documents (RFC 9457).
* Responses carry an `ETag`: send it back in `If-None-Match`, and get 304 if nothing has changed.
  It ignores `timestamp`, the instant at which the response was computed, at most a minute ago.
* `RateLimit-*` headers say how many calls a token has left in this minute. After that come 429 and
  `Retry-After`.
* HEAD works wherever GET does.
"""

_DESCRIPTIONS: Final = {
    "400": "The body of the request is no JSON.",
    "401": "The token is missing, invalid, expired or revoked.",
    "403": "The token lacks the scope that this needs.",
    "404": "There is no such account, video or page.",
    "409": "A snapshot is already being taken, or there is no account to take one of.",
    "410": "The list has changed since its first page: start again without a cursor.",
    "413": "The request is too large.",
    "422": "A part of the request is wrong; `errors` says which.",
    "429": "The token has no calls left in this minute.",
    "503": "The database or the platform is unavailable.",
}
_EVERYWHERE: Final = ("413", "422", "429", "503")
_ORDER: Final = ("200", "304", *_DESCRIPTIONS)

_RATE_HEADERS: Final = {
    "RateLimit-Policy": ("string", "Calls per window, and its length in seconds: `600;w=60`."),
    "RateLimit-Limit": ("integer", "Calls that the token may make per minute."),
    "RateLimit-Remaining": ("integer", "Calls left."),
    "RateLimit-Reset": ("integer", "Seconds until all calls are available again."),
}


def describe(app: FastAPI) -> None:
    """Let ``app.openapi()`` describe what middleware and error handlers do, too."""
    generate = app.openapi

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _complete_document(generate())
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _complete_document(document: dict[str, Any]) -> dict[str, Any]:
    schemas = document["components"]["schemas"]
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if path == "/health":  # works with and without a token
                operation["security"] = [{}, *operation["security"]]
            _complete_operation(operation, method)
    return document


def _complete_operation(operation: dict[str, Any], method: str) -> None:
    responses = operation["responses"]
    statuses = {*_EVERYWHERE, "401", "403"}
    names = {parameter["name"] for parameter in operation.get("parameters", ())}
    if names & {"account", "cursor"}:
        statuses.add("404")
    if "requestBody" in operation:
        statuses.add("400")
    statuses |= responses.keys() & _DESCRIPTIONS.keys()
    for status in statuses:
        responses[status] = {
            "description": _DESCRIPTIONS[status],
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    responses["401"]["headers"] = {
        "WWW-Authenticate": _header("string", "The authentication scheme to use.")
    }
    for status in ("429", "503"):
        responses[status]["headers"] = {"Retry-After": _header("integer", "Seconds to wait.")}
    headers = responses["200"].setdefault("headers", {})
    headers.update({name: _header(*header) for name, header in _RATE_HEADERS.items()})
    if method == "get":
        etag = {"ETag": _header("string", "Identifies this version of the content.")}
        headers.update(etag)
        responses["304"] = {"description": "Nothing has changed.", "headers": etag}
        parameter = {"name": "If-None-Match", "in": "header", "required": False}
        parameter |= _header("string", "The ETags that the client has.")
        operation.setdefault("parameters", []).append(parameter)
    operation["responses"] = {status: responses[status] for status in _ORDER if status in responses}


def _header(kind: str, description: str) -> dict[str, Any]:
    return {"description": description, "schema": {"type": kind}}
