"""An account that was removed comes back with every row, also where its number was taken."""

from typing import Any

import pytest
from sqlalchemy import select

from snapshot_core.capture.first_start import add_sample
from snapshot_core.errors import InputError
from snapshot_core.periods import PERIODS
from snapshot_core.store.account_copy import AccountCopy, copy_account, restore_account
from snapshot_core.store.accounts import (
    Account,
    accounts_of,
    add_account,
    claim,
    remove_account,
)
from snapshot_core.store.database import Store
from snapshot_core.store.tables import metadata
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from snapshot_core.view.overview import overview
from snapshot_core.zones import UTC
from tests.support.staged import NOON


def made(store: Store) -> Account:
    """The sample account with its nights."""

    def add(connection: Any) -> Account:
        user = ensure_user(connection, LOCAL_EMAIL, NOON)
        add_sample(connection, user.user_id, UTC, NOON)
        return accounts_of(connection, user.user_id)[0]

    return store.transact(add)


def everything(store: Store) -> dict[str, set[tuple[Any, ...]]]:
    with store.read() as connection:
        return {
            table.name: {tuple(row) for row in connection.execute(select(table))}
            for table in metadata.sorted_tables
        }


def removed(store: Store, account: Account) -> AccountCopy:
    def work(connection: Any) -> AccountCopy:
        copy = copy_account(connection, account.key)
        remove_account(connection, account.key)
        return copy

    return store.transact(work)


def test_it_comes_back_to_the_row(store: Store) -> None:
    account = made(store)
    before = everything(store)
    copy = removed(store, account)
    gone = everything(store)
    assert gone["accounts"] == set()
    assert sum(map(len, gone.values())) < sum(map(len, before.values()))
    restored = store.transact(lambda c: restore_account(c, copy))
    assert everything(store) == before
    assert restored == account


def test_under_another_number_it_shows_the_same_growth(store: Store) -> None:
    account = made(store)

    def growth(of: Account) -> Any:
        with store.read() as connection:
            view = overview(connection, [of], of, PERIODS[1], NOON, UTC)
        return {metric: card.growth for metric, card in view.cards.items()}

    before = growth(account)
    copy = removed(store, account)
    other = store.transact(lambda c: add_account(c, account.user_id, "new", "csv", NOON))
    assert other.key == account.key
    restored = store.transact(lambda c: restore_account(c, copy))
    assert restored.account_id != other.account_id
    assert growth(restored) == before
    assert before["views"].growth


def test_a_name_that_was_taken_is_told(store: Store) -> None:
    account = made(store)
    copy = removed(store, account)
    store.transact(lambda c: add_account(c, account.user_id, account.name.upper(), "csv", NOON))
    before = everything(store)
    with pytest.raises(InputError, match="named"):
        store.transact(lambda c: restore_account(c, copy))
    assert everything(store) == before


def test_a_lease_is_not_taken_down_with_it(store: Store) -> None:
    account = made(store)
    store.transact(lambda c: claim(c, account.key, "somebody", NOON, NOON + 60))
    copy = removed(store, account)
    store.transact(lambda c: restore_account(c, copy))
    assert store.transact(lambda c: claim(c, account.key, "another", NOON, NOON + 60))
