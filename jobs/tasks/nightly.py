"""The nightly captures: which accounts are due, some at once, each on its own."""

import logging
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from sqlalchemy import Connection

from jobs.heartbeat import HeartbeatWriter
from jobs.stop import Stop
from snapshot_core.capture.schedule import DueAccount, Schedule
from snapshot_core.capture.take import take
from snapshot_core.clock import Clock
from snapshot_core.connections.platforms import Platforms
from snapshot_core.errors import Busy, NotFound, SourceError, StoreError
from snapshot_core.store.accounts import account
from snapshot_core.store.database import Store
from snapshot_core.store.due_accounts import due_account, due_accounts

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one due account, in a line for people."""

    account: str
    line: str
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Nightly:
    """The task that takes the captures that are due."""

    store: Store
    schedule: Schedule
    clock: Clock
    stop: Stop = field(default_factory=Stop)
    heartbeat: HeartbeatWriter | None = None
    platforms: Platforms | None = None
    workers: int = 1
    """How many accounts are captured at once."""

    def run(self) -> None:
        """`captures`, to the end."""
        for _ in self.captures():
            pass

    def captures(self) -> Iterator[Outcome]:
        """Take every capture that is due now, the longest waiting account first.

        A capture that fails is an `Outcome` like any other. Raises `StoreError` where the
        database is away, and `Stopped` when the job is asked to end: a capture under way then
        is given up whole.
        """
        due = self._look()
        if not due:
            return
        try:
            for outcome in self._abreast(due):
                level = logging.WARNING if outcome.failed else logging.INFO
                _log.log(level, "%r: %s", outcome.account, outcome.line)
                yield outcome
        finally:
            self._doing(None)
        self._look()

    def _abreast(self, due: list[DueAccount]) -> Iterator[Outcome]:
        """Capture ``due``, as many at once as there are workers, as they end."""
        waiting, under_way = deque(due), set[Future[Outcome | None]]()
        with ThreadPoolExecutor(self.workers, thread_name_prefix="capture") as pool:
            while waiting or under_way:
                while waiting and len(under_way) < self.workers:
                    self.stop.check()
                    self._doing(f"Taking a snapshot of {waiting[0].name}")
                    under_way.add(pool.submit(self._take, waiting.popleft()))
                ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for one in ended:
                    if (outcome := one.result()) is not None:
                        yield outcome

    def _look(self) -> list[DueAccount]:
        now = self.clock()
        with self.store.read() as connection:
            due, next_at = self.schedule.agenda(due_accounts(connection, now), now)
        if self.heartbeat is not None:
            self.heartbeat.next_run(next_at)
        return due

    def _take(self, due: DueAccount) -> Outcome | None:
        """Capture one account; None where it is no longer there or no longer due."""
        key = due.user_id, due.account_id
        try:
            with self.store.read() as connection:
                stored = account(connection, key)
            taken = take(
                self.store,
                self.schedule.sources(due.source),
                stored,
                self.clock,
                trigger="baseline" if due.last_good is None else "nightly",
                progress=lambda _count, _expected: self._between_videos(),
                still_due=self._still_due(due),
                platforms=self.platforms,
            )
        except (Busy, NotFound) as error:
            _log.debug("%r: skipped. %s", due.name, error)
            return None
        except SourceError as error:
            return Outcome(due.name, f"failed. {error}", failed=True)
        except StoreError:
            raise  # not this account's fault, and the next one would fare no better
        except Exception as error:
            _log.exception("%r: an error nobody expected", due.name)
            line = f"failed ({type(error).__name__}); the job's log has the details."
            return Outcome(due.name, line, failed=True)
        status = taken.status or "complete"
        return Outcome(due.name, f"{status} snapshot of {taken.videos:,} videos")

    def _still_due(self, due: DueAccount) -> Callable[[Connection], bool]:
        def ask(connection: Connection) -> bool:
            now = self.clock()
            present = due_account(connection, (due.user_id, due.account_id), now)
            return self.schedule.next_due(present, now) == now

        return ask

    def _between_videos(self) -> None:
        self.stop.check()
        if self.heartbeat is not None:
            self.heartbeat.beat()

    def _doing(self, what: str | None) -> None:
        if self.heartbeat is not None:
            self.heartbeat.doing(what)
