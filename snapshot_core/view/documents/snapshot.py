"""What came of a snapshot: ``POST /growth/snapshot``."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from pydantic import Field

from snapshot_core.capture.snapshot_accounts import Outcome
from snapshot_core.metrics import COUNTERS
from snapshot_core.view.documents.fields import AccountName, Instant, document, with_each
from snapshot_core.view.wording.snapshot import snapshot_sentence


@document
class _Since:
    account: AccountName
    since: Instant | None = Field(description="null for the first snapshot.")


@document
class Difference(with_each(dict.fromkeys(COUNTERS, int | None), _Since)):  # type: ignore[misc]
    """What an account gained since its previous complete snapshot; null if unknown."""

    @classmethod
    def of(cls, outcome: Outcome) -> "Difference":
        """The difference that a complete snapshot found."""
        differences = {name: outcome.differences.get(name) for name in COUNTERS}
        return cls(account=outcome.account.name, since=outcome.since, **differences)


@document
class Snapshot:
    """What came of a snapshot."""

    success: bool = Field(description="Whether the snapshot of every account is complete.")
    message: str = Field(examples=["creator_01: complete snapshot of 24 videos."])
    timestamp: Instant
    differences: tuple[Difference, ...] = Field(
        description="One for each account whose snapshot is complete."
    )

    @classmethod
    def of(cls, outcomes: Sequence[Outcome], zone: ZoneInfo, now: int) -> "Snapshot":
        """The outcomes at ``now`` (UTC seconds), with the differences they found."""
        sentences = [
            f"{outcome.account.name}: {snapshot_sentence(outcome, zone, now).rstrip('.')}."
            for outcome in outcomes
        ]
        return cls(
            success=all(
                outcome.error is None and outcome.status != "partial" for outcome in outcomes
            ),
            message=" ".join(sentences),
            timestamp=now,
            differences=tuple(
                Difference.of(outcome) for outcome in outcomes if outcome.status == "complete"
            ),
        )
