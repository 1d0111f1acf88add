"""Whether the API, the job and the snapshots are well."""

from fastapi import APIRouter
from starlette.responses import Response

from api.auth import Anyone, ApiSession, Reader
from api.prometheus import MEDIA_TYPE, metrics_text
from api.responses import encode, encode_text, not_stored
from snapshot_core.capture.schedule import schedule_of
from snapshot_core.view import health as view
from snapshot_core.view.documents.health import Alive, Health

router = APIRouter(tags=["health"])


@router.get("/health", response_model=Health | Alive)
async def healthy(session: Anyone) -> Response:
    """Without a token: that the API answers. With one: the job, snapshots and problems."""
    if session is None:
        return not_stored(Alive(status="ok"))
    # Not cached: the job beats several times a minute.
    return await session.answer_uncached(
        lambda: encode(Health.of(read_health(session), status="ok"))
    )


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Metrics"}
    },
)
async def metrics(session: Reader) -> Response:
    """The same for Prometheus, in its text format."""
    return await session.answer_uncached(
        lambda: encode_text(metrics_text(read_health(session)), MEDIA_TYPE)
    )


def read_health(session: ApiSession) -> view.Health:
    """The health of all accounts of the user, and of the job."""
    with session.store.read() as connection:
        return view.health(connection, session.accounts, schedule_of(session), session.now)
