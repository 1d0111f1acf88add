"""How the two databases are connected to.

Two engines per store: the writing one begins IMMEDIATE on SQLite, so that a writer waits its
turn instead of failing when it upgrades a read lock; readers never wait for it (WAL).
"""

from dataclasses import dataclass
from typing import Any, Final, cast

import psycopg
from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from snapshot_core.errors import SettingsError
from snapshot_core.store.dialects import translated
from snapshot_core.store.sqlite.connections import sqlite_engine

CONNECT_TIMEOUT_SECONDS: Final = 4
"""Until a server that does not answer is taken to be away, unless the URL says others."""
PING_SECONDS: Final = 2.0
"""Until a pooled connection that does not answer is given up for a new one."""
NETWORK_OPTIONS: Final = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3}
"""After a minute of silence a connection whose other end has gone is dead, and not after hours."""
UNSENT_MS: Final = 60_000
"""The same for one that has something to send (Linux)."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long those who use a store wait for it, in seconds."""

    read: int | None
    """For each statement that reads; None without end."""
    pool: float
    """For a connection while all are in use."""
    lock: float
    """For SQLite's one writer before us."""
    retry: float
    """Before a write is no longer tried again."""
    recall: float
    """After a server did not answer, others are told so for so long without asking it again."""


PROGRAM: Final = Patience(read=None, pool=30.0, lock=30.0, retry=45.0, recall=0.0)
"""Of the job and the commands: what takes long may take long."""
PERSON: Final = Patience(read=6, pool=4.0, lock=5.0, retry=4.0, recall=5.0)
"""Of pages and the API, where somebody waits for an answer: it comes within ten seconds. What a
person's click writes may take long while the database works on it."""


class _Connection(psycopg.Connection[Any]):
    """Gives up a server that does not answer, as one that was frozen.

    The network does not tell: the machine of a frozen server still acknowledges what it is sent.
    """

    read_seconds: float | None = None
    is_proved = False
    """Whether it has answered at all. pgbouncer gives new ones to a server that is frozen too."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        # SQLAlchemy pings with autocommit, and sends nothing else with it.
        limit = self.read_seconds if self.is_proved and not self.autocommit else PING_SECONDS
        try:
            return super().wait(gen, interval, limit if timeout is None else timeout)
        except psycopg.errors._WaitTimeout:
            self.pgconn.finish()  # its answer may come at any time, and would be the next one's
            raise psycopg.errors.ConnectionTimeout(f"no answer in {limit:.0f} s") from None


def engines(database_url: str, patience: Patience = PROGRAM) -> tuple[Engine, Engine]:
    """The reading and the writing engine of ``database_url``. Opens no connection."""
    url = _checked(database_url)
    if url.get_backend_name() == "sqlite":
        wait = patience.lock, patience.pool
        return sqlite_engine(url, "BEGIN", *wait), sqlite_engine(url, "BEGIN IMMEDIATE", *wait)
    # One snapshot for all statements of a view: a capture that comes in between must not show
    # in one of its numbers and be missing from the next.
    reader = _postgresql(url, patience, isolation_level="REPEATABLE READ")
    writer = _postgresql(url, patience)
    if patience.read is not None:
        _limit_reads(reader, patience.read)
    return reader, writer


def _postgresql(url: URL, patience: Patience, **options: Any) -> Engine:
    # prepare_threshold None: behind pgbouncer prepared statements meet the wrong server.
    usual = {"prepare_threshold": None, "connect_timeout": CONNECT_TIMEOUT_SECONDS}
    usual |= {"tcp_user_timeout": UNSENT_MS} | NETWORK_OPTIONS
    arguments = {name: value for name, value in usual.items() if name not in url.query}
    shared: dict[str, Any] = {"pool_pre_ping": True, "pool_timeout": patience.pool}
    shared["hide_parameters"] = True  # captions and names have no place in a log
    engine = create_engine(url, connect_args=arguments, **shared, **options)
    engine.dialect.connect = _Connection.connect  # type: ignore[assignment, method-assign]

    @event.listens_for(engine, "connect")
    def _prove(connection: _Connection, _record: ConnectionPoolEntry) -> None:
        connection.execute(b"SELECT 1")
        connection.rollback()
        connection.is_proved = True

    return engine


def _limit_reads(engine: Engine, seconds: int) -> None:
    @event.listens_for(engine, "connect")
    def _set(connection: _Connection, _record: ConnectionPoolEntry) -> None:
        connection.read_seconds = seconds + 1.0  # a server that is alive ends it a second before

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # In each transaction: pgbouncer refuses options at the start, and what a session sets
        # would be another's. Past SQLAlchemy, to which it is no statement of ours.
        driver = cast("_Connection", connection.connection.driver_connection)
        statement = f"SET LOCAL statement_timeout = {seconds * 1000}"
        with translated(connection, statement):
            driver.execute(statement.encode())


def _checked(database_url: str) -> URL:
    try:
        url = make_url(database_url)
    except ArgumentError:
        url = None
    if url is None or url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise SettingsError(
            "DATABASE_URL must begin with sqlite:/// or postgresql+psycopg://, "
            f"not {database_url.split('://')[0]!r}"
        )
    if url.drivername == "sqlite" and url.database in (None, "", ":memory:"):
        raise SettingsError("DATABASE_URL must name a file: sqlite:///data/truegrowth.db")
    return url
