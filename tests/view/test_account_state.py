"""One state per account and one word for it, whichever page, program or shell tells of it."""

from collections.abc import Iterator
from datetime import time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from snapshot_core.capture.schedule import Schedule
from snapshot_core.readings import ProfileReading
from snapshot_core.store.accounts import Account
from snapshot_core.store.ahead import mark_ahead
from snapshot_core.store.database import Store
from snapshot_core.store.keys import of
from snapshot_core.store.record_capture import Fetched, record_failure
from snapshot_core.store.tables import accounts
from snapshot_core.view.account_health import AccountHealth
from snapshot_core.view.account_state import (
    AT_REST,
    NEEDS_USER,
    AccountState,
    HealthState,
    account_state,
)
from snapshot_core.view.health import health
from snapshot_core.view.wording.health import cause, state_tone, state_word, summary
from snapshot_core.windows import DAY, HOUR
from tests.support.stock import capture, local_accounts, make_account, stocked

BERLIN = ZoneInfo("Europe/Berlin")
MIDNIGHT = 1_700_002_800
"""2023-11-15T00:00 in Berlin."""
NOW = MIDNIGHT + 20 * DAY + 15 * HOUR
LISTED = {f"{number}": 100 for number in range(10)}
NIGHTS = range(21)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    with stocked(sqlite_url) as made:
        yield made


def seen(store: Store, now: int = NOW) -> AccountHealth:
    with store.read() as connection:
        schedule = Schedule(BERLIN, time(0))
        (account,) = health(connection, local_accounts(store), schedule, now).accounts
    return account


def said(store: Store, now: int = NOW) -> tuple[HealthState, str, str]:
    """The state of the one account, its word and its cause."""
    stands = seen(store, now)
    state = account_state(stands, now)
    return state.state, state_word(state), cause(stands, state, now)


def nights(store: Store, *numbers: int, source: str = "public") -> Account:
    account = make_account(store, "one", source)
    for number in numbers:
        capture(store, account, MIDNIGHT + number * DAY, LISTED)
    return account


def change(store: Store, account: Account, **values: Any) -> None:
    statement = update(accounts).where(of(accounts, account.key)).values(**values)
    store.transact(lambda connection: connection.execute(statement).rowcount)


def lists_less(store: Store, account: Account, night: int, videos: int) -> None:
    listed = dict(list(LISTED.items())[:videos])
    capture(store, account, MIDNIGHT + night * DAY, listed)


