"""What the platform itself reported per day: shown as it is, beside what snapshots say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from snapshot_core.store.accounts import Account
from snapshot_core.store.database import Connection
from snapshot_core.store.reported_days import REPORTED, amounts_of, last_reported
from snapshot_core.windows import Period

MIN_DAYS_DRAWN: Final = 28
"""Days of the little chart, at least."""


@dataclass(frozen=True, slots=True)
class ReportedMetric:
    """One kind of amount. None is unknown: TikTok did not report it, or no file has the day."""

    metric: str
    amount: int | None
    """Of the last days together; None where one of them is unknown."""
    before: int | None
    """Of as many days before them."""
    days: Sequence[int | None]
    """One a day, the last reported day last."""


@dataclass(frozen=True, slots=True)
class Reported:
    """The amounts of one account in a period that ends with the last day it reported."""

    period: Period
    until: date
    metrics: Sequence[ReportedMetric]


def reported(connection: Connection, account: Account, period: Period) -> Reported | None:
    """The amounts of ``account``; None where no file has brought any."""
    until = last_reported(connection, account.key)
    if until is None:
        return None
    length = max(MIN_DAYS_DRAWN, 2 * period.days)
    days = [until - timedelta(days=back) for back in range(length - 1, -1, -1)]
    amounts = amounts_of(connection, account.key, days[0])
    metrics = []
    for metric in REPORTED:
        known = [amounts.get(day, {}).get(metric) for day in days]
        if any(amount is not None for amount in known):
            last, before = known[-period.days :], known[-2 * period.days : -period.days]
            drawn = known[-max(MIN_DAYS_DRAWN, period.days) :]
            metrics.append(ReportedMetric(metric, _sum(last), _sum(before), drawn))
    return Reported(period, until, metrics)


def _sum(amounts: Sequence[int | None]) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None
