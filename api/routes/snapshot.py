"""Taking a complete snapshot of the caller's accounts."""

from anyio import to_thread
from fastapi import APIRouter
from starlette.responses import Response

from api.auth import ApiSession, Snapshooter
from api.responses import not_stored
from snapshot_core.capture.schedule import why_not
from snapshot_core.capture.snapshot_accounts import accounts_to_take, snapshot_accounts
from snapshot_core.errors import Busy
from snapshot_core.view.documents.snapshot import Snapshot

router = APIRouter(tags=["growth"])


@router.post("/growth/snapshot", response_model=Snapshot, responses={409: {}})
async def snapshot(session: Snapshooter) -> Response:
    """Take a complete snapshot of all accounts now; the answer comes when it has ended.

    Accounts that are paused or come from files are left out, and so is the sample where there are
    others. Where some fail, `success` is
    false and `message` says which; where all do, the answer is a problem.
    """
    context = session.context
    if session.user.user_id in context.taking:
        raise Busy("A snapshot of your accounts is being taken already. Wait for it to end.")
    context.taking.add(session.user.user_id)
    try:
        document = await to_thread.run_sync(_take, session, limiter=context.snapshots)
    finally:
        context.taking.remove(session.user.user_id)
    context.tokens.forget()  # whoever took it sees it with the next call
    return not_stored(document)


def _take(session: ApiSession) -> Snapshot:
    accounts = [account for account in accounts_to_take(session) if why_not(account) is None]
    if not accounts:
        raise Busy("There is no account to take a snapshot of: connect one on the dashboard.")
    outcomes = list(snapshot_accounts(session, accounts))
    document = Snapshot.of(outcomes, session.zone(), session.clock())
    errors = [outcome.error for outcome in outcomes if outcome.error is not None]
    if len(errors) == len(outcomes):
        raise type(errors[0])(document.message)
    return document