class TestTheState:
    def test_of_one_that_is_read_every_night(self, store: Store) -> None:
        nights(store, *NIGHTS)
        assert said(store) == (HealthState.UP_TO_DATE, "up to date", "")

    def test_of_a_short_history_is_its_length(self, store: Store) -> None:
        account = make_account(store, "one", "public")
        capture(store, account, NOW - 19 * HOUR, LISTED)
        capture(store, account, NOW, LISTED)
        assert said(store)[:2] == (HealthState.STARTING, "19 h of history")

    def test_of_one_without_any(self, store: Store) -> None:
        make_account(store, "one", "csv")
        assert said(store) == (HealthState.EMPTY, "no snapshot yet", "Import its readings")

    def test_of_one_that_nobody_reads(self, store: Store) -> None:
        nights(store, *range(19))
        assert said(store)[:2] == (HealthState.LATE, "39 h late")

    def test_of_what_is_imported(self, store: Store) -> None:
        nights(store, 0, 1, 2, source="csv")
        expected = "imported file", "Readings up to 17 Nov, 00:00"
        assert said(store) == (HealthState.FILE, *expected)

    def test_of_the_sample(self, store: Store) -> None:
        nights(store, *NIGHTS, source="sample")
        assert said(store)[:2] == (HealthState.SAMPLE, "sample")

    def test_of_a_paused_one_is_not_late(self, store: Store) -> None:
        change(store, nights(store, 0, 1), paused=True)
        assert said(store)[:2] == (HealthState.PAUSED, "paused")

    def test_of_listings_that_the_next_one_settles(self, store: Store) -> None:
        account = nights(store, *range(20))
        lists_less(store, account, 20, 7)
        what = "7 of 10 videos listed; the next one settles it"
        assert said(store) == (HealthState.PARTIAL, "1 night partial", what)

    def test_of_listings_that_nobody_but_the_user_can_settle(self, store: Store) -> None:
        account = nights(store, *range(19))
        for night in (19, 20):
            lists_less(store, account, night, 3)
        what = "3 of 10 videos listed; are 7 gone?"
        assert said(store) == (HealthState.QUESTION, "2 nights partial", what)

    def test_of_one_that_failed_and_is_tried_again(self, store: Store) -> None:
        account = nights(store, *range(20))
        change(store, account, last_error="The platform is away.", attempted_at=NOW - 60)
        at = NOW - 60
        failed = Fetched(at, at, "nightly", "complete", False, ProfileReading(), [], "Away.")
        store.transact(lambda connection: record_failure(connection, account.key, failed))
        state, word, why = said(store)
        assert (state, word) == (HealthState.FAILING, "trying again")
        assert why.startswith("The platform is away; ")

    def test_of_what_was_dated_ahead(self, store: Store) -> None:
        account = nights(store, *NIGHTS)
        store.transact(lambda c: mark_ahead(c, account.key, MIDNIGHT + 19 * DAY))
        what = "1 snapshot dated ahead of the clock"
        assert said(store) == (HealthState.AHEAD, "dates to check", what)

    @pytest.mark.parametrize(
        ("source", "state", "word"),
        [
            ("tiktok", HealthState.SIGN_IN_AGAIN, "sign in again"),
            ("public", HealthState.STOPPED, "waits for you"),
        ],
    )
    def test_of_one_that_waits_for_its_user(
        self, store: Store, source: str, state: HealthState, word: str
    ) -> None:
        account = nights(store, *NIGHTS, source=source)
        change(store, account, blocked=True, last_error="The platform has ended it.")
        assert said(store) == (state, word, "The platform has ended it")


def test_every_state_has_a_word_and_a_tone() -> None:
    words = {state_word(AccountState(state, 2 * HOUR, 1)) for state in HealthState}
    assert len(words) == len(HealthState) - 1  # the night that is partial asks, or does not
    tones = {state: state_tone(AccountState(state)) for state in HealthState}
    assert [state for state, tone in tones.items() if tone == "good"] == [HealthState.UP_TO_DATE]
    assert {tones[state] for state in NEEDS_USER} == {"bad", "late"}
    assert {tones[state] for state in AT_REST} == {"quiet"}


class TestTheSentence:
    def test_counts_each_once_and_says_what_was_partial(self) -> None:
        states = [AccountState(HealthState.UP_TO_DATE)] * 57
        states += [AccountState(HealthState.SIGN_IN_AGAIN), AccountState(HealthState.QUESTION)]
        states += [AccountState(HealthState.LATE), AccountState(HealthState.PAUSED)]
        fact, rest = summary(states, 18, 7_830)
        assert fact == "57 of 60 accounts are up to date."
        partial = "In 30 days 18 of 7,830 snapshots were partial."
        assert rest == f"2 need you, 1 is late, 1 is paused. {partial}"

    def test_of_one_says_no_number(self) -> None:
        assert summary([AccountState(HealthState.UP_TO_DATE)], 0, 30) == (
            "The account is up to date.",
            "",
        )
        assert summary([AccountState(HealthState.FILE)], 0, 3)[0] == "Nothing is read by itself."

    def test_of_all_that_are_well(self) -> None:
        well = [AccountState(HealthState.UP_TO_DATE)] * 2
        assert summary(well, 0, 60) == ("All 2 accounts are up to date.", "")
        with_file = summary([*well, AccountState(HealthState.FILE)], 0, 60)
        assert with_file == ("2 accounts are up to date.", "1 comes from a file.")
