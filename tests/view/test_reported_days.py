"""Daily amounts as they are shown: sums only of days that are all known."""

from datetime import date, timedelta

import pytest

from snapshot_core.periods import PERIODS, Period
from snapshot_core.store.accounts import Account, account_named, add_account
from snapshot_core.store.database import Store
from snapshot_core.store.reported_days import StoredAmounts, store_amounts
from snapshot_core.store.users import ensure_user
from snapshot_core.view.reported_days import reported

LAST = date(2026, 11, 21)
DAY, WEEK, MONTH = PERIODS


@pytest.fixture
def account(store: Store) -> Account:
    def add(connection) -> Account:
        user = ensure_user(connection, "a@example.org", 0)
        add_account(connection, user.user_id, "other", "csv", 0)
        return add_account(connection, user.user_id, "mine", "csv", 0)

    return store.transact(add)


def keep(store: Store, account: Account, told: dict[date, dict[str, int]]) -> StoredAmounts:
    return store.transact(lambda connection: store_amounts(connection, account.key, told))


def days(count: int, amount: int = 1) -> dict[date, dict[str, int]]:
    return {LAST - timedelta(days=back): {"views": amount + back} for back in range(count)}


def view(store: Store, account: Account, period: Period = WEEK):
    with store.read() as connection:
        return reported(connection, account, period)


def test_without_an_export_there_is_nothing(store: Store, account: Account) -> None:
    assert view(store, account) is None


def test_the_last_days_are_summed_and_those_before(store: Store, account: Account) -> None:
    keep(store, account, days(60))
    shown = view(store, account)
    assert shown.until == LAST
    (views,) = shown.metrics
    assert (views.metric, views.amount, views.before) == ("views", 28, 77)
    assert list(views.days) == list(range(28, 0, -1))
    (views,) = view(store, account, DAY).metrics
    assert (views.amount, views.before) == (1, 2)
    (views,) = view(store, account, MONTH).metrics
    assert (views.amount, views.before, len(views.days)) == (465, 1365, 30)


def test_a_day_that_is_unknown_makes_no_sum(store: Store, account: Account) -> None:
    told = days(14)
    del told[LAST - timedelta(days=9)]
    keep(store, account, told)
    keep(store, account, {LAST: {"likes": -2}})
    views, likes = view(store, account).metrics
    assert (views.amount, views.before) == (28, None)
    assert views.days[-10] is None
    assert (likes.metric, likes.amount, likes.days[-1]) == ("likes", None, -2)


def test_another_account_has_none_of_it(store: Store, account: Account) -> None:
    keep(store, account, days(3))
    with store.read() as connection:
        other = account_named(connection, account.user_id, "other")
        assert reported(connection, other, WEEK) is None


def test_what_was_kept_is_told(store: Store, account: Account) -> None:
    assert keep(store, account, {}) == StoredAmounts(frozenset(), 0)
    assert keep(store, account, days(2)).amounts == 2
    assert keep(store, account, days(2)) == StoredAmounts(frozenset(), 0)
    assert keep(store, account, days(1, amount=9)).changed == {LAST}
