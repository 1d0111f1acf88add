"""Everything SQLite and PostgreSQL do differently once a connection is open, and nothing else.

How connections are opened stands in `store.engines`.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, cast

import numpy as np
import numpy.typing as npt
import psycopg
import sqlalchemy as sa
from sqlalchemy import URL, Connection, Dialect, Text, exc
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from snapshot_core.store.postgresql.complaints import postgresql_complaint, state_of
from snapshot_core.store.sqlite.complaints import sqlite_complaint
from snapshot_core.store.sqlite.connections import database_file

_LOCK_NUMBER: Final = 8_378_271
"""The number of our advisory lock; any will do that no one else in the database uses."""

# Serialisation failure, deadlock, all connections in use, shutdown, fail-over to a replica not yet
# writable.
_TRANSIENT: Final = frozenset({"40001", "40P01", "53300", "57P01", "57P02", "57P03", "25006"})


class _Numbers(TypeDecorator[Any]):
    """Any number of integers as one parameter."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """An array where there are arrays, JSON where there are none."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(Text())
        return dialect.type_descriptor(sa.ARRAY(sa.BigInteger))

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        """``value``: any iterable of integers."""
        numbers = list(value)
        return json.dumps(numbers) if dialect.name == "sqlite" else numbers


class _Among(FunctionElement[Any]):
    """Made by `among`. Not a boolean: SQLAlchemy would add ``= 1``, which no key can serve."""

    inherit_cache = True


def among(column: Any, name: str) -> _Among:
    """``column IN`` the integers bound as ``name``, be they none or a million.

    An IN list has as many parameters as values: databases limit their number, and a statement
    whose text varies is compiled anew for every length.
    """
    return _Among(column, sa.bindparam(name, type_=_Numbers()))


@compiles(_Among, "sqlite")
def _among_sqlite(element: _Among, compiler: Any, **options: Any) -> str:
    column, numbers = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({numbers}))"


@compiles(_Among, "postgresql")
def _among_postgresql(element: _Among, compiler: Any, **options: Any) -> str:
    column, numbers = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY ({numbers})"


class _Packed(FunctionElement[Any]):
    """Made by `packed`."""

    inherit_cache = True
    type = Text()


def packed(column: Any, null: int | None = None) -> _Packed:
    """An aggregate: the values of ``column`` as one text, with commas between them.

    Drivers make an object of every value of every row; `unpacked` takes a text apart at half
    the cost. Columns packed by one statement are in one order, whichever it is. ``null`` stands
    for nulls in the text; without one there must be none.
    """
    return _Packed(
        column if null is None else sa.func.coalesce(column, sa.literal_column(f"{null}"))
    )


def unpacked(texts: Sequence[str | None]) -> npt.NDArray[np.int64]:
    """The integers of packed columns, one after the other. None is a column without rows."""
    text = ",".join(text for text in texts if text is not None)
    return np.fromstring(text, np.int64, sep=",") if text else np.empty(0, np.int64)


@compiles(_Packed, "sqlite")
def _packed_sqlite(element: _Packed, compiler: Any, **options: Any) -> str:
    return f"group_concat({compiler.process(element.clauses, **options)})"


@compiles(_Packed, "postgresql")
def _packed_postgresql(element: _Packed, compiler: Any, **options: Any) -> str:
    column = compiler.process(element.clauses, **options)
    return f"string_agg(({column})::text, ',')"


def one_at_a_time(connection: Connection) -> None:
    """Let no other transaction that asks the same run beside this one.

    For what changes tables or hands out the first numbers; SQLite's writers take turns anyway.
    """
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK_NUMBER})")


def reading_bytes(dialect: Dialect) -> int:
    """What a video takes on disk in each capture, its part of all other rows and of indexes in it.

    Measured: docs/benchmarks.md, and on PostgreSQL with 26 million readings.
    """
    return 30 if dialect.name == "sqlite" else 155


def turn_seconds(dialect: Dialect) -> float:
    """For how long nobody must write so that a writer that waits for its turn gets it.

    Those of SQLite look again every 100 ms at most; PostgreSQL's wait for rows only.
    """
    return 0.11 if dialect.name == "sqlite" else 0.0


def insert_new(connection: Connection, table: sa.Table) -> sa.Insert:
    """An INSERT that leaves rows alone whose key is taken."""
    if connection.dialect.name == "sqlite":
        return sqlite_insert(table).on_conflict_do_nothing()
    return postgresql_insert(table).on_conflict_do_nothing()


def insert_many(
    connection: Connection, columns: Sequence[sa.Column[Any]], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert ``rows`` of integers by the fastest way the driver has, in one statement."""
    table, names = columns[0].table, ", ".join(column.name for column in columns)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        batch = rows if isinstance(rows, list) else list(rows)
        if batch:
            connection.exec_driver_sql(f"INSERT INTO {table} ({names}) VALUES ({marks})", batch)
        return
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    statement = f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)"
    with (
        translated(connection, statement),
        driver.cursor() as cursor,
        cursor.copy(statement) as copy,
    ):
        copy.set_types(["int8"] * len(columns))
        for row in rows:
            copy.write_row(row)


@contextmanager
def translated(connection: Connection, statement: str) -> Iterator[None]:
    """Around what goes to the driver past SQLAlchemy: raises the errors that it would."""
    try:
        yield
    except psycopg.Error as error:
        raise DBAPIError.instance(
            statement, None, error, psycopg.Error, dialect=connection.dialect
        ) from error


def is_unreachable(error: BaseException | None) -> bool:
    """Whether no server answered."""
    return (
        isinstance(error, DBAPIError)
        and isinstance(error.orig, psycopg.OperationalError)
        and error.orig.sqlstate is None
    )


def is_transient(error: BaseException | None) -> bool:
    """Whether the whole transaction may simply be tried again."""
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        name = getattr(error.orig, "sqlite_errorname", "")
        return name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_PROTOCOL"))
    assert error.orig is not None
    state = state_of(error.orig)
    if not state:
        return is_unreachable(error)
    return state in _TRANSIENT or state.startswith("08")


def complaint(error: DBAPIError, url: URL) -> str | None:
    """What is wrong with the database at ``url``, where, and what to do.

    None where it is a fault of the program.
    """
    if isinstance(
        error, exc.DataError | exc.IntegrityError | exc.InterfaceError | exc.NotSupportedError
    ):
        return None  # no database would take this
    assert error.orig is not None
    if (file := database_file(url)) is None:
        return postgresql_complaint(error.orig, url)
    if isinstance(error, exc.ProgrammingError):
        return None
    name = getattr(error.orig, "sqlite_errorname", "SQLITE_IOERR")
    return sqlite_complaint(name, str(error.orig), file)
