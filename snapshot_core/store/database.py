"""The store: one database, read in snapshots and written in whole transactions."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

import stamina
from sqlalchemy import Connection as Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, TimeoutError

from snapshot_core.errors import StoreError
from snapshot_core.store import dialects, engines

T = TypeVar("T")

RETRY_SECONDS: Final = 45.0
"""For so long a write is tried again while the database fails over."""


class Store:
    """A database. Making one opens nothing; the first statement does."""

    def __init__(self, database_url: str) -> None:
        """``database_url``: sqlite:/// or postgresql+psycopg://; else SettingsError."""
        self.url = database_url
        self.reader, self.writer = engines.engines(database_url)

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
                on=dialects.is_transient, attempts=None, timeout=RETRY_SECONDS, wait_max=5.0
            ):
                with attempt, self.writer.begin() as connection:
                    return work(connection)
        raise AssertionError("retry_context either returns or raises")

    def close(self) -> None:
        """Give the connections back."""
        self.reader.dispose()
        self.writer.dispose()


def refuses_data(error: Exception) -> bool:
    """Whether it is the values that cannot be stored, and not the store that cannot store them."""
    return isinstance(error, DataError | IntegrityError) or not isinstance(
        error, StoreError | SQLAlchemyError
    )


@contextmanager
def _explained() -> Iterator[None]:
    """Tell what a person can mend; what only a programmer can passes through as it is."""
    try:
        yield
    except DBAPIError as error:
        if (complaint := dialects.complaint(error)) is None:
            raise
        raise StoreError(complaint) from error
    except TimeoutError as error:
        raise StoreError(
            "All connections to the database are in use. Try again in a minute."
        ) from error
