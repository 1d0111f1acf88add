"""Beats: the job's says that it is alive, what it does and when it runs next; those of retention
say how far its clock can be believed.
"""

from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import Connection, delete, select, update

from snapshot_core.clock import MAX_AHEAD_SECONDS, is_ahead
from snapshot_core.store import dialects
from snapshot_core.store.tables import heartbeats
from snapshot_core.windows import DAY, HOUR

JOB: Final = "job"
"""The job that takes the captures."""

RETENTION: Final = "retention"
"""Looks of retention, one after the other, by a clock that is believed."""
AFTER_JUMP: Final = "retention after a jump"
"""Its looks since the clock jumped, which are not believed yet."""
MAX_STEP_SECONDS: Final = DAY + 2 * HOUR
"""Between two looks with no jump between them: one for cron may come once a day, of 25 hours."""
SETTLED_SECONDS: Final = 2 * DAY
"""For which a clock has to go on after a jump until it is believed."""

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


def believed_clock(connection: Connection, now: int) -> int:
    """The latest instant, up to ``now``, that has surely come. Notes this look at the clock.

    A clock that jumps was set, or the machine was off: only time tells which. If it comes back to
    where it was, it was wrong meanwhile.
    """
    believed, doubted = heartbeat(connection, RETENTION), heartbeat(connection, AFTER_JUMP)
    if _follows(believed, now):
        _look(connection, RETENTION, believed, now)
        end(connection, AFTER_JUMP)
        return now
    settled = doubted is not None and now - doubted.started_at >= SETTLED_SECONDS
    if _follows(doubted, now):
        _look(connection, AFTER_JUMP, doubted, now)
        if settled:
            _look(connection, RETENTION, doubted, now)
            end(connection, AFTER_JUMP)
            return now
    else:
        if doubted is not None and settled:  # a jump after it, and not back
            believed = doubted
            _look(connection, RETENTION, doubted, doubted.beat_at)
        _look(connection, AFTER_JUMP, None, now)
    return 0 if believed is None else min(believed.beat_at, now)


def _follows(last: Heartbeat | None, now: int) -> bool:
    """Whether a look follows on ``last`` without a jump."""
    return last is not None and -MAX_AHEAD_SECONDS <= now - last.beat_at <= MAX_STEP_SECONDS


def _look(connection: Connection, job: str, before: Heartbeat | None, at: int) -> None:
    beat(connection, Heartbeat(job, before.started_at if before else at, at, None, None))
