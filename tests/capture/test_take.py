"""Taking a capture: whole or not at all, one at a time, and what a failing source leaves."""

import contextlib
import logging
import threading
from typing import Any

import pytest
from sqlalchemy import select, update

from snapshot_core.capture.take import take
from snapshot_core.connections.leases import LEASE_SECONDS, RENEWAL_SECONDS
from snapshot_core.errors import Busy, SourceError, StoreError
from snapshot_core.sources.contract import AccountRef
from snapshot_core.store.accounts import Account, add_account, remove_account
from snapshot_core.store.database import Store
from snapshot_core.store.keys import of
from snapshot_core.store.tables import accounts
from snapshot_core.windows import DAY
from tests.support.staged import (
    NOON,
    Hands,
    Staged,
    account_row,
    added,
    captures_of,
    halves,
)
from tests.support.waiting import wait_until


@pytest.fixture
def one(store: Store) -> Account:
    return added(store)


def take_now(store: Store, source: Staged, account: Account, clock: Hands, **options):
    return take(store, source, account, clock, trigger="manual", **options)


def test_one_that_outlives_its_account_is_not_stored_as_that_of_the_next(
    store: Store, one: Account
) -> None:
    """A new account may get the number of one that was removed."""
    made: list[Account] = []

    def replaced(_account: AccountRef, number: int) -> None:
        if number == 1:
            store.transact(lambda c: remove_account(c, one.key))
            made.append(
                store.transact(lambda c: add_account(c, one.user_id, "new", "staged", NOON + 5))
            )

    with pytest.raises(Busy):
        take_now(store, Staged(between=replaced), one, Hands(NOON + 10))
    assert made[0].key == one.key
    assert captures_of(store, one.key) == []


def test_what_the_source_lists_is_stored(store: Store, one: Account) -> None:
    taken = take_now(store, Staged(videos=5), one, Hands())
    assert (taken.captured_at, taken.status, taken.videos) == (NOON, "complete", 5)
    assert captures_of(store, one.key) == [(NOON, "manual", "complete", 5)]
    assert halves(store, one.key) == []
    row = account_row(store, one.key)
    assert (row.attempted_at, row.failures, row.last_error, row.blocked) == (NOON, 0, None, False)
    assert (row.lease_owner, row.lease_until) == (None, None)


def test_a_second_capture_of_the_same_instant_changes_nothing(store: Store, one: Account) -> None:
    take_now(store, Staged(), one, Hands())
    again = take_now(store, Staged(videos=9), one, Hands())
    assert (again.status, again.videos) == (None, 0)
    assert captures_of(store, one.key) == [(NOON, "manual", "complete", 3)]


def test_a_source_that_fails_at_once_leaves_a_failed_capture(store: Store, one: Account) -> None:
    source = Staged(errors={one.name: SourceError("The platform is down. Wait.")})
    with pytest.raises(SourceError, match="platform is down"):
        take_now(store, source, one, Hands())
    assert captures_of(store, one.key) == [(NOON, "manual", "failed", 0)]
    row = account_row(store, one.key)
    assert (row.failures, row.last_error, row.blocked) == (1, "The platform is down. Wait.", False)
    assert row.lease_owner is None


def test_one_that_fails_in_the_middle_leaves_a_partial_one(store: Store, one: Account) -> None:
    source = Staged(errors={one.name: SourceError("Page 2 is lost.")}, before_error=2)
    with pytest.raises(SourceError, match="Page 2"):
        take_now(store, source, one, Hands())
    assert captures_of(store, one.key) == [(NOON, "manual", "partial", 2)]
    assert account_row(store, one.key).failures == 1


def test_failures_are_counted_until_one_goes_well(store: Store, one: Account) -> None:
    clock, source = Hands(), Staged(errors={one.name: SourceError("No.")})
    for count in (1, 2, 3):
        clock.now += 60
        with pytest.raises(SourceError):
            take_now(store, source, one, clock)
        assert account_row(store, one.key).failures == count
    clock.now += 60
    take_now(store, Staged(), one, clock)
    row = account_row(store, one.key)
    assert (row.failures, row.last_error, row.attempted_at) == (0, None, NOON + 240)


def test_a_failure_for_good_blocks_until_a_later_one_goes_well(store: Store, one: Account) -> None:
    clock = Hands()
    source = Staged(errors={one.name: SourceError("Connect it again.", permanent=True)})
    with pytest.raises(SourceError) as raised:
        take_now(store, source, one, clock)
    assert raised.value.permanent
    assert account_row(store, one.key).blocked
    clock.now += 60
    take_now(store, Staged(), one, clock)
    assert not account_row(store, one.key).blocked


