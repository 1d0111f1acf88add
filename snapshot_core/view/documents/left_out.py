"""Accounts that are not in the numbers of all together, and what is known of one not ready."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from pydantic import Field

from snapshot_core.growth.growth import Growth
from snapshot_core.periods import Period
from snapshot_core.view import sum_of_accounts
from snapshot_core.view.documents.fields import AccountName, Instant, document
from snapshot_core.view.overview import Overview
from snapshot_core.view.wording.accounts import left_out_sentence
from snapshot_core.view.wording.growth import since_tracking


@document
class SinceTracking:
    """What is known where a period is not ready: the growth since tracking began."""

    start: Instant = Field(description="The first complete snapshot.")
    end: Instant
    growth: int = Field(examples=[412])
    range: tuple[int, int] | None = Field(examples=[[412, 412]])
    text: str = Field(examples=["+412 views since tracking began, 19 h"])

    @classmethod
    def of(cls, known: Growth | None) -> "SinceTracking | None":
        """The document of a growth; None where nothing is known."""
        if known is None or known.window is None or known.growth is None:
            return None
        return cls(
            start=known.window.start,
            end=known.window.end,
            growth=known.growth,
            range=known.range,
            text=since_tracking(known, named=True),
        )


@document
class LeftOut:
    """An account that is not in a sum, and why."""

    account: AccountName
    reason: str = Field(examples=["not_ready"])
    message: str
    ready_at: Instant | None = Field(description="When it will be in it, where that is known.")
    last_capture: Instant | None = Field(description="The latest complete snapshot.")
    since_tracking: SinceTracking | None

    @classmethod
    def of(
        cls, left_out: sum_of_accounts.LeftOut, period: Period, zone: ZoneInfo, now: int
    ) -> "LeftOut":
        """The document of one account."""
        return cls(
            account=left_out.account,
            reason=left_out.reason.code,
            message=left_out_sentence(left_out, period, zone, now),
            ready_at=left_out.reason.ready_at,
            last_capture=left_out.last_complete,
            since_tracking=SinceTracking.of(left_out.since_tracking),
        )


def left_out(accounts: Sequence[sum_of_accounts.LeftOut], view: Overview) -> tuple[LeftOut, ...]:
    """The accounts that are not in a sum, as the zone and period of ``view`` word them."""
    return tuple(LeftOut.of(account, view.period, view.zone, view.now) for account in accounts)
