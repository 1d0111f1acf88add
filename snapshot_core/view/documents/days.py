"""Growth by calendar day: ``GET /daily``."""

from collections.abc import Sequence

from pydantic import Field

from snapshot_core.growth import gain_line
from snapshot_core.metrics import COUNTERS
from snapshot_core.view.documents import fields
from snapshot_core.view.documents.fields import (
    AccountName,
    Instant,
    PeriodDays,
    copied,
    days_of,
    document,
)
from snapshot_core.view.documents.left_out import LeftOut, left_out
from snapshot_core.view.overview import Overview


@document
class DayGrowth:
    """The growth of one counter on a calendar day."""

    growth: int | None = Field(examples=[1200])
    estimated: bool
    resolution: int = Field(description="A smaller growth cannot be told from 0.", examples=[0])
    accounts_missing: int = Field(
        description="Of several accounts, those whose day is not known, or not to its end.",
        examples=[0],
    )


@document
class _Day:
    date: fields.Day
    hours: float = Field(description="23 or 25 when the clocks change.", examples=[24.0])
    so_far: bool = Field(description="Whether the latest snapshot came before the day's end.")


@document
class DayOfGrowth(fields.with_each(dict.fromkeys(COUNTERS, DayGrowth), _Day)):  # type: ignore[misc]
    """A calendar day."""

    @classmethod
    def of(cls, counters: Sequence[gain_line.DayGrowth]) -> "DayOfGrowth":
        """The day of all ``counters``, in the order of `COUNTERS`."""
        days = zip(COUNTERS, counters, strict=True)
        growth = {name: copied(DayGrowth, day) for name, day in days}
        return copied(cls, counters[0], so_far=any(day.so_far for day in counters), **growth)


@document
class Daily:
    """Growth by calendar day, oldest first."""

    period: PeriodDays = Field(examples=[30])
    account: AccountName | None
    timestamp: Instant
    time_zone: str = Field(description="The time zone of the days.", examples=["Europe/Berlin"])
    days: tuple[DayOfGrowth, ...]
    left_out: tuple[LeftOut, ...] = Field(
        description="Of several accounts, those that are in none of the numbers.", examples=[[]]
    )

    @classmethod
    def of(cls, view: Overview) -> "Daily":
        """The days of the overview's cards."""
        counters_by_day = zip(*(view.cards[name].days for name in COUNTERS), strict=True)
        return cls(
            period=days_of(view.period),
            account=view.account.name if view.account else None,
            timestamp=view.now,
            time_zone=view.zone.key,
            days=tuple(map(DayOfGrowth.of, counters_by_day)),
            left_out=left_out(view.left_out, view),
        )