def test_one_of_the_newest_videos_tells_nothing_of_the_night(store: Store, one: Account) -> None:
    clock = Hands()
    with pytest.raises(SourceError):
        take_now(store, Staged(errors={one.name: SourceError("No.")}), one, clock)
    for source in (Staged(), Staged(errors={one.name: SourceError("Not now.")})):
        clock.now += 60
        with contextlib.suppress(SourceError):
            take_now(store, source, one, clock, scope="recent")
        row = account_row(store, one.key)
        assert (row.failures, row.last_error, row.attempted_at) == (1, "No.", NOON)
    clock.now += 60
    revoked = Staged(errors={one.name: SourceError("Connect it again.", permanent=True)})
    with pytest.raises(SourceError):
        take_now(store, revoked, one, clock, scope="recent")
    row = account_row(store, one.key)
    assert (row.blocked, row.last_error) == (True, "Connect it again.")


@pytest.mark.parametrize("error", [KeyError("access_token=abc"), SystemExit(3), RecursionError()])
def test_a_fault_in_the_sources_code_is_a_failed_capture_and_told_in_the_log_only(
    store: Store, one: Account, error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(SourceError, match=rf"^Staged gave .*\({type(error).__name__}\)") as raised:
        take_now(store, Staged(errors={one.name: error}), one, Hands())
    assert "abc" not in str(raised.value)
    assert not raised.value.permanent
    assert captures_of(store, one.key) == [(NOON, "manual", "failed", 0)]
    [record] = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert "staged.py" in record.getMessage()
    assert "abc" not in caplog.text, "a token may stand in the text of such an error"


@pytest.mark.parametrize("views", ["many", 1.5j, object()])
def test_readings_that_cannot_be_stored_are_a_failed_capture(
    store: Store, one: Account, views: object
) -> None:
    class Nonsense(Staged):
        def _each(self, account: AccountRef, now: int):
            for video in super()._each(account, now):
                object.__setattr__(video, "views", views)
                yield video

    with pytest.raises(SourceError, match="could not be used"):
        take_now(store, Nonsense(), one, Hands())
    assert captures_of(store, one.key) == [(NOON, "manual", "failed", 0)]
    assert halves(store, one.key, NOON + 1) == []
    assert account_row(store, one.key).failures == 1


class TestOneAtATime:
    def test_another_one_meanwhile_is_told_so(self, store: Store, one: Account) -> None:
        told: list[str] = []

        def try_too(_account: AccountRef, number: int) -> None:
            if number == 1:
                with pytest.raises(Busy, match="being taken already") as busy:
                    take_now(store, Staged(), one, Hands())
                told.append(str(busy.value))

        take_now(store, Staged(between=try_too), one, Hands())
        assert len(told) == 1
        assert captures_of(store, one.key) == [(NOON, "manual", "complete", 3)]

    def test_another_account_is_free(self, store: Store, one: Account) -> None:
        other = added(store, "creator_02")

        def take_other(_account: AccountRef, number: int) -> None:
            if number == 1:
                take_now(store, Staged(), other, Hands())

        take_now(store, Staged(between=take_other), one, Hands())
        assert len(captures_of(store, other.key)) == len(captures_of(store, one.key)) == 1

    def test_the_lease_of_a_dead_one_runs_out(self, store: Store, one: Account) -> None:
        clock = Hands()
        dead = {"lease_owner": "dead", "lease_until": NOON + LEASE_SECONDS}
        store.transact(lambda c: c.execute(update(accounts).values(dead)).rowcount)
        clock.now = NOON + LEASE_SECONDS - 1
        with pytest.raises(Busy):
            take_now(store, Staged(), one, clock)
        clock.now += 1
        assert take_now(store, Staged(), one, clock).status == "complete"

    def test_a_slow_one_keeps_its_lease_even_while_the_source_is_silent(
        self, store: Store, one: Account
    ) -> None:
        clock, held = Hands(), []

        def wait(_account: AccountRef, _number: int) -> None:
            # The caller renews by itself: this thread only waits to see that it did.
            clock.now += RENEWAL_SECONDS
            held.append(
                wait_until(
                    lambda: account_row(store, one.key).lease_until >= clock.now + LEASE_SECONDS
                )
            )

        take_now(store, Staged(videos=13, between=wait), one, clock)
        assert len(held) == 14
        assert clock.now > NOON + 3 * LEASE_SECONDS

    def test_one_that_lost_its_lease_stores_nothing(self, store: Store, one: Account) -> None:
        clock = Hands()

        def lose(_account: AccountRef, number: int) -> None:
            if number == 1:
                theirs = {"lease_owner": "another", "lease_until": NOON + LEASE_SECONDS}
                store.transact(lambda c: c.execute(update(accounts).values(theirs)).rowcount)

        with pytest.raises(Busy):
            take_now(store, Staged(between=lose), one, clock)
        assert captures_of(store, one.key) == []
        row = account_row(store, one.key)
        assert (row.lease_owner, row.attempted_at) == ("another", None)

    def test_an_account_removed_meanwhile_stays_removed(self, store: Store, one: Account) -> None:
        def remove(_account: AccountRef, number: int) -> None:
            if number == 1:
                store.transact(lambda c: remove_account(c, one.key))

        with pytest.raises(Busy):
            take_now(store, Staged(between=remove), one, Hands())
        assert captures_of(store, one.key) == []

    def test_of_many_at_once_one_wins(self, store: Store, one: Account) -> None:
        start, results = threading.Barrier(4), []
        source = Staged(videos=50)

        def race() -> None:
            start.wait()
            try:
                results.append(take_now(store, source, one, Hands()).status)
            except Busy:
                results.append("busy")

        threads = [threading.Thread(target=race) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # One that comes after the winner finds the instant taken.
        assert sorted(results, key=str).count("complete") == 1
        assert set(results) <= {"complete", "busy", None}
        assert captures_of(store, one.key) == [(NOON, "manual", "complete", 50)]

    def test_it_is_asked_again_whether_it_is_due_once_the_account_is_claimed(
        self, store: Store, one: Account
    ) -> None:
        def no_longer(connection) -> bool:
            owner = connection.scalar(select(accounts.c.lease_owner).where(of(accounts, one.key)))
            assert owner is not None
            return False

        with pytest.raises(Busy, match="just been taken"):
            take_now(store, Staged(), one, Hands(), still_due=no_longer)
        assert captures_of(store, one.key) == []
        assert account_row(store, one.key).lease_owner is None
        take_now(store, Staged(), one, Hands(), still_due=lambda _: True)
        assert len(captures_of(store, one.key)) == 1


class TestProgress:
    def test_it_comes_in_the_callers_thread_and_ends_at_the_last_video(
        self, store: Store, one: Account
    ) -> None:
        seen: list[tuple[int, int | None, threading.Thread]] = []

        def note(count: int, expected: int | None) -> None:
            seen.append((count, expected, threading.current_thread()))

        take_now(store, Staged(videos=7), one, Hands(), progress=note)
        assert seen[-1] == (7, 7, threading.current_thread())
        assert {thread for _, _, thread in seen} == {threading.current_thread()}

    def test_whoever_waits_may_leave_even_while_the_source_hangs(
        self, store: Store, one: Account
    ) -> None:
        class Enough(BaseException):
            pass

        forever = threading.Event()

        def leave(count: int, _expected: int | None) -> None:
            if count == 2:
                raise Enough

        def hang(_account: AccountRef, number: int) -> None:
            if number == 2:
                forever.wait()

        with pytest.raises(Enough):
            take_now(store, Staged(between=hang), one, Hands(), progress=leave)
        assert captures_of(store, one.key) == []
        row = account_row(store, one.key)
        assert (row.lease_owner, row.attempted_at, row.failures) == (None, None, 0)
        forever.set()

    def test_a_source_that_hangs_is_given_up_in_time(self, store: Store, one: Account) -> None:
        clock, forever = Hands(), threading.Event()

        def hang(_account: AccountRef, number: int) -> None:
            if number == 2:
                forever.wait()

        def pass_time(_count: int, _expected: int | None) -> None:
            clock.now += 60

        with pytest.raises(SourceError, match="did not answer for 5 minutes"):
            take_now(store, Staged(between=hang), one, clock, progress=pass_time)
        forever.set()
        assert [status for _, _, status, _ in captures_of(store, one.key)] == ["partial"]
        assert account_row(store, one.key).failures == 1

    @pytest.mark.parametrize("days", [-3, 3, 365])
    def test_a_clock_that_is_set_on_the_way_dates_nothing(
        self, store: Store, one: Account, days: int
    ) -> None:
        """As on a machine that starts with an old date, until the network tells it the time."""
        clock = Hands(NOON - days * DAY)

        def set_it(_account: AccountRef, number: int) -> None:
            if number == 2:
                clock.now = NOON

        with pytest.raises(SourceError, match="clock jumped"):
            take_now(store, Staged(between=set_it), one, clock)
        assert captures_of(store, one.key) == [(NOON, "manual", "failed", 0)]
        row = account_row(store, one.key)
        assert (row.attempted_at, row.failures, row.blocked) == (NOON, 1, False)
        assert row.lease_owner is None
        clock.now += 300
        assert take_now(store, Staged(), one, clock).status == "complete"


def test_without_tables_the_remedy_is_told(database_url: str) -> None:
    store = Store(database_url)
    fields: dict[str, Any] = dict.fromkeys(Account.__dataclass_fields__) | {
        "user_id": 1,
        "account_id": 1,
    }
    nobody = Account(**fields)
    with pytest.raises(StoreError, match="python -m snapshot_core setup"):
        take_now(store, Staged(), nobody, Hands())
    store.close()
