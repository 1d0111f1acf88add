"""Growth by calendar day: ``GET /daily``."""

from pydantic import Field

from snapshot_core.growth import gain_line
from snapshot_core.metrics import COUNTERS
from snapshot_core.view.documents.fields import (
    AccountName,
    Day,
    Instant,
    PeriodDays,
    copied,
    document,
    with_each,
)
from snapshot_core.view.overview import Overview


@document
class DayGrowth:
    """The growth of one counter on a calendar day."""

    growth: int | None = Field(examples=[1200])
    estimated: bool

    @classmethod
    def of(cls, day: gain_line.DayGrowth) -> "DayGrowth":
        """What one counter gained on ``day``."""
        return copied(cls, day)


@document
class _DayOfAll:
    date: Day
    hours: float = Field(description="23 or 25 when the clocks change.", examples=[24.0])
    so_far: bool = Field(description="Whether the latest snapshot came before the day's end.")


@document
class DayOfGrowth(with_each(dict.fromkeys(COUNTERS, DayGrowth), _DayOfAll)):  # type: ignore[misc]
    """A calendar day."""


@document
class Daily:
    """Growth by calendar day, oldest first."""

    period: PeriodDays = Field(examples=[30])
    account: AccountName | None
    timestamp: Instant
    time_zone: str = Field(description="The time zone of the days.", examples=["Europe/Berlin"])
    days: tuple[DayOfGrowth, ...]

    @classmethod
    def of(cls, view: Overview) -> "Daily":
        """The days of the overview's cards."""
        counters_by_day = zip(*(view.cards[name].days for name in COUNTERS), strict=True)
        return cls(
            period=view.period.days,
            account=view.account.name if view.account else None,
            timestamp=view.now,
            time_zone=view.zone.key,
            days=tuple(
                DayOfGrowth(
                    date=counters[0].date,
                    hours=counters[0].hours,
                    so_far=any(day.so_far for day in counters),
                    **dict(zip(COUNTERS, map(DayGrowth.of, counters), strict=True)),
                )
                for counters in counters_by_day
            ),
        )
