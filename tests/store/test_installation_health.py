"""What is counted of everybody for an administrator: accounts by state, and nothing else."""

from collections.abc import Iterator
from functools import partial

import pytest

from snapshot_core.store.accounts import add_account, block, note_attempt
from snapshot_core.store.accounts import set_paused as pause
from snapshot_core.store.database import Store
from snapshot_core.store.installation_health import UserHealth, health_of_users
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from snapshot_core.windows import DAY
from tests.support.staged import NOON
from tests.support.stock import capture, stocked


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with stocked(database_url) as made:
        yield made


def seen(store: Store) -> dict[str, UserHealth]:
    with store.read() as connection:
        return {one.email: one for one in health_of_users(connection, NOON)}


def test_each_user_has_a_line_be_it_of_nothing(store: Store) -> None:
    store.transact(lambda c: ensure_user(c, "anna@one.example", 0))
    assert seen(store) == {
        email: UserHealth(email, 0, 0, 0, 0, 0) for email in (LOCAL_EMAIL, "anna@one.example")
    }


def test_accounts_are_counted_by_what_they_need(store: Store) -> None:
    anna = store.transact(lambda c: ensure_user(c, "anna@one.example", 0)).user_id
    made = {
        name: store.transact(partial(add_account, user_id=anna, name=name, source="csv", now=0))
        for name in ("fresh", "late", "never", "paused", "failing", "stopped")
    }
    for name, days in {"fresh": 1, "late": 3, "paused": 9, "failing": 1, "stopped": 1}.items():
        capture(store, made[name], NOON - days * DAY, {"v": 1})
    store.transact(lambda c: pause(c, made["paused"].key, True))
    store.transact(lambda c: note_attempt(c, made["failing"].key, NOON, "away"))
    store.transact(lambda c: note_attempt(c, made["stopped"].key, NOON, "gone"))
    store.transact(lambda c: block(c, made["stopped"].key, True))
    assert seen(store)["anna@one.example"] == UserHealth(
        "anna@one.example", accounts=6, stale=2, failing=2, stopped=1, paused=1
    )
    assert seen(store)[LOCAL_EMAIL].accounts == 0
