"""The store: one database, read in snapshots and written in whole transactions."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

import stamina
from sqlalchemy import Connection as Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, TimeoutError

from snapshot_core.errors import StoreError
from snapshot_core.store import dialects, engines
from snapshot_core.store.sqlite.complaints import read_only
from snapshot_core.store.sqlite.connections import checkpoint, database_file

T = TypeVar("T")

RETRY_SECONDS: Final = 45.0
"""For so long a write is tried again while the database fails over."""


class Store:
    """A database. Making one opens nothing; the first statement does."""

    def __init__(self, database_url: str) -> None:
        """``database_url``: sqlite:/// or postgresql+psycopg://; else SettingsError."""
        self.reader, self.writer = engines.engines(database_url)
        self.file = database_file(self.writer.url)
        """None where the database is a server."""

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that only reads. Raises `StoreError`."""
        with self._explained(), self.reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, rolled back on any exception. Raises `StoreError`."""
        with self._explained(), self.writer.begin() as connection:
            yield connection

    def transact(self, work: Callable[[Connection], T]) -> T:
        """Run ``work`` in one transaction, again from its start while the fault is transient.

        ``work`` must be repeatable: all it does is undone before it runs again.
        """
        with self._explained():
            for attempt in stamina.retry_context(
                on=dialects.is_transient, attempts=None, timeout=RETRY_SECONDS, wait_max=5.0
            ):
                with attempt, self.writer.begin() as connection:
                    return work(connection)
        raise AssertionError("retry_context either returns or raises")

    def make(self) -> None:
        """Make the database where it is a file that is not there yet. Raises `StoreError`.

        Setting up alone does this: elsewhere a file that is missing was moved, or its disk is away.
        """
        if self.file is not None:
            self.file.make()

    def files(self) -> Sequence[Path]:
        """The files that the database consists of; none of a server's."""
        return () if self.file is None else self.file.all

    def read_only(self) -> str | None:
        """Why nothing can be written, as far as is known before it is tried."""
        if self.file is not None and self.file.on_read_only_disk():
            return read_only(self.file)
        return None

    def checkpoint(self) -> bool:
        """Bring SQLite's log back into the file, which then alone holds every row.

        False where somebody who reads an older state is in the way, or the file cannot be written:
        the next occasion comes. Raises nothing.
        """
        return self.file is None or checkpoint(self.writer, self.file)

    def close(self) -> None:
        """Bring the log back, and give the connections back."""
        self.checkpoint()
        self.reader.dispose()
        self.writer.dispose()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        """Tell what a person can mend; what only a programmer can passes through as it is."""
        try:
            yield
        except DBAPIError as error:
            if (complaint := dialects.complaint(error, self.writer.url)) is None:
                raise
            raise StoreError(complaint) from error
        except TimeoutError as error:
            raise StoreError(
                "All connections to the database are in use. Try again in a minute."
            ) from error


def refuses_data(error: Exception) -> bool:
    """Whether it is the values that cannot be stored, and not the store that cannot store them."""
    return isinstance(error, DataError | IntegrityError) or not isinstance(
        error, StoreError | SQLAlchemyError
    )
