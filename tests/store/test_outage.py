"""A database that does not answer: how long who waits for it, and what is tried again."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from snapshot_core.errors import StoreError
from snapshot_core.store import engines
from snapshot_core.store.database import Connection, Store
from snapshot_core.store.engines import PERSON
from tests.support.postgres import Server
from tests.support.staged import installed
from tests.support.waiting import PATIENCE_SECONDS, Stopwatch, wait_until

HASTY = replace(PERSON, read=1, recall=1.0)
LONGEST_ANSWER_SECONDS = 10


@pytest.fixture
def frail_url(frail_server: Server) -> Iterator[str]:
    with frail_server.fresh_database() as url:
        yield url


def select_1(connection: Connection) -> int:
    return connection.scalar(text("SELECT 1")) or 0


def read(store: Store) -> int:
    with store.read() as connection:
        return select_1(connection)


def test_a_person_waits_less_than_ten_seconds_whatever_stands_still() -> None:
    """The longest way: a pooled connection that does not answer, then a new one."""
    assert engines.PING_SECONDS + engines.CONNECT_TIMEOUT_SECONDS < LONGEST_ANSWER_SECONDS
    assert PERSON.read is not None
    assert PERSON.read + 1 < LONGEST_ANSWER_SECONDS
    assert PERSON.pool < LONGEST_ANSWER_SECONDS
    assert PERSON.lock + PERSON.retry < LONGEST_ANSWER_SECONDS


def test_a_frozen_server_is_told_and_one_at_a_time_asks_it_again(
    frail_server: Server, frail_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "PING_SECONDS", 0.3)
    monkeypatch.setattr(engines, "CONNECT_TIMEOUT_SECONDS", 2)
    store = Store(frail_url, HASTY)
    assert read(store) == 1
    with frail_server.frozen() as thaw:
        watch = Stopwatch()
        with pytest.raises(StoreError, match="cannot be reached"):
            read(store)
        assert watch.seconds() < 4
        watch = Stopwatch()
        for _ in range(20):
            with pytest.raises(StoreError, match="cannot be reached"):
                read(store)
            with pytest.raises(StoreError, match="cannot be reached"), store.write():
                pass
        assert watch.seconds() < 0.5, "each asked anew"
        thaw()
        wait_until(lambda: answers(store), 5)
    store.close()


def answers(store: Store) -> bool:
    try:
        return read(store) == 1
    except StoreError:
        return False


def test_a_new_connection_to_a_server_that_stands_still_holds_no_writer(
    frail_server: Server, frail_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As pgbouncer gives one out: it answers for the server until there is something to do."""
    monkeypatch.setattr(engines, "PING_SECONDS", 0.3)
    store = Store(frail_url, HASTY)
    connect = store.writer.dialect.connect
    with ExitStack() as frozen:

        def connect_and_freeze(*given: Any, **named: Any) -> Any:
            made = connect(*given, **named)
            frozen.enter_context(frail_server.frozen())
            return made

        store.writer.dialect.connect = connect_and_freeze  # type: ignore[method-assign]
        watch = Stopwatch()
        with pytest.raises(StoreError, match="cannot be reached"), store.write():
            pass
        assert watch.seconds() < 3
    store.close()


@pytest.mark.parametrize("begun", [False, True])
def test_a_server_frozen_in_the_middle_of_a_transaction_holds_no_reader(
    frail_server: Server, frail_url: str, begun: bool
) -> None:
    store = Store(frail_url, HASTY)
    ended: list[object] = []
    reading = threading.Event()

    def look() -> None:
        try:
            with store.read() as connection:
                if begun:
                    select_1(connection)
                reading.set()
                connection.execute(text("SELECT pg_sleep(0.7)"))
        except StoreError as error:
            ended.append(str(error))

    reader = threading.Thread(target=look)
    reader.start()
    assert reading.wait(PATIENCE_SECONDS)
    with frail_server.frozen():
        reader.join(4)
        assert ended == [
            "The database cannot be reached (no answer in 2 s). Check DATABASE_URL and that it "
            "runs."
        ]
    store.close()


def test_a_statement_that_takes_too_long_is_ended_for_a_person_only(postgres_url: str) -> None:
    slow = text("SELECT pg_sleep(1.2)")
    store, patient = Store(postgres_url, HASTY), Store(postgres_url)
    with pytest.raises(StoreError, match="takes too long"), store.read() as connection:
        connection.execute(slow)
    assert read(store) == 1
    with store.write() as connection:  # what a click writes may take long
        connection.execute(slow)
    with patient.read() as connection:
        connection.execute(slow)
        assert connection.scalar(text("SHOW statement_timeout")) == "0"
    store.close()
    patient.close()


def test_no_limit_outlives_its_transaction(postgres_url: str) -> None:
    """Behind pgbouncer the session is another's next."""
    store = Store(postgres_url, HASTY)
    with store.read() as connection:
        assert connection.scalar(text("SHOW statement_timeout")) == "1s"
        driver = connection.connection.driver_connection
        assert driver is not None
        assert driver.pgconn.options == b"", "pgbouncer refuses a connection that has any"
        connection.rollback()
        assert driver.execute("SHOW statement_timeout").fetchone() == ("0",)
    store.close()


def test_what_was_fetched_outlasts_a_server_that_is_stopped_and_started(
    frail_server: Server, frail_url: str
) -> None:
    store, troubles = Store(frail_url), list[str]()
    read(store)
    frail_server.stop()

    def waiting(error: StoreError) -> None:
        troubles.append(str(error))
        if len(troubles) == 3:
            frail_server.start()

    assert store.outlasting().transact(select_1, waiting) == 1
    assert len(troubles) >= 3
    assert all("cannot be reached" in trouble for trouble in troubles)
    store.close()


def test_what_was_fetched_outlasts_a_file_that_another_process_holds(
    sqlite_url: str, tmp_path: Path
) -> None:
    installed(sqlite_url).close()
    store, troubles = Store(sqlite_url, replace(PERSON, lock=0.01, retry=0.01)), list[str]()
    read(store)
    other = sqlite3.connect(
        tmp_path / "truegrowth.db", isolation_level=None, check_same_thread=False
    )
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError, match="locked"):
        store.transact(select_1)

    def waiting(error: StoreError) -> None:
        troubles.append(str(error))
        if len(troubles) == 3:
            other.rollback()

    assert store.outlasting().transact(select_1, waiting) == 1
    assert len(troubles) == 3
    assert all(text.startswith("Another process keeps ") for text in troubles)
    other.close()
    store.close()
