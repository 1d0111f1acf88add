"""All readings as a file, streamed."""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response, StreamingResponse

from api.auth import Reader
from api.context import Context
from api.middleware import IS_HEAD
from api.parameters import AccountName
from api.responses import cache_headers, etag_of, matches_etag
from snapshot_core.transfer.export import export_pieces

router = APIRouter(tags=["files"])

MEDIA_TYPES: Final = {"csv": "text/csv; charset=utf-8", "parquet": "application/vnd.apache.parquet"}
Kind = Annotated[
    Literal["csv", "parquet"], Query(alias="format", description="The format of the file.")
]


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={
        200: {
            "description": "The file.",
            "content": {
                "text/csv": {"schema": {"type": "string"}},
                "application/vnd.apache.parquet": {
                    "schema": {"type": "string", "format": "binary"}
                },
            },
        }
    },
)
async def export(session: Reader, kind: Kind = "csv", account: AccountName = None) -> Response:
    """A readings file, which can be imported again. Without `account`: all but the sample."""
    context, request = session.context, session.request
    chosen = session.together(session.account_or_all(account))
    state = [(account.key, account.name, account.revision, account.rounded) for account in chosen]
    headers = cache_headers(etag_of(repr((state, kind)).encode()))
    if matches_etag(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="truegrowth-readings.{kind}"'
    if IS_HEAD in request.scope:
        response = Response(None, 200, headers, MEDIA_TYPES[kind])
        del response.headers["content-length"]  # unknown before the file is made
        return response
    pieces = export_pieces(context.store, chosen, kind)
    # The first piece is made before the response begins, so that an unreachable database is a
    # problem document and not a truncated file.
    first = await context.read(lambda: next(pieces))
    return StreamingResponse(_stream(context, first, pieces), 200, headers, MEDIA_TYPES[kind])


async def _stream(context: Context, first: bytes, pieces: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece is made when the client has taken the previous one."""
    piece: bytes | None = first
    while piece is not None:
        yield piece
        piece = await context.read(lambda: next(pieces, None))
