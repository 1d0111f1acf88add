"""Growth in a period, and by calendar day."""

from fastapi import APIRouter, HTTPException
from starlette.responses import Response

from api.auth import ApiSession, Reader
from api.parameters import AccountName, PeriodOfDaily, PeriodOfDays, PeriodOfPath
from snapshot_core.periods import Period
from snapshot_core.view.documents.days import Daily
from snapshot_core.view.documents.growth import Growth
from snapshot_core.view.overview import Overview, overview

router = APIRouter(tags=["growth"])


@router.get("/growth/snapshot", include_in_schema=False)
async def not_a_period() -> Response:
    """Only POST is allowed here; without this, "snapshot" would be read as a period."""
    raise HTTPException(405, headers={"Allow": "POST"})


@router.get("/growth/{period}", response_model=Growth)
async def growth(session: Reader, period: PeriodOfPath, account: AccountName = None) -> Response:
    """What grew in a period, as a ledger, with the range the snapshots allow.

    The period ends at the latest complete snapshot. 90d and 1y begin at a local midnight.
    """
    return await session.answer(_growth, period, account)


@router.get("/growth", response_model=Growth)
async def growth_of_days(
    session: Reader, period: PeriodOfDays, account: AccountName = None
) -> Response:
    """What grew on days of your own, both included."""
    return await session.answer(_growth, period, account)


@router.get("/daily", response_model=Daily)
async def daily(session: Reader, period: PeriodOfDaily, account: AccountName = None) -> Response:
    """Growth by calendar day: the last 14 days, or those of a longer period."""
    return await session.answer(_daily, period, account)


def _growth(session: ApiSession, period: Period, name: str | None) -> Growth:
    return Growth.of(_overview(session, period, name))


def _daily(session: ApiSession, period: Period, name: str | None) -> Daily:
    return Daily.of(_overview(session, period, name))


def _overview(session: ApiSession, period: Period, name: str | None) -> Overview:
    account = session.account_or_all(name)
    zone = session.zone(account)
    with session.store.read() as connection:
        return overview(connection, session.accounts, account, period, session.now, zone)
