"""How a SQLite database is connected to, and how its log is brought back into it."""

import sqlite3
from collections import Counter
from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.pool import ConnectionPoolEntry

from snapshot_core.errors import StoreError
from snapshot_core.store.sqlite.files import DatabaseFile, OpenFiles

CHECKPOINT_TIMEOUT_MS: Final = 1_000
"""To wait for those who read an older state. Writers wait as long: the next occasion comes."""
_WATCHED: Final = "watched"
_UNCHANGED_SINCE: Final = "unchanged since"
"""Keys of a pooled connection: counted by `_OPEN`; when the file it takes to be unchangeable was
written, in nanoseconds."""


class _OpenDatabases:
    """Which files the connections of this process have open, by the path of the database.

    Connections share the log and its index within a process. So none may open others while one
    is open, and whoever closes the last one of a file takes the log at its path away.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._files: dict[Path, OpenFiles] = {}
        self._connections = Counter[Path]()

    def add(self, file: DatabaseFile) -> None:
        """Count a new connection. Raises `StoreError` where it has other files than those open."""
        with self._lock:
            self._check(file)
            self._files.setdefault(file.path, file.open_files())
            self._connections[file.path] += 1

    def remove(self, file: DatabaseFile) -> None:
        """A connection was closed."""
        with self._lock:
            self._connections[file.path] -= 1
            if not self._connections[file.path]:
                del self._connections[file.path], self._files[file.path]

    def check(self, file: DatabaseFile) -> None:
        """Raise `StoreError` where the files were moved or replaced since they were opened."""
        with self._lock:
            self._check(file)

    def _check(self, file: DatabaseFile) -> None:
        known = self._files.get(file.path)
        if known is not None and (change := file.change(known)) is not None:
            raise StoreError(change)


_OPEN: Final = _OpenDatabases()


def database_file(url: URL) -> DatabaseFile | None:
    """The file that a SQLite ``url`` names; None for another database."""
    return DatabaseFile(Path(str(url.database))) if url.drivername == "sqlite" else None


def sqlite_engine(url: URL, begin: str, lock_seconds: float, pool_seconds: float) -> Engine:
    """An engine whose transactions begin with ``begin``. It never makes the file.

    ``lock_seconds``: to wait for another writer; ``pool_seconds``: for a connection while all are
    in use.
    """
    file = DatabaseFile(Path(str(url.database)))
    engine = create_engine(url, pool_timeout=pool_seconds, hide_parameters=True)

    @event.listens_for(engine, "do_connect")
    def _open(
        dialect: Any, record: ConnectionPoolEntry, _arguments: list[Any], options: dict[str, Any]
    ) -> sqlite3.Connection:
        _OPEN.check(file)  # first: it would share the log's index with those open
        if (missing := file.missing()) is not None:
            raise StoreError(missing)

        def connect(how: str) -> sqlite3.Connection:
            address = f"{file.path.absolute().as_uri()}?{how}"
            opened: sqlite3.Connection = dialect.connect(address, **options | {"uri": True})
            return opened

        connection = connect("mode=rw")
        try:
            _prepare(connection, lock_seconds)
        except sqlite3.Error:
            connection.close()
            if not file.unchangeable():
                raise
            # On a read-only disk SQLite cannot make the files that it reads with.
            connection = connect("mode=ro&immutable=1")
            connection.isolation_level = None
            record.info[_UNCHANGED_SINCE] = file.written_ns()
        else:
            try:
                _OPEN.add(file)
            except StoreError:
                connection.close()
                raise
            record.info[_WATCHED] = True
        return connection

    @event.listens_for(engine, "close")
    def _closed(_connection: object, record: ConnectionPoolEntry) -> None:
        if record.info.pop(_WATCHED, False):
            _OPEN.remove(file)

    @event.listens_for(engine, "checkout")
    def _checkout(_connection: object, record: ConnectionPoolEntry, _proxy: object) -> None:
        since = record.info.get(_UNCHANGED_SINCE)
        if since is not None and not (file.unchangeable() and file.written_ns() == since):
            raise DisconnectionError("the disk can be written again, or somebody else writes it")

    # Not at checkout, where an error closes the connection, and with the last one its log.
    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        _OPEN.check(file)
        connection.exec_driver_sql(begin)

    @event.listens_for(engine, "commit")
    def _commit(_connection: Connection) -> None:
        _OPEN.check(file)  # moved away meanwhile: what is committed now would be seen by nobody

    return engine


def _prepare(connection: sqlite3.Connection, lock_seconds: float) -> None:
    connection.isolation_level = None  # SQLAlchemy says BEGIN, not the driver
    for pragma in (
        f"busy_timeout = {lock_seconds * 1000:.0f}",
        "journal_mode = WAL",
        "foreign_keys = ON",
        # No mmap_size: see docs/decisions/memory-map.md.
        "synchronous = FULL",  # a capture, once said to be taken, survives a power cut
        "schema_version",  # reads, which opens the log and its index
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def checkpoint(engine: Engine, file: DatabaseFile) -> bool:
    """Bring the log back into the database; False where that has to wait. Raises nothing.

    What was said to be stored is safe in the log as well: this is for who copies the file alone.
    """
    if not file.has_log():
        return True
    try:
        _OPEN.check(file)
        borrowed = engine.raw_connection()
    except (StoreError, DBAPIError):
        return False
    connection = borrowed.driver_connection
    assert isinstance(connection, sqlite3.Connection)
    try:
        usual = connection.execute("PRAGMA busy_timeout").fetchone()[0]
        connection.execute(f"PRAGMA busy_timeout = {CHECKPOINT_TIMEOUT_MS}")
        blocked = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        connection.execute(f"PRAGMA busy_timeout = {usual}")
    except sqlite3.Error:
        borrowed.invalidate()
        return False
    finally:
        borrowed.close()
    return bool(blocked == 0)
