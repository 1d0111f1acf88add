"""The job's heartbeat: one row that says it is alive, what it does and when it runs next."""

from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import Connection, delete, select, update

from snapshot_core.clock import is_ahead
from snapshot_core.store import dialects
from snapshot_core.store.tables import heartbeats

JOB: Final = "job"
"""The job that takes the captures."""

BEAT_SECONDS: Final = 15
"""Seconds between two beats of a job that lives."""
DEAD_AFTER_SECONDS: Final = 4 * BEAT_SECONDS
"""Seconds without a beat after which it is taken for dead."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A beat as stored. Instants are UTC seconds."""

    job: str
    started_at: int
    beat_at: int
    next_run_at: int | None
    """When a capture is due next; None where none ever will be."""
    doing: str | None
    """What it is at, in words for people; None while it waits."""

    def alive(self, now: int) -> bool:
        """Whether the job still beats. One that does beats anew when the clock is put back."""
        return now - self.beat_at <= DEAD_AFTER_SECONDS and not is_ahead(self.beat_at, now)


def heartbeat(connection: Connection, job: str = JOB) -> Heartbeat | None:
    """The last beat; None where no job runs on and on, or it ended when it was asked to."""
    columns = [heartbeats.c[name] for name in Heartbeat.__dataclass_fields__]
    row = connection.execute(select(*columns).where(heartbeats.c.job == job)).first()
    return None if row is None else Heartbeat(*row)


def beat(connection: Connection, beat: Heartbeat) -> None:
    """Store a beat over the one before."""
    values = asdict(beat)
    known = update(heartbeats).where(heartbeats.c.job == beat.job).values(values)
    if connection.execute(known).rowcount == 0:
        connection.execute(dialects.insert_new(connection, heartbeats).values(values))


def end(connection: Connection, job: str = JOB) -> None:
    """Take the beat away: the job ends because it was asked to."""
    connection.execute(delete(heartbeats).where(heartbeats.c.job == job))
