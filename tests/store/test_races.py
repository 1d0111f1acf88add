"""Transactions of several processes at once: each is as if it had been alone."""

from collections.abc import Callable
from functools import partial
from threading import Thread
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Connection, select, text

from snapshot_core.readings import VideoReading
from snapshot_core.store.accounts import Account
from snapshot_core.store.ahead import CaptureAhead, captures_ahead, drop, keep, mark_ahead
from snapshot_core.store.database import Store
from snapshot_core.store.record_capture import record
from snapshot_core.store.retention import forget
from snapshot_core.store.rhythms.pool import pool_accounts, replace_pooled
from snapshot_core.store.tables import pooled_rhythms, rhythms
from snapshot_core.windows import DAY, HOUR
from tests.store.test_rhythms import START, account, every, fetched, views_at
from tests.support.readings import video_reading
from tests.support.waiting import wait_until
from tests.transfer.test_transfer import same_facts


class Beside:
    """A transaction of another process, begun while ours is open."""

    def __init__(self, url: str, work: Callable[[Connection], object]) -> None:
        self.store, self.begun = Store(url), False
        self.error: Exception | None = None
        self._work = work
        self._thread = Thread(target=self._run)
        self._thread.start()

    def _run(self) -> None:
        def work(connection: Connection) -> object:
            self.begun = True
            return self._work(connection)

        try:
            self.store.transact(work)
        except Exception as error:
            self.error = error

    def waits(self, ours: Connection) -> bool:
        """Whether it stands before a lock of ours. On SQLite it cannot have begun at all."""
        if ours.dialect.name == "sqlite":
            return not self.begun
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
        return bool(self.begun and ours.scalar(text(waiting)))

    @property
    def runs(self) -> bool:
        return self._thread.is_alive()

    def end(self) -> None:
        """Raises what it met."""
        self._thread.join(60)
        assert not self._thread.is_alive()
        self.store.close()
        if self.error is not None:
            raise self.error


def pool(connection: Connection, now: int) -> int:
    """As the job does, which reads in a transaction of its own."""
    pooled = pool_accounts(connection, now, ZoneInfo("UTC"))
    replace_pooled(connection, pooled)
    return len(pooled)


@pytest.mark.parametrize("pooled_before", [False, True])
def test_two_jobs_may_pool_at_once(store: Store, pooled_before: bool) -> None:
    def learned(connection: Connection) -> None:
        key = account(connection).key
        for at in every(3, 9):
            record(connection, key, fetched(at))

    store.transact(learned)
    now = START + 9 * DAY
    if pooled_before:
        store.transact(partial(pool, now=now))
    with store.write() as ours:
        assert pool(ours, now) == 1
        theirs = Beside(store.url, partial(pool, now=now + 1))
        wait_until(lambda: theirs.waits(ours))
    theirs.end()
    with store.read() as connection:
        assert len(connection.execute(select(pooled_rhythms)).all()) == 1


NOW = START + 10 * DAY
MARKED = NOW + 3 * DAY
"""Where a clock that was ahead has dated a snapshot."""


def begin(connection: Connection, name: str) -> Account:
    """An account with captures three hours apart, and one that is ahead."""
    made = account(connection, name)
    for at in every(3, 2):
        record(connection, made.key, fetched(at, videos_at(at)))
    record(connection, made.key, fetched(MARKED, videos_at(MARKED)))
    mark_ahead(connection, made.key, NOW)
    return made


def videos_at(at: int) -> list[VideoReading]:
    return [video_reading(str(n), views_at(at) + n, published_at=START) for n in range(3)]


def chosen(connection: Connection, of: Account) -> list[CaptureAhead]:
    return captures_ahead(connection, of.user_id, [of], NOW)


def take(at: int) -> Callable[[Connection, Account], object]:
    return lambda connection, of: record(connection, of.key, fetched(at, videos_at(at)))


WORK: dict[str, Callable[[Connection, Account], object]] = {
    "capture": take(START + 3 * DAY),
    "capture of the same second": take(START + 3 * DAY),
    "earlier capture": take(START + 3 * DAY - HOUR),
    "drop": lambda connection, of: drop(connection, chosen(connection, of), NOW),
    "keep": lambda connection, of: keep(connection, chosen(connection, of), NOW),
    "forget": lambda connection, of: forget(connection, of.key, START + 3 * HOUR + 1),
}


def done(name: str, of: Account) -> Callable[[Connection], object]:
    return lambda connection: WORK[name](connection, of)


PAIRS = [
    ("capture", "capture of the same second"),
    ("capture", "earlier capture"),
    ("earlier capture", "capture"),
    ("capture", "drop"),
    ("drop", "capture"),
    ("keep", "drop"),
    ("drop", "keep"),
    ("forget", "capture"),
    ("capture", "forget"),
]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_whoever_comes_second_goes_on_from_what_the_first_has_left(
    store: Store, first: str, second: str
) -> None:
    ours = store.transact(partial(begin, name=f"{first} {second}"))
    alone = store.transact(partial(begin, name=f"{second} after {first}"))
    with store.write() as connection:
        WORK[first](connection, ours)
        theirs = Beside(store.url, done(second, ours))
        wait_until(lambda: theirs.waits(connection) or not theirs.runs)
    theirs.end()
    for name in (first, second):
        store.transact(done(name, alone))
    with store.read() as connection:
        same_facts(connection, ours.key, alone.key)
        assert lessons(connection, ours) == lessons(connection, alone)


def lessons(connection: Connection, of: Account) -> list[tuple[object, ...]]:
    columns = [column for column in rhythms.c if column.name not in ("user_id", "account_id")]
    own = select(*columns).where(rhythms.c.account_id == of.account_id)
    return [tuple(row) for row in connection.execute(own.order_by(rhythms.c.since))]
