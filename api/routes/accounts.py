"""All accounts of a user."""

from fastapi import APIRouter
from starlette.responses import Response

from api.auth import ApiSession, Reader
from api.routes.health import read_health
from snapshot_core.view.documents.accounts import Accounts

router = APIRouter(tags=["health"])


@router.get("/accounts", response_model=Accounts)
async def accounts(session: Reader) -> Response:
    """All accounts, oldest first, and the state of their snapshots."""
    return await session.answer(_accounts)


def _accounts(session: ApiSession) -> Accounts:
    return Accounts.of(read_health(session))
