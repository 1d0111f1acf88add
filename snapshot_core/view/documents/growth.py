"""What grew in a period: ``GET /growth/{period}`` and ``growth --json``."""

from pydantic import Field

from snapshot_core.growth import growth as growth_of_counter
from snapshot_core.growth import ledger as growth_ledger
from snapshot_core.growth.definitions import DefinitionBreak
from snapshot_core.growth.growth import Estimate, NoPercentage
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
from snapshot_core.view.documents.left_out import LeftOut, SinceTracking, left_out
from snapshot_core.view.overview import Card, Overview
from snapshot_core.view.wording import growth as wording


@document
class Window:
    """The period: it ends at the latest complete snapshot."""

    start: Instant | None
    end: Instant | None
    estimated: bool
    stale: bool = Field(
        description="Whether the latest complete snapshot, of every account, is too old."
    )
    coverage: float = Field(ge=0, le=1, examples=[1.0])

    @classmethod
    def of(cls, view: Overview) -> "Window":
        """The window of the overview; its coverage is that of views."""
        window = view.window
        return cls(
            start=window.start if window else None,
            end=window.end if window else None,
            estimated=any(card.growth.estimated for card in view.cards.values()),
            stale=view.stale,
            coverage=round(view.cards["views"].growth.coverage, 4),
        )


@document
class Ledger:
    """`growth = likeForLike + published`; `current - previous` is all four together."""

    likeForLike: int = Field(examples=[7000])
    published: int = Field(examples=[1000])
    newlyTracked: int = Field(examples=[0])
    removed: int = Field(examples=[0])
    corrections: int = Field(examples=[12])

    @classmethod
    def of(cls, lines: growth_ledger.Ledger) -> "Ledger":
        """The lines of a ledger, under the names of the original API."""
        return copied(cls, lines, likeForLike=lines.like_for_like, newlyTracked=lines.newly_tracked)


@document
class GrowthTexts:
    """A growth as pages and the shell show it."""

    gain: str = Field(description="`< 100K` below the source's resolution.", examples=["+8K"])
    percentage: str = Field(
        description="Empty where there is none.", examples=["+5.6\N{NO-BREAK SPACE}%"]
    )
    no_percentage: str = Field(description="Why there is none beside a growth.", examples=[""])
    range: str = Field(
        description="Empty where it is exact.",
        examples=["The true figure is between +7,950 and +8,050, 9 times in 10."],
    )
    doubts: str = Field(description="Why it is less certain than it looks.", examples=[""])

    @classmethod
    def of(cls, counter: growth_of_counter.Growth, now: int) -> "GrowthTexts":
        """The words of one growth at ``now``."""
        doubts = wording.doubts(counter, now)
        return cls(
            gain=wording.gain(counter),
            percentage=wording.percentage(counter),
            no_percentage=wording.no_percentage(counter),
            range=wording.bounds(counter),
            doubts=doubts.sentence if doubts else "",
        )


@document
class Break:
    """A day on which a platform began to count something else under the same name."""

    day: fields.Day
    change: str = Field(examples=["YouTube counts every start of any video as a view"])

    @classmethod
    def of(cls, definition: DefinitionBreak) -> "Break":
        """The day of one change."""
        return copied(cls, definition)


@document
class CounterGrowth:
    """The growth of one counter. Where `growth` is null, `reason` and `message` say why."""

    current: int | None = Field(examples=[150000])
    previous: int | None = Field(examples=[142000])
    growth: int | None = Field(examples=[8000])
    percentage: fields.Percentage | None = Field(
        description="Of `previous - removed`; null below the resolution.", examples=[5.63]
    )
    no_percentage: NoPercentage | None = Field(
        description="Why `percentage` is null where `growth` is not.", examples=[None]
    )
    change: fields.Percentage | None = Field(
        description="Change against the growth of the previous period, in percent; null where "
        "the source rounds off more than the difference.",
        examples=[14.29],
    )
    isIncrease: bool | None
    ledger: Ledger | None
    range: tuple[int, ...] | None = Field(
        min_length=2,
        max_length=2,
        description="Between these two the true growth lies, 9 times in 10.",
        examples=[[7950, 8050]],
    )
    estimated: tuple[Estimate, ...] = Field(
        description="Why half the range is more than a tenth of growth. `definition`: see "
        "`breaks`.",
        examples=[[]],
    )
    breaks: tuple[Break, ...] = Field(
        description="The days in the period on which the platform redefined the counter."
    )
    resolution: int = Field(description="A smaller growth cannot be told from 0.", examples=[0])
    texts: GrowthTexts
    reason: str | None = Field(examples=[None])
    message: str | None = Field(examples=[None])
    since_tracking: SinceTracking | None = Field(
        description="What is known where the period is not ready.", examples=[None]
    )
    accounts: int = Field(description="How many accounts it is the sum of.", examples=[1])
    compared_accounts: int = Field(
        description="Of those, how many `change` is the change of: they were known in the previous "
        "period, too.",
        examples=[1],
    )
    left_out: tuple[LeftOut, ...] = Field(
        description="Of several accounts, those that are not in it.", examples=[[]]
    )

    @classmethod
    def of(cls, card: Card, view: Overview) -> "CounterGrowth":
        """The growth of one of the counters of ``view``."""
        counter, reason = card.growth, card.growth.reason
        return copied(
            cls,
            counter,
            isIncrease=counter.is_increase,
            ledger=Ledger.of(counter.ledger) if counter.ledger else None,
            breaks=tuple(Break.of(each) for each in counter.breaks),
            texts=GrowthTexts.of(counter, view.now),
            reason=reason.code if reason else None,
            message=wording.reason(counter, view.period, view.zone, view.now) or None,
            since_tracking=SinceTracking.of(counter.since_tracking),
            compared_accounts=0 if counter.before is None else counter.comparable_accounts,
            left_out=left_out(card.left_out, view),
        )


@document
class Counters(fields.with_each(dict.fromkeys(COUNTERS, CounterGrowth))):  # type: ignore[misc]
    """The growth of every counter."""


@document
class Growth:
    """What grew in a period."""

    period: PeriodDays = Field(examples=[7])
    account: AccountName | None = Field(description="null: all accounts together.")
    timestamp: Instant
    window: Window
    growth: Counters
    left_out: tuple[LeftOut, ...] = Field(
        description="Of several accounts, those that are in none of the numbers.", examples=[[]]
    )
    stale_accounts: tuple[AccountName, ...] = Field(
        description="Of several accounts in the numbers, those whose latest complete snapshot is "
        "too old.",
        examples=[[]],
    )

    @classmethod
    def of(cls, view: Overview) -> "Growth":
        """The document of the original API, with the ledger added."""
        counters = {name: CounterGrowth.of(card, view) for name, card in view.cards.items()}
        return cls(
            period=days_of(view.period),
            account=view.account.name if view.account else None,
            timestamp=view.now,
            window=Window.of(view),
            growth=Counters(**counters),
            left_out=left_out(view.left_out, view),
            stale_accounts=tuple(view.stale_accounts),
        )
