"""Taking a complete snapshot of the caller's accounts."""

from anyio import to_thread
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from api import models
from api.auth import ApiSession, Snapshooter
from api.context import Context, context_of
from snapshot_core.capture.schedule import can_be_taken
from snapshot_core.capture.take import take
from snapshot_core.connections.platforms import Platforms
from snapshot_core.errors import Busy, SourceError, TruegrowthError
from snapshot_core.sources.registry import source
from snapshot_core.store.accounts import taken_together
from snapshot_core.store.record_capture import Recorded
from snapshot_core.windows import iso

router = APIRouter(tags=["growth"])


@router.post("/growth/snapshot", response_model=models.Snapshot, responses={409: {}})
async def snapshot(request: Request, session: Snapshooter) -> Response:
    """Take a complete snapshot of all accounts now; the answer comes when it has ended.

    Accounts that are paused or come from files are left out, and so is the sample where there are
    others. Where some fail, `success` is
    false and `message` says which; where all do, the answer is a problem.
    """
    context = context_of(request)
    if session.user_id in context.taking:
        raise Busy("A snapshot of your accounts is being taken already. Wait for it to end.")
    context.taking.add(session.user_id)
    try:
        document = await to_thread.run_sync(_take, context, session, limiter=context.snapshots)
    finally:
        context.taking.remove(session.user_id)
    context.tokens.forget()  # whoever took it sees it with the next call
    return JSONResponse(document, headers={"Cache-Control": "no-store"})


def _take(context: Context, session: ApiSession) -> dict[str, object]:
    able = [one for one in taken_together(session.accounts) if can_be_taken(one.source)]
    if not able:
        raise Busy("There is no account to take a snapshot of: connect one on the dashboard.")
    platforms = Platforms(context.store, context.settings)
    told: list[str] = []
    failed: list[TruegrowthError] = []
    whole = True
    for account in able:
        try:
            taken = take(
                context.store,
                source(account.source),
                account,
                context.clock,
                trigger="manual",
                platforms=platforms,
            )
        except (SourceError, Busy) as error:
            failed.append(error)
            told.append(f"{account.name}: {error}")
        else:
            whole = whole and taken.status in ("complete", None)
            told.append(f"{account.name}: {_outcome(taken)}.")
    message = " ".join(told)
    if len(failed) == len(able):
        raise type(failed[0])(message)
    return {
        "success": whole and not failed,
        "message": message,
        "timestamp": iso(context.clock()),
    }


def _outcome(taken: Recorded) -> str:
    if taken.status is None:
        return "there is a snapshot of this very second already"
    return f"{taken.status} snapshot of {taken.videos:,} videos"
