"""What is wrong and what to do about it, in words a creator can act on."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from snapshot_core.store.heartbeats import Heartbeat
from snapshot_core.store.log import Doubt
from snapshot_core.view.wording import duration, exact, moment

if TYPE_CHECKING:
    from snapshot_core.view.health import AccountHealth

Mend = Literal["snapshot", "import", "job"]
"""What mends it: a snapshot taken now, newer readings brought in, the job started."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong, and what to do about it."""

    what: str
    remedy: str
    account: str | None = None
    mend: Mend | None = None


def job_problems(job: Heartbeat | None, now: int) -> Iterator[Problem]:
    """The job that takes the nightly captures is not there."""
    if job is None:
        yield Problem(
            "The nightly job is not running.",
            "Start it beside the dashboard with: make run (or python -m jobs).",
            mend="job",
        )
    elif not job.alive(now):
        yield Problem(
            f"The nightly job was last seen {duration(now - job.beat_at)} ago.",
            "Start it again with: make run (or python -m jobs).",
            mend="job",
        )


def account_problems(one: "AccountHealth", now: int) -> Iterator[Problem]:
    """What keeps an account's numbers from being fresh."""
    account = one.account
    mend: Mend = "snapshot" if one.can_be_taken else "import"
    if account.last_error:
        remedy = (
            "It is tried again by itself."
            if one.next_capture is not None
            else "Mend the cause, then take a snapshot to start again."
        )
        yield Problem(f"{account.name}: {account.last_error}", remedy, account.name, mend)
    if one.history.last_complete is None:
        yield Problem(
            f"{account.name} has no complete snapshot yet.",
            "Take one now." if one.can_be_taken else "Import a readings file.",
            account.name,
            mend,
        )
    elif one.stale:
        last = moment(one.history.last_complete, one.zone, now)
        yield Problem(
            f"{account.name}: the last complete snapshot is of {last}.",
            "Take one now, and see that the nightly job runs."
            if one.can_be_taken
            else "Import newer readings; the numbers are those of that day.",
            account.name,
            mend,
        )


def doubt_problems(doubts: Sequence[Doubt]) -> Iterator[Problem]:
    """Readings that wait for the next capture to confirm them."""
    held = sum(doubt.verdict == "held" for doubt in doubts)
    if held:
        yield Problem(
            f"{exact(held)} {'reading' if held == 1 else 'readings'} fell steeply.",
            "Nothing to do: the next snapshot confirms or rejects them.",
        )
