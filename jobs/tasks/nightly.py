"""The captures of the nights and between: which accounts are due, some at once, each on its own."""

import logging
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import cached_property, partial
from itertools import count
from typing import Final

from jobs.heartbeat import HeartbeatWriter
from jobs.looks import Looks
from jobs.stop import Stop
from snapshot_core.capture.schedule import Schedule
from snapshot_core.capture.snapshot_accounts import snapshot_account
from snapshot_core.capture.take import OnWait
from snapshot_core.clock import Clock, require_set
from snapshot_core.errors import Busy, NotFound, SourceError, StoreError
from snapshot_core.growth.completeness import Scope
from snapshot_core.session import open_session
from snapshot_core.settings.table import Settings
from snapshot_core.sources.contract import Source
from snapshot_core.sources.registry import source
from snapshot_core.store.database import Connection, Store
from snapshot_core.store.due_accounts import DueAccount, due_account
from snapshot_core.store.keys import Key
from snapshot_core.view.wording.snapshot import WAITING, snapshot_sentence

CAPTURES_SECONDS: Final = 10
"""Between two looks at which captures are due."""
AFTER_STORE_ERROR_SECONDS: Final = 60
"""Before an account is tried again whose place in the database could not be reached: the others
go first, also where it is one of many databases that is away."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one due account, in a line for people."""

    account: str
    text: str
    failed: bool = False
    of_store: bool = False
    """Whether it failed for want of the database."""


@dataclass(frozen=True)
class Nightly:
    """The task that takes the captures that are due."""

    settings: Settings
    store: Store
    clock: Clock
    sources: Callable[[str], Source] = source
    stop: Stop = field(default_factory=Stop)
    heartbeat: HeartbeatWriter | None = None
    _put_off: dict[Key, int] = field(default_factory=dict, init=False)
    """When a `StoreError` was met last (UTC seconds), by account."""

    @cached_property
    def _looks(self) -> Looks:
        schedule = Schedule(self.settings.time_zone, self.settings.snapshot_at, self.sources)
        return Looks(self.store, schedule)

    @property
    def schedule(self) -> Schedule:
        """The installation's rhythm, by what the last look has found to be read."""
        return self._looks.schedule

    def run(self) -> None:
        """`captures`, to the end."""
        for _ in self.captures():
            pass

    def captures(self) -> Iterator[Line]:
        """Take every capture that is due now, the longest waiting account first.

        A capture that fails has a line like any other. Raises `StoreError` where nobody can say
        what is due, and `Stopped` when the job is asked to end: a capture under way then is given
        up whole.
        """
        require_set(self.clock())
        due = self._look()
        if not due:
            return
        logged: set[str] = set()
        try:
            for line in self._abreast(due):
                level = logging.WARNING if line.failed else logging.INFO
                # A database that is away says the same of ten thousand accounts.
                if not line.of_store or line.text not in logged:
                    _log.log(level, "%r: %s", line.account, line.text)
                if line.of_store:
                    logged.add(line.text)
                yield line
        finally:
            self._doing(None)
            self.store.checkpoint()  # whoever copies the file in the morning copies the night
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

    def _look(self) -> list[DueAccount]:
        now = self.clock()
        due = self._looks.due(now)
        if self.heartbeat is not None:
            self.heartbeat.next_run(now if due else self._looks.next_at(now))
        return [account for account in due if not self._waits(account.key, now)]

    def _take(self, due: DueAccount) -> Line | None:
        """Capture one account; None where it is no longer there or no longer due."""
        now = self.clock()
        capture = self.schedule.next_capture(due, now)
        if capture is None or capture.at > now:
            return None
        try:
            session = open_session(self.settings, self.store, self.clock, str(due.user_id))
            account = next((own for own in session.accounts if own.key == due.key), None)
            if account is None:
                raise NotFound("There is no such account; it may have been removed.")
            outcome = snapshot_account(
                session,
                account,
                trigger=capture.trigger,
                scope=capture.scope,
                progress=self._between_videos,
                on_wait=_told_once(due.name),
                still_due=partial(self._still_due, due, capture.scope),
                sources=self.sources,
            )
        except (Busy, NotFound) as error:
            _log.debug("%r: skipped. %s", due.name, error)
            return None
        except SourceError as error:
            return Line(due.name, f"failed. {error}", failed=True)
        except StoreError as error:
            self._put_off[due.key] = self.clock()
            return Line(due.name, f"failed. {error}", failed=True, of_store=True)
        except Exception as error:
            _log.exception("%r: an error nobody expected", due.name)
            text = f"failed ({type(error).__name__}); the job's log has the details."
            return Line(due.name, text, failed=True)
        return Line(due.name, snapshot_sentence(outcome, session.zone(account), session.now))

    def _still_due(self, due: DueAccount, scope: Scope, connection: Connection) -> bool:
        now = self.clock()
        capture = self.schedule.next_capture(due_account(connection, due.key, now), now)
        return capture is not None and (capture.at, capture.scope) == (now, scope)

    def _waits(self, key: Key, now: int) -> bool:
        met_at = self._put_off.get(key)
        if met_at is not None and 0 <= now - met_at < AFTER_STORE_ERROR_SECONDS:
            return True
        self._put_off.pop(key, None)
        return False

    def _between_videos(self, _count: int, _expected: int | None) -> None:
        self.stop.check()
        if self.heartbeat is not None:
            self.heartbeat.beat()

    def _doing(self, what: str | None) -> None:
        if self.heartbeat is not None:
            self.heartbeat.doing(what)


def _told_once(account: str) -> OnWait:
    """Logs that a capture waits for the database, at its first try."""
    tries = count()

    def on_wait(error: StoreError) -> None:
        if next(tries) == 0:
            _log.warning("%r: %s %s", account, WAITING, error)

    return on_wait
