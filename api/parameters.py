"""Path and query parameters that several addresses share."""

import re
from collections.abc import Awaitable, Callable
from datetime import date
from typing import Annotated, Literal, TypeAlias

from fastapi import Depends, Path, Query
from pydantic import BeforeValidator, Field

from snapshot_core.errors import InputError
from snapshot_core.periods import Comparison, Period, dates
from snapshot_core.periods import period as period_named
from snapshot_core.view.documents.fields import MetricName

PeriodName: TypeAlias = Annotated[
    Literal["1", "7", "30", "90", "365", "24h", "7d", "30d", "90d", "1y", "all"],
    Field(
        description="Days, or 24h, 7d, 30d, 90d, 1y, or all: since tracking began.", examples=["7"]
    ),
]
Compare: TypeAlias = Annotated[
    Comparison,
    Query(
        description="What `change` is against: the time `before`, the same dates a `year` ago, "
        "or `none`."
    ),
]


def _iso_date(text: object) -> object:
    """``text`` itself; raises `ValueError` for numbers, which Pydantic takes for seconds."""
    if isinstance(text, str) and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError("write a date as 2026-01-31")
    return text


Day: TypeAlias = Annotated[date, BeforeValidator(_iso_date)]
Start: TypeAlias = Annotated[
    Day, Query(description="The first day, in the account's time zone.", examples=["2026-01-01"])
]
OptionalStart: TypeAlias = Annotated[
    Day | None, Query(description="The first day, in place of a period.", examples=["2026-01-01"])
]
End: TypeAlias = Annotated[
    Day | None,
    Query(
        description="The last day; without it, up to the latest complete snapshot.",
        examples=["2026-01-31"],
    ),
]


async def _period_of_path(period: PeriodName, compare: Compare = "before") -> Period:
    return period_named(period).compared(compare)


async def _days(start: Start, end: End = None, compare: Compare = "before") -> Period:
    try:
        return dates(start, end).compared(compare)
    except ValueError as error:
        raise InputError(f"{error}.") from None


def _period_or_days(default: PeriodName) -> Callable[..., Awaitable[Period]]:
    async def chosen(
        period: PeriodName = default,
        start: OptionalStart = None,
        end: End = None,
        compare: Compare = "before",
    ) -> Period:
        if start is not None:
            return await _days(start, end, compare)
        if end is not None:
            raise InputError("An end needs a start: give the first day, too.")
        return await _period_of_path(period, compare)

    return chosen


PeriodOfPath: TypeAlias = Annotated[Period, Depends(_period_of_path)]
PeriodOfDays: TypeAlias = Annotated[Period, Depends(_days)]
PeriodOrDays: TypeAlias = Annotated[Period, Depends(_period_or_days("7"))]
PeriodOfDaily: TypeAlias = Annotated[Period, Depends(_period_or_days("30"))]
AccountName: TypeAlias = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=200,
        description="The name of an account. Without it: the only account, or all together.",
        examples=["creator_01"],
    ),
]
Sort: TypeAlias = Annotated[
    MetricName, Query(description="The counter whose growth decides the order.")
]
Tag: TypeAlias = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=200,
        description="Only videos with this tag; `totals` are theirs.",
        examples=["birds"],
    ),
]
PlatformId: TypeAlias = Annotated[
    str,
    Path(
        min_length=1,
        max_length=200,
        pattern=r"^[^\x00-\x1f\x7f]+$",
        description="The platform's id of the video.",
        examples=["7554971395553052634"],
    ),
]
TagOfPath: TypeAlias = Annotated[
    str,
    Path(min_length=1, max_length=200, description="The tag.", examples=["birds"]),
]
