"""What came of a snapshot, as programs get it."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from snapshot_core.capture.snapshot_accounts import Outcome
from snapshot_core.metrics import COUNTERS
from snapshot_core.view.wording.snapshot import snapshot_sentence
from snapshot_core.windows import iso


def snapshot_document(outcomes: Sequence[Outcome], zone: ZoneInfo, now: int) -> dict[str, Any]:
    """The outcomes at ``now`` (UTC seconds), with the difference that each found.

    A difference is since the account's complete snapshot before; without one, or with one of the
    two that does not know a counter, it is null.
    """
    sentences = [
        f"{outcome.account.name}: {snapshot_sentence(outcome, zone, now).rstrip('.')}."
        for outcome in outcomes
    ]
    return {
        "success": all(
            outcome.error is None and outcome.status != "partial" for outcome in outcomes
        ),
        "message": " ".join(sentences),
        "timestamp": iso(now),
        "differences": [
            {
                "account": outcome.account.name,
                "since": None if outcome.since is None else iso(outcome.since),
                **{name: outcome.differences.get(name) for name in COUNTERS},
            }
            for outcome in outcomes
            if outcome.status == "complete"
        ],
    }
