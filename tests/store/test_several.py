"""What is read of many accounts at once is what is read of each alone, on both databases."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np

from snapshot_core.growth.history import windows_of
from snapshot_core.growth.lines import Lines, lines
from snapshot_core.growth.rounding import Roundings
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.periods import ALL, PERIODS
from snapshot_core.store.accounts import Account
from snapshot_core.store.brackets import Asked, load, load_several
from snapshot_core.store.captures import histories_of, history_of
from snapshot_core.store.database import Connection, Store
from snapshot_core.store.readings import followers, totals
from snapshot_core.store.record_capture import record, record_failure
from snapshot_core.store.rhythms.held import learned_between
from snapshot_core.store.several.account_lines import followers_of, learned_of, totals_of
from snapshot_core.windows import DAY, HOUR
from tests.store.histories import AccountHistory, seeded_users
from tests.support.builders import START
from tests.support.stock import local_accounts, make_account, stocked

UTC = ZoneInfo("UTC")
LATER = START + 3_000 * DAY
"""Later than all that is captured here."""
SEEDS = 15


def stored(store: Store, histories: Sequence[AccountHistory]) -> list[Account]:
    for number, history in enumerate(histories):
        account = make_account(store, f"{number}", rounded=history.rounded)
        with store.write() as connection:
            for kind, fetched in history.captures:
                save = record_failure if kind == "failed" else record
                save(connection, account.key, fetched)
    return local_accounts(store)


def check(
    connection: Connection, accounts: Sequence[Account], roundings: Sequence[Roundings]
) -> None:
    histories = histories_of(connection, accounts, LATER)
    for account in accounts:
        assert histories[account.account_id] == history_of(connection, account.key, LATER)
    for period in (*PERIODS, ALL):
        asked = []
        for account, rounding in zip(accounts, roundings, strict=True):
            means = windows_of(histories[account.account_id], period, UTC)
            if means.measured:
                asked.append(Asked(account.key, means.measured, rounding))
        loaded = load_several(connection, asked, now=LATER)
        for each in asked:
            alone = load(connection, each.key, each.windows, now=LATER, rounding=each.rounding)
            for one, of_all in zip(
                lines(alone, each.windows), lines(loaded[each.key], each.windows), strict=True
            ):
                same(one, of_all)


def same(one: Lines, of_all: Lines) -> None:
    assert one.ledgers() == of_all.ledgers()
    for name in ("ids", "line", "growth"):
        np.testing.assert_array_equal(getattr(one, name), getattr(of_all, name))


def check_lines(connection: Connection, accounts: Sequence[Account]) -> None:
    since, until = START - DAY, START + 40 * DAY + HOUR
    learned = learned_of(connection, accounts, since, until)
    of_totals = totals_of(connection, accounts, since, until)
    of_followers = followers_of(connection, accounts, since, until)
    for account in accounts:
        number = account.account_id
        alone = totals(connection, account.key, VIDEO_METRICS, since, until)
        assert of_totals.get(number, {}) == {metric: rows for metric, rows in alone.items() if rows}
        assert of_followers.get(number, []) == followers(connection, account.key, since, until)
        assert (number in learned) == bool(
            learned_between(connection, account.key, since, until).since
        )


def test_of_many_histories(database_url: str) -> None:
    histories = [history for seed in range(SEEDS) for history in seeded_users(seed, 3)]
    with stocked(database_url) as store:
        accounts = stored(store, histories)
        with store.read() as connection:
            check(connection, accounts, [history.rounding for history in histories])
            check_lines(connection, accounts)
