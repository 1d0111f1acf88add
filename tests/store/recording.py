"""Histories recorded in a store, and what the pure engine is given of them."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import HealthCheck, settings
from sqlalchemy import Connection, select

from snapshot_core.store.accounts import add_account, ensure_user
from snapshot_core.store.database import Store
from snapshot_core.store.irregular import every_id, load_irregular, marks
from snapshot_core.store.keys import Key
from snapshot_core.store.record_capture import record, record_failure
from snapshot_core.store.scene import Scene
from snapshot_core.store.tables import users
from tests.store.histories import START, AccountHistory

no_reset = settings(suppress_health_check=list(HealthCheck))
"""For examples that share a store and leave nothing behind in it."""


@contextmanager
def undone(store: Store) -> Iterator[Connection]:
    """A transaction that leaves nothing behind: an example each in one database."""
    with store.writer.connect() as connection, connection.begin() as transaction:
        yield connection
        transaction.rollback()


def recorded(
    connection: Connection, accounts: list[AccountHistory], order: Any = None
) -> list[Key]:
    """Record what the accounts of a new user went through, in turns; their keys."""
    number = len(connection.execute(select(users.c.user_id)).all())
    user = ensure_user(connection, f"user-{number}@example.org", START)
    keys = [
        add_account(connection, user.user_id, f"{n}", "csv", START, rounded=history.rounded).key
        for n, history in enumerate(accounts)
    ]
    turns = [
        (key, kind, fetched)
        for key, history in zip(keys, accounts, strict=True)
        for kind, fetched in history.captures
    ]
    turns.sort(key=lambda turn: turn[2].captured_at)
    if order is not None:
        order.shuffle(turns)
    for key, kind, fetched in turns:
        (record_failure if kind == "failed" else record)(connection, key, fetched)
    return keys


def the_engines_scene(connection: Connection, key: Key, history: AccountHistory) -> Scene:
    """The scene in which every video is left to the pure engine."""
    seen = marks(connection, key, 0, 2**40)
    irregular = load_irregular(connection, key, every_id(connection, key), seen)
    return Scene(key, history.rounded, seen, {}, irregular)
