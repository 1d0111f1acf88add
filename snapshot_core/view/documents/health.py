"""Accounts, the job and what is wrong: ``GET /health`` and ``status --json``."""

from typing import Literal, Self

from pydantic import Field

from snapshot_core.store.heartbeats import Heartbeat
from snapshot_core.view import health
from snapshot_core.view.documents.accounts import Account
from snapshot_core.view.documents.fields import Instant, copied, document


@document
class Job:
    """The nightly job."""

    alive: bool
    last_beat: Instant | None
    next_run: Instant | None
    doing: str | None = Field(examples=[None])

    @classmethod
    def of(cls, job: Heartbeat | None, now: int) -> "Job":
        """The job as it was last heard of; None: no job runs continuously."""
        if job is None:
            return cls(alive=False, last_beat=None, next_run=None, doing=None)
        last_beat, next_run = job.beat_at, job.next_run_at
        return cls(alive=job.alive(now), last_beat=last_beat, next_run=next_run, doing=job.doing)


@document
class HealthProblem:
    """Something wrong, and what to do about it."""

    what: str
    remedy: str
    account: str | None


@document
class Alive:
    """What anyone may know."""

    status: Literal["ok"]


@document
class Status:
    """Accounts, the job and what is wrong."""

    timestamp: Instant
    accounts: tuple[Account, ...]
    job: Job
    problems: tuple[HealthProblem, ...]

    @classmethod
    def of(cls, view: health.Health, **alive: str) -> Self:
        """The health of a user's accounts; ``alive`` has the fields that the API adds."""
        return cls(
            timestamp=view.now,
            accounts=tuple(map(Account.of, view.accounts)),
            job=Job.of(view.job, view.now),
            problems=tuple(copied(HealthProblem, problem) for problem in view.problems),
            **alive,
        )


@document
class Health(Status, Alive):
    """What the owner of a token may know."""
