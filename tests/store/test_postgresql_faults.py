"""What is wrong with a PostgreSQL database is told by its SQLSTATE, with place and remedy."""

from collections.abc import Iterator
from contextlib import ExitStack

import psycopg
import pytest
from sqlalchemy import make_url, text
from sqlalchemy.exc import DBAPIError

from snapshot_core.errors import StoreError
from snapshot_core.store import dialects
from snapshot_core.store.database import Store
from tests.support.postgres import ROLE, Server
from tests.support.staged import installed


@pytest.fixture
def store(postgres_url: str) -> Iterator[Store]:
    made = installed(postgres_url)
    yield made
    made.close()


def told(store: Store) -> str:
    """What a reader is told."""
    with pytest.raises(StoreError) as raised, store.read():
        pass
    return str(raised.value)


def test_a_database_that_is_not_there(postgres_url: str) -> None:
    url = make_url(postgres_url).set(database="nothing_of_ours")
    store = Store(url.render_as_string(hide_password=False))
    assert "There is no database nothing_of_ours on the PostgreSQL server" in told(store)
    assert "Create it" in told(store)


def test_a_user_whom_it_does_not_know(postgres_url: str) -> None:
    url = make_url(postgres_url).set(username="stranger", password="a secret of theirs")
    store = Store(url.render_as_string(hide_password=False))
    assert "refuses the user stranger" in told(store)
    assert "Check the name and the password in DATABASE_URL" in told(store)
    assert "a secret of theirs" not in told(store)


def test_a_user_who_may_not_log_in(postgres_url: str, postgres_server: Server) -> None:
    postgres_server.execute("CREATE ROLE sleeper NOLOGIN")
    url = make_url(postgres_url).set(username="sleeper")
    try:
        assert "refuses the user sleeper" in told(Store(url.render_as_string(hide_password=False)))
    finally:
        postgres_server.execute("DROP ROLE sleeper")


def test_a_wrong_password_is_not_tried_again(store: Store) -> None:
    text = 'connection failed: FATAL:  password authentication failed for user "truegrowth"'
    error = DBAPIError.instance("", None, psycopg.OperationalError(text), psycopg.Error)
    assert isinstance(error, DBAPIError)
    assert "refuses the user truegrowth" in str(dialects.complaint(error, store.writer.url))
    assert not dialects.is_transient(error)


def test_all_connections_of_the_server_in_use(
    store: Store, postgres_url: str, postgres_server: Server
) -> None:
    postgres_server.execute(f"ALTER ROLE {ROLE} CONNECTION LIMIT 1")
    try:
        with ExitStack() as others:
            address = postgres_url.replace("+psycopg", "")
            others.enter_context(psycopg.connect(address))
            assert "has all its connections in use" in told(store)
            assert "max_connections" in told(store)
    finally:
        postgres_server.execute(f"ALTER ROLE {ROLE} CONNECTION LIMIT -1")


def test_one_that_is_read_only_is_read(store: Store, postgres_server: Server) -> None:
    name = store.writer.url.database
    postgres_server.execute(f"ALTER DATABASE {name} SET default_transaction_read_only = on")
    with store.read() as connection:
        assert connection.scalar(text("SELECT count(*) FROM users")) == 0
    with (
        pytest.raises(StoreError, match=f"{name} .* can be read, and nothing can be written"),
        store.write() as connection,
    ):
        connection.execute(text("DELETE FROM users"))


# States that a test cannot bring a server into, with what people are told of them.
@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("53100", "no room left on the disk of the PostgreSQL server"),
        ("53200", "no memory left"),
        ("53400", "too little left of something"),
        ("57P01", "is starting or stopping"),
        ("57P03", "is starting or stopping"),
        ("58030", "reports an error"),
        ("XX001", "reports an error"),
        ("55P03", "locked"),
        ("40P01", "locked"),
        ("08006", "cannot be reached"),
    ],
)
def test_the_state_decides_what_is_told(store: Store, state: str, words: str) -> None:
    """Raised by the server itself, in another language than ours."""
    statement = f"DO $$ BEGIN RAISE 'espace épuisé' USING ERRCODE = '{state}'; END $$"
    with pytest.raises(StoreError, match=words), store.write() as connection:
        connection.execute(text(statement))


@pytest.mark.parametrize("state", ["22012", "25P02", "42601", "0A000", "P0001", "23505"])
def test_faults_of_the_program_are_none_of_the_database(store: Store, state: str) -> None:
    statement = f"DO $$ BEGIN RAISE 'ours' USING ERRCODE = '{state}'; END $$"
    with pytest.raises(DBAPIError, match="ours"), store.write() as connection:
        connection.execute(text(statement))
