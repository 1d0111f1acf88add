"""Accounts and how their snapshots stand: ``GET /accounts``."""

from typing import Literal

from pydantic import Field

from snapshot_core.store.fold.missing_videos import MissingVideos
from snapshot_core.view.account_health import AccountHealth
from snapshot_core.view.documents.fields import AccountName, CadenceName, Instant, copied, document
from snapshot_core.view.health import Health


@document
class Missing:
    """Videos that the newest listing misses, too many to be believed gone without a word."""

    captured_at: Instant
    missing: int = Field(examples=[40])
    last_complete: int = Field(
        description="How many videos the last complete snapshot listed.", examples=[60]
    )

    @classmethod
    def of(cls, videos: MissingVideos) -> "Missing":
        """What one listing misses."""
        return copied(cls, videos)


@document
class Account:
    """An account and how its snapshots stand."""

    account: AccountName
    source: str = Field(examples=["tiktok"])
    last_capture: Instant | None = Field(description="The latest complete snapshot.")
    next_capture: Instant | None = Field(
        description="When the next snapshot is due; null if none is taken automatically."
    )
    last_attempt: Instant | None
    last_error: str | None = Field(examples=[None])
    paused: bool
    stale: bool
    gaps: tuple[dict[Literal["start", "end"], Instant], ...] = Field(examples=[[]])
    cadence: CadenceName = Field(
        description="How often it is read: adaptive, nightly, or every 6, 3 or 1 hours."
    )
    calls_per_day: int | None = Field(
        description="Calls of the platform that its plan takes in the next 24 hours; null where "
        "they are not counted.",
        examples=[46],
    )
    bytes_per_day: int | None = Field(
        description="About how much it stores in them; null where nothing is read.",
        examples=[31_000],
    )
    ahead: tuple[Instant, ...] = Field(
        description="Snapshots dated ahead of the clock. They count for nothing until they are "
        "kept.",
        examples=[[]],
    )
    missing: Missing | None = Field(
        description="What the newest listing misses; null where it is believed.", examples=[None]
    )

    @classmethod
    def of(cls, view: AccountHealth) -> "Account":
        """The health of one account."""
        return copied(
            cls,
            view,
            account=view.account.name,
            source=view.account.source,
            last_capture=view.history.last_complete,
            last_attempt=view.account.attempted_at,
            last_error=view.account.last_error,
            paused=view.account.paused,
            gaps=tuple({"start": gap.start, "end": gap.end} for gap in view.gaps),
            missing=None if view.missing is None else Missing.of(view.missing),
            cadence=view.cadence,
            calls_per_day=view.plan and view.plan.calls,
            bytes_per_day=view.plan and view.plan.bytes,
            ahead=tuple(capture.captured_at for capture in view.ahead),
        )


@document
class Accounts:
    """All accounts of the token's user, oldest first."""

    timestamp: Instant
    accounts: tuple[Account, ...]

    @classmethod
    def of(cls, view: Health) -> "Accounts":
        """The accounts of a health view."""
        return cls(timestamp=view.now, accounts=tuple(map(Account.of, view.accounts)))
