"""Real faults of real databases, and what is said of them."""

import socket
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import bindparam, create_engine, event, not_, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, StatementError

from snapshot_core.errors import SettingsError, StoreError
from snapshot_core.store import dialects, engines
from snapshot_core.store.database import Store
from snapshot_core.store.schema import upgrade
from snapshot_core.store.tables import users
from tests.support.waiting import PATIENCE_SECONDS, Stopwatch


def fault(store: Store, statement: str = "SELECT 1 FROM users") -> DBAPIError:
    """The database's own error when ``statement`` is run."""
    with pytest.raises(DBAPIError) as caught, store.writer.begin() as connection:
        connection.execute(text(statement))
    return caught.value


def complaint(store: Store, error: DBAPIError) -> str:
    text = dialects.complaint(error, store.writer.url)
    assert text is not None
    return text


class TestFaults:
    def test_no_tables_yet(self, database_url: str) -> None:
        store = Store(database_url)
        store.make()
        error = fault(store)
        assert not dialects.is_transient(error)
        assert complaint(store, error).endswith("Run: python -m snapshot_core setup")
        with pytest.raises(StoreError, match="no tables yet"), store.read() as connection:
            connection.execute(select(users))
        store.close()

    @pytest.mark.parametrize(
        "statement",
        ["SELECT missing FROM users", "INSERT INTO users (user_id, missing) VALUES (1, 1)"],
    )
    def test_tables_of_an_older_version(self, database_url: str, statement: str) -> None:
        upgrade(store := Store(database_url))
        said = complaint(store, fault(store, statement))
        store.close()
        assert "older version" in said
        assert said.endswith("Run: python -m snapshot_core setup")

    def test_a_server_that_is_away(self, tmp_path: Path) -> None:
        store = Store(f"postgresql+psycopg://nobody@/nothing?host={tmp_path}")
        error = fault(store)
        assert dialects.is_transient(error)
        assert "cannot be reached" in complaint(store, error)
        store.close()

    def test_a_server_that_never_answers_holds_up_no_reader_and_a_write_tries_again(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engines, "CONNECT_TIMEOUT_SECONDS", 2)
        patience = replace(engines.PROGRAM, retry=3.0)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            port = silent.getsockname()[1]
            store = Store(f"postgresql+psycopg://nobody@127.0.0.1:{port}/none", patience)
            watch = Stopwatch()
            with pytest.raises(StoreError, match="cannot be reached"), store.read():
                pass
            assert watch.seconds() < 5
            tries: list[int] = []
            event.listen(store.writer, "do_connect", lambda *_: tries.append(1))
            with pytest.raises(StoreError, match="cannot be reached"):
                store.transact(lambda connection: connection.scalar(text("SELECT 1")))
            assert len(tries) > 1
            store.close()

    def test_the_address_may_say_how_long_to_wait(self) -> None:
        for query, seconds in (
            ("", engines.CONNECT_TIMEOUT_SECONDS),
            ("?connect_timeout=60", "60"),
        ):
            for engine in engines.engines(f"postgresql+psycopg://nobody@localhost/none{query}"):
                asked: list[object] = []

                def note(_dialect, _record, _arguments, options, asked=asked) -> None:
                    asked.append(options["connect_timeout"])
                    raise InterruptedError

                event.listen(engine, "do_connect", note)
                with pytest.raises(InterruptedError):
                    engine.connect()
                assert asked == [seconds]

    def test_a_connection_that_was_cut(self, postgres_url: str) -> None:
        store = Store(postgres_url)
        with pytest.raises(DBAPIError) as caught, store.writer.begin() as connection:
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        assert dialects.is_transient(caught.value)
        with store.read() as connection:
            assert connection.scalar(text("SELECT 1")) == 1
        store.close()

    def test_a_programming_error_is_not_tried_again(self, database_url: str) -> None:
        store = Store(database_url)
        upgrade(store)
        assert not dialects.is_transient(fault(store, "SELECT nothing FROM users"))
        assert not dialects.is_transient(ValueError("no database"))
        store.close()

    def test_a_user_who_may_not_do_it(self, postgres_url: str) -> None:
        upgrade(store := Store(postgres_url))
        as_another = "DO $$ BEGIN SET LOCAL ROLE pg_monitor; PERFORM 1 FROM users; END $$"
        assert "Grant what is missing" in complaint(store, fault(store, as_another))
        store.close()

    def test_all_connections_in_use(self, database_url: str) -> None:
        store = Store(database_url)
        upgrade(store)
        options: dict[str, Any] = {"pool_size": 1, "max_overflow": 0, "pool_timeout": 0}
        store.reader.dispose()
        store.reader = create_engine(database_url, **options)
        with (
            store.read(),
            pytest.raises(StoreError, match="All connections to the database are in use"),
            store.read(),
        ):
            pass
        store.close()


