"""How the two databases are connected to.

Two engines per store: the writing one begins IMMEDIATE on SQLite, so that a writer waits its
turn instead of failing when it upgrades a read lock; readers never wait for it (WAL).
"""

from typing import Any, Final

from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.exc import ArgumentError

from snapshot_core.errors import SettingsError
from snapshot_core.store.sqlite.connections import sqlite_engine

CONNECT_TIMEOUT_SECONDS: Final = 5
"""Until a server that does not answer is taken to be away, unless the URL says others."""


def engines(database_url: str) -> tuple[Engine, Engine]:
    """The reading and the writing engine of ``database_url``. Opens no connection."""
    url = _checked(database_url)
    if url.get_backend_name() == "sqlite":
        return sqlite_engine(url, "BEGIN"), sqlite_engine(url, "BEGIN IMMEDIATE")
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
