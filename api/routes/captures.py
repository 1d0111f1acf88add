"""The snapshots that were tried."""

from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.auth import ApiSession, Reader
from api.paging import Cursor, Limit, Rank, page
from api.parameters import AccountName
from api.responses import encode
from snapshot_core.store.captures import CaptureRow, captures_since
from snapshot_core.view.account_health import SHOWN_DAYS
from snapshot_core.view.documents.captures import Capture, Captures
from snapshot_core.view.documents.fields import copied
from snapshot_core.windows import DAY

router = APIRouter(tags=["health"])

Days = Annotated[int, Query(ge=1, le=3650, description="How many days to look back.")]


@router.get("/captures", response_model=Captures)
async def captures(
    session: Reader,
    account: AccountName = None,
    days: Days = SHOWN_DAYS,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Response:
    """The snapshots that were tried in the last days, newest first."""
    # Not cached: a capture of the newest videos that fails leaves no trace on its account.
    return await session.answer_uncached(
        lambda: encode(_captures(session, account, days, limit, cursor))
    )


def _captures(
    session: ApiSession, name: str | None, days: int, limit: int, cursor: str | None
) -> Captures:
    accounts = session.accounts_named(name)
    ids = {account.name: account.account_id for account in accounts}
    since = session.now - days * DAY
    with session.store.read() as connection:
        rows = captures_since(connection, accounts, since, session.now)

    def rank(row: CaptureRow) -> Rank:
        return -row.captured_at, ids[row.account], 0, 0

    rows.sort(key=rank)
    list_key = ("captures", session.user.user_id, sorted(ids.values()))
    shown = page(rows, rank, limit, cursor, list_key)
    documents = tuple(copied(Capture, row) for row in shown.rows)
    return Captures(timestamp=session.now, captures=documents, next=shown.next)