class TestFaultsOfTheProgram:
    """What no database would take is not told as one that is away."""

    @pytest.mark.parametrize(
        "statement",
        [
            "SELEC 1",
            "SELECT nothing_we_know(1)",
            "INSERT INTO users (user_id, email, created_at) VALUES (1, 'a', 0), (1, 'b', 0)",
            "INSERT INTO users (user_id) VALUES (1)",
        ],
    )
    def test_a_wrong_statement(self, database_url: str, statement: str) -> None:
        upgrade(store := Store(database_url))
        assert dialects.complaint(fault(store, statement), store.writer.url) is None
        for transaction in (store.read, store.write):
            with pytest.raises(DBAPIError), transaction() as connection:
                connection.execute(text(statement))
        with pytest.raises(DBAPIError):
            store.transact(lambda connection: connection.execute(text(statement)).rowcount)
        store.close()

    def test_a_value_that_nothing_can_store(self, database_url: str) -> None:
        upgrade(store := Store(database_url))
        with pytest.raises(DBAPIError), store.write() as connection:
            connection.execute(users.insert(), {"user_id": 1, "email": {}, "created_at": 0})
        store.close()

    def test_a_parameter_that_was_forgotten(self, database_url: str) -> None:
        upgrade(store := Store(database_url))
        with pytest.raises(StatementError) as raised, store.read() as connection:
            connection.execute(select(users).where(users.c.user_id == bindparam("user")))
        assert not isinstance(raised.value, DBAPIError)
        with pytest.raises(ArgumentError), store.read() as connection:
            connection.execute(select("users"))  # type: ignore[call-overload]
        store.close()


class TestAddresses:
    @pytest.mark.parametrize(
        "url",
        ["", "nonsense", "mysql://host/db", "postgresql://host/db", "sqlite://", "sqlite:///"],
    )
    def test_others_are_refused(self, url: str) -> None:
        with pytest.raises(SettingsError, match="DATABASE_URL"):
            Store(url)

    def test_a_password_is_not_shown(self) -> None:
        with pytest.raises(SettingsError) as caught:
            Store("mysql://me:secret@host/db")
        assert "secret" not in str(caught.value)


def test_readers_do_not_wait_for_a_writer(sqlite_url: str) -> None:
    store = Store(sqlite_url)
    upgrade(store)
    writing, done = threading.Event(), threading.Event()

    def write() -> None:
        with store.write() as connection:
            connection.execute(users.insert(), {"user_id": 1, "email": "a", "created_at": 0})
            writing.set()
            done.wait(PATIENCE_SECONDS)

    writer = threading.Thread(target=write)
    writer.start()
    assert writing.wait(PATIENCE_SECONDS)
    watch = Stopwatch()
    with store.read() as connection:
        assert connection.execute(select(users)).all() == []
    took = watch.seconds()
    done.set()
    writer.join()
    assert took < 1, "a reader waited for the writer"
    with store.read() as connection:
        assert len(connection.execute(select(users)).all()) == 1
    store.close()


@pytest.mark.parametrize("count", [0, 1, 70_000])
def test_any_number_of_integers_is_one_parameter(database_url: str, count: int) -> None:
    store = Store(database_url)
    upgrade(store)
    with store.write() as connection:
        rows = [{"user_id": n, "email": f"{n}", "created_at": 0} for n in (1, 2**40)]
        connection.execute(users.insert(), rows)
        among = dialects.among(users.c.user_id, "ids")
        wanted = {"ids": range(2**40, 2**40 + count)}
        found = connection.scalars(select(users.c.user_id).where(among), wanted).all()
        others = connection.scalars(select(users.c.user_id).where(not_(among)), wanted).all()
    assert (found, others) == (([2**40], [1]) if count else ([], [1, 2**40]))
    store.close()
