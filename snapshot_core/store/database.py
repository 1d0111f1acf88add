"""The store: one database, read in snapshots and written in whole transactions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import stamina
from sqlalchemy import Connection as Connection
from sqlalchemy.exc import DBAPIError

from snapshot_core.errors import StoreError
from snapshot_core.store import dialects

T = TypeVar("T")

PATIENCE: Final = 45.0
"""Seconds a write is tried again while the database fails over."""


class Store:
    """A database. Making one opens nothing; the first statement does."""

    def __init__(self, database_url: str) -> None:
        """``database_url``: sqlite:/// or postgresql+psycopg://; else SettingsError."""
        self.reader, self.writer = dialects.engines(database_url)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that only reads. Raises `StoreError`."""
        with _explained(), self.reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, rolled back on any exception. Raises `StoreError`."""
        with _explained(), self.writer.begin() as connection:
            yield connection

    def transact(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in one transaction, again from its start while the fault is transient.

        ``work`` must be repeatable: all it does is undone before it runs again.
        """
        with _explained():
            for attempt in stamina.retry_context(
                on=dialects.is_transient, attempts=None, timeout=PATIENCE, wait_max=5.0
            ):
                with attempt, self.writer.begin() as connection:
                    return work(connection)
        raise AssertionError("retry_context either returns or raises")

    def close(self) -> None:
        """Give the connections back."""
        self.reader.dispose()
        self.writer.dispose()


@contextmanager
def _explained() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise StoreError(dialects.complaint(error)) from error
