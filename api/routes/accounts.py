"""All accounts of a user."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from api.auth import Reader
from api.context import context_of
from api.routes.health import read_health
from snapshot_core.view.documents.accounts import Accounts

router = APIRouter(tags=["health"])


@router.get("/accounts", response_model=Accounts)
async def accounts(request: Request, session: Reader) -> Response:
    """All accounts, oldest first, and the state of their snapshots."""
    context = context_of(request)

    def document() -> Accounts:
        return Accounts.of(read_health(session))

    return await context.answer(request, (*session.cache_key, "accounts"), document)
