"""The loop of ticks, and the tasks that each tick runs."""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from schedule import Scheduler

from jobs.heartbeat import HeartbeatWriter
from jobs.stop import Stop, Stopped
from snapshot_core.errors import TruegrowthError

TICK_SECONDS = 1.0
"""Between two looks at what to run, and the longest that a signal waits for its answer
between two tasks."""

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Task:
    """Something to look after every so many seconds. It decides by itself whether to act."""

    name: str
    every_seconds: int
    work: Callable[[], object]
    _trouble: str | None = field(default=None, init=False)

    def run(self) -> None:
        """Do the work. An error is logged, once until it changes, and stops nobody else."""
        try:
            self.work()
        except Stopped:
            return  # the loop sees for itself that it was asked
        except Exception as error:
            trouble = f"{type(error).__name__}: {error}"
            if trouble != self._trouble:
                known = isinstance(error, TruegrowthError)
                _log.error("%s: %s", self.name, error, exc_info=None if known else error)
            self._trouble = trouble
        else:
            if self._trouble is not None:
                _log.info("%s: works again", self.name)
            self._trouble = None


def scheduled(tasks: Sequence[Task]) -> Scheduler:
    """A scheduler of our own for the tasks; nothing is shared through the library's default one."""
    scheduler = Scheduler()
    for task in tasks:
        scheduler.every(task.every_seconds).seconds.do(task.run)
    return scheduler


def loop(
    tasks: Sequence[Task],
    stop: Stop,
    heartbeat: HeartbeatWriter,
    schedule: Callable[[Sequence[Task]], Scheduler] = scheduled,
) -> None:
    """Run the tasks at once, then each in its rhythm, until ``stop``."""
    heartbeat.beat()
    scheduler = schedule(tasks)
    scheduler.run_all()
    while not stop.wait(TICK_SECONDS):
        # The scheduler counts by the wall clock: one put back would silence it for as long.
        if _is_silenced(scheduler, tasks):
            scheduler = schedule(tasks)
        scheduler.run_pending()
        heartbeat.beat()


def _is_silenced(scheduler: Scheduler, tasks: Sequence[Task]) -> bool:
    """Whether a task waits for longer than its rhythm: the clock was put back since it last ran.

    That may have been while another one ran, so each is looked at.
    """
    first, idle = scheduler.next_run, scheduler.idle_seconds
    return any(
        idle + (job.next_run - first).total_seconds() > task.every_seconds
        for task, job in zip(tasks, scheduler.get_jobs(), strict=True)
    )
