"""All readings as a file, streamed."""

from collections.abc import AsyncIterator, Iterator
from typing import Annotated, Final, Literal

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from api.auth import Reader
from api.context import Context, context_of
from api.middleware import HEAD
from api.models import AccountName
from api.responses import PRIVATE, etag_of, has_it
from snapshot_core.transfer import export_pieces

router = APIRouter(tags=["files"])

MEDIA_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}
Kind = Annotated[Literal["csv", "parquet"], Query(alias="format", description="Of the file.")]


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
async def export(
    request: Request, session: Reader, kind: Kind = "csv", account: AccountName = None
) -> Response:
    """A readings file, which can be imported again. Without `account`: all but the sample."""
    context = context_of(request)
    chosen = session.together(session.asked(account))
    said = [(one.key, one.name, one.revision, one.rounded) for one in chosen]
    headers = {
        "ETag": etag_of(repr((said, kind)).encode()),
        "Cache-Control": PRIVATE,
        "Vary": "Authorization",
    }
    if has_it(request.headers.get("if-none-match"), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    headers["Content-Disposition"] = f'attachment; filename="truegrowth-readings.{kind}"'
    if HEAD in request.scope:
        answer = Response(None, 200, headers, MEDIA_TYPES[kind])
        del answer.headers["content-length"]  # nobody knows it before the file is made
        return answer
    pieces = export_pieces(context.store, chosen, kind)
    # The first is made before the answer begins, so that a database that is away is a problem
    # document and not a file cut short.
    first = await context.read(lambda: next(pieces))
    return StreamingResponse(_passed_on(context, first, pieces), 200, headers, MEDIA_TYPES[kind])


async def _passed_on(
    context: Context, first: bytes, pieces: Iterator[bytes]
) -> AsyncIterator[bytes]:
    """Each piece is made when the one before it has been taken."""
    piece: bytes | None = first
    while piece is not None:
        yield piece
        piece = await context.read(lambda: next(pieces, None))
