"""How accounts, snapshots and the job stand."""

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api import models
from api.auth import Anyone, ApiSession, Reader
from api.context import Context, context_of
from api.models import AccountName
from api.paging import Cursor, Limit, Rank, page
from api.prometheus import MEDIA_TYPE, metrics_text
from api.responses import answer, text
from snapshot_core.capture.schedule import schedule_of
from snapshot_core.cli.documents import status_document
from snapshot_core.store.captures import CaptureRow, captures_since
from snapshot_core.view.account_health import SHOWN_DAYS
from snapshot_core.view.health import Health, health
from snapshot_core.windows import DAY, iso

router = APIRouter(tags=["health"])


@router.get("/accounts", response_model=models.Accounts)
async def accounts(request: Request, session: Reader) -> Response:
    """All accounts, oldest first, and how their snapshots stand."""
    context = context_of(request)

    def document() -> dict[str, Any]:
        said = status_document(_health(context, session))
        return {name: said[name] for name in ("timestamp", "accounts")}

    return await context.answer(request, (*session.cache_key, "accounts"), document)


@router.get("/captures", response_model=models.Captures)
async def captures(
    request: Request,
    session: Reader,
    account: AccountName = None,
    days: Annotated[int, Query(ge=1, le=3650, description="How far back.")] = SHOWN_DAYS,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """Snapshots that were tried in the last days, newest first."""
    context = context_of(request)

    def compute() -> Any:
        return answer(_captures_document(context, session, account, days, limit, cursor))

    # Not kept: a capture of the newest videos that fails leaves no trace on its account.
    found = await context.read(compute)
    return found.reply(request)


def _captures_document(
    context: Context,
    session: ApiSession,
    account: str | None,
    days: int,
    limit: int,
    cursor: str | None,
) -> dict[str, Any]:
    chosen = session.chosen(account)
    numbers = {one.name: one.account_id for one in chosen}
    since = session.now - days * DAY
    with context.store.read() as connection:
        rows = [row for one in chosen for row in captures_since(connection, one, since)]

    def rank(row: CaptureRow) -> Rank:
        return -row.captured_at, numbers[row.account], 0, 0

    rows.sort(key=rank)
    of = ("captures", session.user.user_id, sorted(numbers.values()))
    shown, following = page(rows, rank, limit, cursor, of)
    return {
        "timestamp": iso(session.now),
        "captures": [_capture(row) for row in shown],
        "next": following,
    }


def _capture(row: CaptureRow) -> dict[str, Any]:
    return {
        "account": row.account,
        "captured_at": iso(row.captured_at),
        "ended_at": iso(row.ended_at),
        "trigger": row.trigger,
        "scope": row.scope,
        "status": row.status,
        "videos": row.videos,
        "rejected": row.rejected,
        "message": row.message,
    }


@router.get("/health", response_model=models.Health | models.Alive)
async def healthy(request: Request, session: Anyone) -> Response:
    """Without a token: that the API answers. With one: the job, snapshots, what is wrong."""
    if session is None:
        return JSONResponse({"status": "ok"}, headers={"Cache-Control": "no-store"})
    context = context_of(request)

    def compute() -> Any:
        return answer({"status": "ok", **status_document(_health(context, session))})

    # Not kept: the job's heart beats four times a minute.
    found = await context.read(compute)
    return found.reply(request)


@router.get(
    "/metrics",
    response_class=Response,
    responses={
        200: {"content": {"text/plain": {"schema": {"type": "string"}}}, "description": "Metrics"}
    },
)
async def metrics(request: Request, session: Reader) -> Response:
    """The same for Prometheus, in its text format."""
    context = context_of(request)
    found = await context.read(lambda: text(metrics_text(_health(context, session)), MEDIA_TYPE))
    return found.reply(request)


def _health(context: Context, session: ApiSession) -> Health:
    with context.store.read() as connection:
        return health(connection, session.accounts, schedule_of(session), session.now)
