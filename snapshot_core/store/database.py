"""The store: one database, read in snapshots and written in whole transactions."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Final, TypeVar

import stamina
from sqlalchemy import Connection as Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, TimeoutError

from snapshot_core.errors import StoreError
from snapshot_core.store import dialects, engines
from snapshot_core.store.sqlite.complaints import read_only
from snapshot_core.store.sqlite.connections import checkpoint, database_file

T = TypeVar("T")

OUTAGE_SECONDS: Final = 300.0
"""For so long what exists nowhere else is tried to be stored while the database is away."""
MAX_PAUSE_SECONDS: Final = 5.0
"""Between two tries."""


class Store:
    """A database. Making one opens nothing; the first statement does."""

    def __init__(self, database_url: str, patience: engines.Patience = engines.PROGRAM) -> None:
        """``database_url``: sqlite:/// or postgresql+psycopg://; else SettingsError."""
        self.url = database_url
        self.reader, self.writer = engines.engines(database_url, patience)
        self.file = database_file(self.writer.url)
        """None where the database is a server."""
        self._patience, self._outlasts = patience, False
        self._outage = _Outage(patience.recall)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that only reads. Raises `StoreError`."""
        with self._outage.noticed(), self._explained(), self.reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """One transaction, rolled back on any exception. Raises `StoreError`."""
        with self._outage.noticed(), self._explained(), self.writer.begin() as connection:
            yield connection

    def transact(
        self,
        work: Callable[[Connection], T],
        on_wait: Callable[[StoreError], None] | None = None,
    ) -> T:
        """Run ``work`` in one transaction, again from its start while the fault is transient.

        ``work`` must be repeatable: all it does is undone before it runs again. ``on_wait`` hears
        of each try that failed. Raises `StoreError` when the patience of this store is at its end.
        """
        return self._tried(self.write, work, on_wait)

    def query(self, work: Callable[[Connection], T]) -> T:
        """`transact` for what only reads."""
        return self._tried(self.read, work, None)

    def outlasting(self) -> "Store":
        """This store, over the same connections, for what exists nowhere else.

        As a capture that was just read, or the tokens that it is read with. Whatever the database
        lacks, a transaction is tried again for `OUTAGE_SECONDS`: somebody may be mending it.
        """
        store = copy(self)
        store._outlasts = True
        return store

    def _tried(
        self,
        opened: Callable[[], AbstractContextManager[Connection]],
        work: Callable[[Connection], T],
        on_wait: Callable[[StoreError], None] | None,
    ) -> T:
        def is_worth_a_retry(error: Exception) -> bool:
            if not isinstance(error, StoreError):
                return False
            if not self._outlasts and not dialects.is_transient(error.__cause__):
                return False
            if on_wait is not None:
                on_wait(error)
            return True

        for attempt in stamina.retry_context(
            on=is_worth_a_retry,
            attempts=None,
            timeout=OUTAGE_SECONDS if self._outlasts else self._patience.retry,
            wait_max=MAX_PAUSE_SECONDS,
        ):
            with attempt, opened() as connection:
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

    def give_way(self, held_seconds: float) -> None:
        """Between two writes of a row of them: let whoever waits for the database write now.

        ``held_seconds``: how long the write before took. Waits only where writers take turns.
        """
        sleep(min(held_seconds, dialects.turn_seconds(self.writer.dialect)))

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


def has_no_place_for(error: Exception) -> bool:
    """Whether a value is of a kind that the database does not take, or breaks one of its rules."""
    return isinstance(error, DataError | IntegrityError | UnicodeError | OverflowError)


class _Outage:
    """That a server does not answer, so that of all who wait for it only one asks at a time."""

    def __init__(self, recall_seconds: float) -> None:
        self._recall_seconds = recall_seconds
        self._lock = Lock()
        self._error: StoreError | None = None
        self._until = 0.0

    @contextmanager
    def noticed(self) -> Iterator[None]:
        """Around the use of a connection: raises what the last one met, if that is fresh."""
        with self._lock:
            if self._error is not None:
                if monotonic() < self._until:
                    raise StoreError(str(self._error)) from self._error.__cause__
                self._until = monotonic() + self._recall_seconds  # the others go by our answer
        try:
            yield
        except StoreError as error:
            if dialects.is_unreachable(error.__cause__):
                with self._lock:
                    self._error, self._until = error, monotonic() + self._recall_seconds
            raise
        with self._lock:
            self._error = None
