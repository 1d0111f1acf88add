"""What became of a snapshot, in words. The account's name stands before them."""

from zoneinfo import ZoneInfo

from snapshot_core.capture.snapshot_accounts import Outcome
from snapshot_core.plural import plural
from snapshot_core.view.wording.numbers import exact, moment

SAME_SECOND = "there is a snapshot of this very second already"
WAITING = "all is read; waiting for the database to store it, for five minutes at most."
CUT_SHORT = "the list of videos was cut short, so this snapshot does not count yet. Take another."


def snapshot_sentence(outcome: Outcome, zone: ZoneInfo, now: int) -> str:
    """``complete snapshot of 24 videos; +1,234 views, +56 likes since 28 Nov, 14:02``."""
    if outcome.error is not None:
        return str(outcome.error)
    if outcome.status is None:
        return SAME_SECOND
    newest = outcome.scope == "recent"
    which = "snapshot of the newest" if newest else f"{outcome.status} snapshot of"
    parts = [f"{which} {plural(outcome.videos, 'video')}"]
    if outcome.rejected:
        parts.append(f"{plural(outcome.rejected, 'impossible count')} left out")
    if (difference := difference_sentence(outcome, zone, now)) is not None:
        parts.append(difference)
    return "; ".join(parts)


def snapshot_news(outcome: Outcome, zone: ZoneInfo, now: int) -> str:
    """What is new by a complete snapshot: ``+1,234 views, +56 likes since 28 Nov, 14:02``."""
    first = f"first snapshot taken, {plural(outcome.videos, 'video')}"
    return difference_sentence(outcome, zone, now) or first


def difference_sentence(outcome: Outcome, zone: ZoneInfo, now: int) -> str | None:
    """What came in since the complete snapshot before; None where there is none to compare."""
    if outcome.since is None:
        return None
    changes = [
        f"{'+' if gained > 0 else ''}{exact(gained)} {metric}"
        for metric, gained in outcome.differences.items()
        if gained
    ]
    return f"{', '.join(changes) or 'nothing changed'} since {moment(outcome.since, zone, now)}"


def snapshot_problem(outcome: Outcome) -> str | None:
    """Why a snapshot does not count, and what to do; None where it is complete."""
    if outcome.error is not None:
        return str(outcome.error)
    if outcome.status is None:
        return f"{SAME_SECOND}."
    return None if outcome.status == "complete" else CUT_SHORT
