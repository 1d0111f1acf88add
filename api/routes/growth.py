"""Growth in a period, and by calendar day."""

from typing import Any

from fastapi import APIRouter, HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import models
from api.auth import ApiSession, Reader
from api.context import Context, context_of
from api.models import AccountName, PeriodInPath, PeriodInQuery
from snapshot_core.metrics import COUNTERS
from snapshot_core.view.documents.growth import growth_document
from snapshot_core.view.overview import Overview, overview
from snapshot_core.windows import iso
from snapshot_core.windows import period as period_called

router = APIRouter(tags=["growth"])


@router.get("/growth/snapshot", include_in_schema=False)
async def not_a_period() -> Response:
    """Only POST is possible here; else it would be taken for a period."""
    raise HTTPException(405, headers={"Allow": "POST"})


@router.get("/growth/{period}", response_model=models.Growth)
async def growth(
    request: Request, session: Reader, period: PeriodInPath, account: AccountName = None
) -> Response:
    """What grew in a period, as a ledger, with the range the snapshots allow.

    The period ends at the latest complete snapshot.
    """
    context = context_of(request)

    def document() -> dict[str, Any]:
        return growth_document(_overview(context, session, period, account))

    return await context.answer(request, (*session.cache_key, "growth", period, account), document)


@router.get("/daily", response_model=models.Daily)
async def daily(
    request: Request, session: Reader, period: PeriodInQuery = "30", account: AccountName = None
) -> Response:
    """Growth by calendar day: the last 14 days, or 30 with `period=30`."""
    context = context_of(request)

    def document() -> dict[str, Any]:
        return _daily_document(_overview(context, session, period, account))

    return await context.answer(request, (*session.cache_key, "daily", period, account), document)


def _overview(context: Context, session: ApiSession, name: str, account: str | None) -> Overview:
    one = session.asked(account)
    zone = session.zone(one)
    with context.store.read() as connection:
        return overview(connection, session.accounts, one, period_called(name), session.now, zone)


def _daily_document(view: Overview) -> dict[str, Any]:
    days = zip(*(view.cards[name].days for name in COUNTERS), strict=True)
    return {
        "period": view.period.days,
        "account": view.account.name if view.account else None,
        "timestamp": iso(view.now),
        "time_zone": view.zone.key,
        "days": [
            {
                "date": counters[0].date.isoformat(),
                "hours": counters[0].hours,
                "so_far": any(day.so_far for day in counters),
                **{
                    name: {"growth": day.growth, "estimated": day.estimated}
                    for name, day in zip(COUNTERS, counters, strict=True)
                },
            }
            for counters in days
        ],
    }
