"""How the two databases are connected to.

Two engines per store: the writing one begins IMMEDIATE on SQLite, so that a writer waits its
turn instead of failing when it upgrades a read lock; readers never wait for it (WAL).
"""

import sqlite3
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from snapshot_core.errors import SettingsError

BUSY_TIMEOUT_MS: Final = 30_000
CONNECT_TIMEOUT_SECONDS: Final = 5
"""Until a server that does not answer is taken to be away, unless the URL says others."""


def engines(database_url: str) -> tuple[Engine, Engine]:
    """The reading and the writing engine of ``database_url``. Opens no connection."""
    url = _checked(database_url)
    if url.get_backend_name() == "sqlite":
        return _sqlite(url, "BEGIN"), _sqlite(url, "BEGIN IMMEDIATE")
    # prepare_threshold None: behind pgbouncer prepared statements meet the wrong server.
    options: dict[str, Any] = {"prepare_threshold": None}
    if "connect_timeout" not in url.query:
        options["connect_timeout"] = CONNECT_TIMEOUT_SECONDS
    shared: dict[str, Any] = {"pool_pre_ping": True, "connect_args": options}
    # One snapshot for all statements of a view: a capture that comes in between must not show
    # in one of its numbers and be missing from the next.
    return create_engine(url, isolation_level="REPEATABLE READ", **shared), create_engine(
        url, **shared
    )


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


def _sqlite(url: URL, begin: str) -> Engine:
    folder = Path(str(url.database)).parent
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(
            f"{folder}, the folder that DATABASE_URL names, cannot be made ({error.strerror}). "
            "Make it, or name another."
        ) from None
    engine = create_engine(url)

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, record: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # SQLAlchemy says BEGIN, not the driver
        for pragma in (
            f"busy_timeout = {BUSY_TIMEOUT_MS}",
            "journal_mode = WAL",
            "foreign_keys = ON",
            # No mmap_size: see docs/decisions/memory-map.md.
            "synchronous = FULL",  # a capture, once said to be taken, survives a power cut
        ):
            connection.execute(f"PRAGMA {pragma}")
        record.info["file"] = _identity(url)

    @event.listens_for(engine, "checkout")
    def _check(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        # A file that was deleted or replaced would go on being written to, seen by nobody.
        if record.info["file"] != _identity(url):
            raise DisconnectionError("the database file has been replaced")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _identity(url: URL) -> tuple[int, int] | None:
    """Which file stands at the path of ``url`` now; None where there is none."""
    try:
        file = Path(str(url.database)).stat()
    except FileNotFoundError:
        return None
    return file.st_dev, file.st_ino
