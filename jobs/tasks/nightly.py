"""The nightly captures: which accounts are due, some at once, each on its own."""

import logging
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Final

from jobs.heartbeat import HeartbeatWriter
from jobs.stop import Stop
from snapshot_core.capture.schedule import Schedule
from snapshot_core.capture.snapshot_accounts import snapshot_account
from snapshot_core.clock import Clock, require_set
from snapshot_core.errors import Busy, NotFound, SourceError, StoreError
from snapshot_core.session import open_session
from snapshot_core.settings.table import Settings
from snapshot_core.sources.contract import Source
from snapshot_core.sources.registry import source
from snapshot_core.store.database import Connection, Store
from snapshot_core.store.due_accounts import DueAccount, due_account, due_accounts
from snapshot_core.store.retention import accounts_to_mark, mark_ahead
from snapshot_core.view.wording.snapshot import snapshot_sentence

CAPTURES_SECONDS: Final = 10
"""Between two looks at which captures are due."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one due account, in a line for people."""

    account: str
    text: str
    failed: bool = False


@dataclass(frozen=True)
class Nightly:
    """The task that takes the captures that are due."""

    settings: Settings
    store: Store
    clock: Clock
    sources: Callable[[str], Source] = source
    stop: Stop = field(default_factory=Stop)
    heartbeat: HeartbeatWriter | None = None

    @cached_property
    def schedule(self) -> Schedule:
        """The installation's rhythm."""
        return Schedule(self.settings.time_zone, self.settings.snapshot_at, self.sources)

    def run(self) -> None:
        """`captures`, to the end."""
        for _ in self.captures():
            pass

    def captures(self) -> Iterator[Line]:
        """Take every capture that is due now, the longest waiting account first.

        A capture that fails has a line like any other. Raises `StoreError` where the database is
        away, and `Stopped` when the job is asked to end: a capture under way then is given up
        whole.
        """
        require_set(self.clock())
        self._mark_ahead()
        due = self._look()
        if not due:
            return
        try:
            for line in self._abreast(due):
                level = logging.WARNING if line.failed else logging.INFO
                _log.log(level, "%r: %s", line.account, line.text)
                yield line
        finally:
            self._doing(None)
        self._look()

    def _abreast(self, due: list[DueAccount]) -> Iterator[Line]:
        """Capture ``due``, as many at once as there are workers, as they end."""
        waiting, under_way = deque(due), set[Future[Line | None]]()
        workers = self.settings.workers
        with ThreadPoolExecutor(workers, thread_name_prefix="capture") as pool:
            while waiting or under_way:
                while waiting and len(under_way) < workers:
                    self.stop.check()
                    self._doing(f"Taking a snapshot of {waiting[0].name}")
                    under_way.add(pool.submit(self._take, waiting.popleft()))
                ended, under_way = wait(under_way, return_when=FIRST_COMPLETED)
                for future in ended:
                    if (line := future.result()) is not None:
                        yield line

    def _mark_ahead(self) -> None:
        """Mark what a clock that was ahead has dated, so that it counts for nothing."""
        now = self.clock()
        with self.store.read() as connection:
            keys = accounts_to_mark(connection, now)
        for key in keys:
            marked = self.store.transact(partial(mark_ahead, key=key, now=now))
            _log.warning(
                "User %d, account %d: snapshots dated ahead of the clock, which do not count: %d. "
                "Health says what to do",
                *key,
                marked,
            )

    def _look(self) -> list[DueAccount]:
        now = self.clock()
        with self.store.read() as connection:
            due, next_at = self.schedule.agenda(due_accounts(connection, now), now)
        if self.heartbeat is not None:
            self.heartbeat.next_run(next_at)
        return due

    def _take(self, due: DueAccount) -> Line | None:
        """Capture one account; None where it is no longer there or no longer due."""
        try:
            session = open_session(self.settings, self.store, self.clock, str(due.user_id))
            account = next((own for own in session.accounts if own.key == due.key), None)
            if account is None:
                raise NotFound("There is no such account; it may have been removed.")
            outcome = snapshot_account(
                session,
                account,
                trigger="baseline" if due.last_good is None else "nightly",
                progress=self._between_videos,
                still_due=partial(self._still_due, due),
                sources=self.sources,
            )
        except (Busy, NotFound) as error:
            _log.debug("%r: skipped. %s", due.name, error)
            return None
        except SourceError as error:
            return Line(due.name, f"failed. {error}", failed=True)
        except StoreError:
            raise  # not this account's fault, and the next one would fare no better
        except Exception as error:
            _log.exception("%r: an error nobody expected", due.name)
            text = f"failed ({type(error).__name__}); the job's log has the details."
            return Line(due.name, text, failed=True)
        return Line(due.name, snapshot_sentence(outcome, session.zone(account), session.now))

    def _still_due(self, due: DueAccount, connection: Connection) -> bool:
        now = self.clock()
        return self.schedule.next_due(due_account(connection, due.key, now), now) == now

    def _between_videos(self, _count: int, _expected: int | None) -> None:
        self.stop.check()
        if self.heartbeat is not None:
            self.heartbeat.beat()

    def _doing(self, what: str | None) -> None:
        if self.heartbeat is not None:
            self.heartbeat.doing(what)
