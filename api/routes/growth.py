"""Growth in a period, and by calendar day."""

from typing import Any

from fastapi import APIRouter, HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import models
from api.auth import Caller, Reader
from api.context import House, house_of
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
    request: Request, caller: Reader, period: PeriodInPath, account: AccountName = None
) -> Response:
    """What grew in a period, as a ledger, with the range the snapshots allow.

    The period ends at the latest complete snapshot.
    """
    house = house_of(request)

    def document() -> dict[str, Any]:
        return growth_document(_overview(house, caller, period, account))

    return await house.answer(request, (*caller.moment, "growth", period, account), document)


@router.get("/daily", response_model=models.Daily)
async def daily(
    request: Request, caller: Reader, period: PeriodInQuery = "30", account: AccountName = None
) -> Response:
    """Growth by calendar day: the last 14 days, or 30 with `period=30`."""
    house = house_of(request)

    def document() -> dict[str, Any]:
        return _daily_document(_overview(house, caller, period, account))

    return await house.answer(request, (*caller.moment, "daily", period, account), document)


def _overview(house: House, caller: Caller, name: str, account: str | None) -> Overview:
    one = caller.account(account)
    zone = caller.zone(house.settings, one)
    with house.store.read() as connection:
        return overview(connection, caller.accounts, one, period_called(name), caller.now, zone)


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
