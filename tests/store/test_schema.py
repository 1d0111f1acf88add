"""The migrations make the tables of `store.tables`, which obey the rules of distribution."""

from collections.abc import Iterator
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text

from snapshot_core.errors import StoreError
from snapshot_core.store.database import Store
from snapshot_core.store.schema import upgrade
from snapshot_core.store.tables import (
    heartbeats,
    metadata,
    pooled_rhythms,
    rate_limits,
    source_loads,
    users,
)

SHARED = {users.name, heartbeats.name, rate_limits.name, source_loads.name, pooled_rhythms.name}
"""Tables that are not a user's: what must be unique across users lives here."""


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store(database_url)
    yield store
    store.close()


def test_the_migrations_make_the_tables(store: Store) -> None:
    upgrade(store)
    with store.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_second_upgrade_does_nothing(store: Store) -> None:
    upgrade(store)
    with store.read() as connection:
        before = inspect(connection).get_table_names()
    upgrade(store)
    with store.read() as connection:
        assert inspect(connection).get_table_names() == before


def test_a_newer_database_is_refused(store: Store) -> None:
    upgrade(store)
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match=r"newer version \(9999\).*Update the program"):
        upgrade(store)


class TestRules:
    """What distribution on ``user_id`` asks of a schema, as the database itself sees it."""

    def test_keys_of_a_users_tables_begin_with_the_user(self, store: Store) -> None:
        upgrade(store)
        with store.read() as connection:
            look = inspect(connection)
            for table in set(look.get_table_names()) - SHARED - {"alembic_version"}:
                keys: list[Any] = [
                    look.get_pk_constraint(table)["constrained_columns"],
                    *(one["column_names"] for one in look.get_unique_constraints(table)),
                    *(one["column_names"] for one in look.get_indexes(table) if one["unique"]),
                ]
                assert all(key[0] == "user_id" for key in keys), table

    def test_references_between_a_users_tables_hold_the_user(self, store: Store) -> None:
        upgrade(store)
        with store.read() as connection:
            look = inspect(connection)
            for table in look.get_table_names():
                for key in look.get_foreign_keys(table):
                    assert key["constrained_columns"][0] == "user_id", table
                    assert key["options"].get("ondelete") == "CASCADE", table

    def test_every_constraint_has_a_name(self, store: Store) -> None:
        upgrade(store)
        with store.read() as connection:
            look = inspect(connection)
            for table in set(look.get_table_names()) - {"alembic_version"}:
                constraints = [
                    look.get_pk_constraint(table),
                    *look.get_unique_constraints(table),
                    *look.get_foreign_keys(table),
                ]
                assert all(one["name"] for one in constraints), table

    def test_instants_counters_and_ids_are_64_bit(self, store: Store) -> None:
        upgrade(store)
        with store.read() as connection:
            look = inspect(connection)
            kinds = {
                str(column["type"])
                for table in set(look.get_table_names()) - {"alembic_version"}
                for column in look.get_columns(table)
            }
        assert kinds <= {"BIGINT", "TEXT", "VARCHAR(40)", "BOOLEAN", "DATE"}
