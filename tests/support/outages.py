"""Databases that can be taken away and given back: for real, on each kind."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from snapshot_core.store.database import Store
from snapshot_core.store.engines import PROGRAM
from tests.support.postgres import Server
from tests.support.staged import installed


@dataclass
class FrailStore:
    """A store with its tables, whose database a test takes away."""

    store: Store
    take_away: Callable[[], None]
    give_back: Callable[[], None]
    complaint: str
    """Part of what is said while it is away."""


@contextmanager
def frail_sqlite(file: Path) -> Iterator[FrailStore]:
    """Away is a file whose write lock another process holds."""
    installed(url := f"sqlite:///{file}").close()
    store = Store(url, replace(PROGRAM, lock=0.01))
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    try:
        yield FrailStore(
            store,
            lambda: other.execute("BEGIN IMMEDIATE").close(),
            other.rollback,
            "Another process keeps ",
        )
    finally:
        other.close()
        store.close()


@contextmanager
def frail_postgres(server: Server) -> Iterator[FrailStore]:
    """Away is a server that was stopped."""
    with server.fresh_database() as url:
        store = installed(url)
        yield FrailStore(store, server.stop, server.start, "cannot be reached")
        store.close()
