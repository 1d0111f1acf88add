"""What the platform itself reported per day: shown as it is, beside what snapshots say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from snapshot_core.periods import Dates, Days, Period
from snapshot_core.store.accounts import Account
from snapshot_core.store.database import Connection
from snapshot_core.store.reported_days import REPORTED, amounts_of, last_reported

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

    days: int
    """How many the period has."""
    until: date
    metrics: Sequence[ReportedMetric]


def reported(connection: Connection, account: Account, period: Period) -> Reported | None:
    """The amounts of ``account`` in ``period``; None where no file has brought any of it."""
    until = last_reported(connection, account.key)
    if until is None:
        return None
    if isinstance(period, Dates) and period.until is not None:
        until = min(until, period.until)
    amounts = amounts_of(connection, account.key, date.min)
    length = _length(period, min(amounts), until)
    if length < 1:
        return None
    drawn = max(MIN_DAYS_DRAWN, length)
    days = [until - timedelta(days=back) for back in range(max(drawn, 2 * length) - 1, -1, -1)]
    metrics = []
    for metric in REPORTED:
        known = [amounts.get(day, {}).get(metric) for day in days]
        if any(amount is not None for amount in known):
            last, before = known[-length:], known[-2 * length : -length]
            metrics.append(ReportedMetric(metric, _sum(last), _sum(before), known[-drawn:]))
    return Reported(length, until, metrics)


def _length(period: Period, first: date, until: date) -> int:
    """Days of ``period`` up to the day ``until``, where the ``first`` reported day is known."""
    if isinstance(period, Days):
        return period.days
    since = period.since if isinstance(period, Dates) else first
    return (until - since).days + 1


def _sum(amounts: Sequence[int | None]) -> int | None:
    known = [amount for amount in amounts if amount is not None]
    return sum(known) if len(known) == len(amounts) else None
