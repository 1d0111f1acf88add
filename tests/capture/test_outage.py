"""What was read is not lost: the database goes away, a process stands still or is killed."""

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from pathlib import Path

import pytest
from sqlalchemy import update

from snapshot_core.capture.take import take
from snapshot_core.connections.leases import LEASE_SECONDS, RENEWAL_SECONDS
from snapshot_core.connections.platforms import Platforms
from snapshot_core.errors import Busy, StoreError
from snapshot_core.settings.table import Settings
from snapshot_core.sources.contract import AccountRef
from snapshot_core.sources.rate import Rate
from snapshot_core.store import database
from snapshot_core.store.accounts import Account
from snapshot_core.store.database import Store
from snapshot_core.store.tables import accounts
from tests.support.outages import FrailStore, frail_postgres, frail_sqlite
from tests.support.postgres import Server
from tests.support.programs import ROOT
from tests.support.staged import NOON, Hands, Staged, account_row, added, captures_of, halves
from tests.support.waiting import PATIENCE_SECONDS

TRIES = 3
"""That fail before the database is given back."""


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def frail(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FrailStore]:
    if request.param == "sqlite":
        with frail_sqlite(tmp_path / "truegrowth.db") as made:
            yield made
    else:
        with frail_postgres(request.getfixturevalue("frail_server")) as made:
            yield made


def after_the_last(act) -> Staged:
    return Staged(between=lambda _account, number: act() if number == 3 else None)


class GivenBack:
    """Gives the database back after some tries."""

    def __init__(self, frail: FrailStore) -> None:
        self.frail, self.heard = frail, list[str]()

    def __call__(self, error: StoreError) -> None:
        self.heard.append(str(error))
        if len(self.heard) == TRIES:
            self.frail.give_back()


def test_a_capture_that_was_read_is_stored_when_the_database_is_back(frail: FrailStore) -> None:
    account, on_wait = added(frail.store), GivenBack(frail)
    source = after_the_last(frail.take_away)
    taken = take(frail.store, source, account, Hands(), trigger="nightly", on_wait=on_wait)
    assert (taken.status, taken.videos) == ("complete", 3)
    assert len(on_wait.heard) >= TRIES
    assert all(frail.complaint in text for text in on_wait.heard)
    assert halves(frail.store, account.key) == []
    assert account_row(frail.store, account.key).lease_owner is None


def test_who_leaves_meanwhile_does_not_take_the_capture_with_them(frail: FrailStore) -> None:
    class Left(BaseException):
        """As a visitor who closes the page."""

    account, given_back = added(frail.store), GivenBack(frail)
    source = after_the_last(frail.take_away)

    def leave(error: StoreError) -> None:
        frail.give_back()
        raise Left

    with pytest.raises(Left):
        take(frail.store, source, account, Hands(), trigger="manual", on_wait=leave)
    assert captures_of(frail.store, account.key) == [(NOON, "manual", "complete", 3)]
    assert given_back.heard == []


def test_a_walk_waits_for_its_turn_and_its_token_while_the_database_is_away(
    frail: FrailStore,
) -> None:
    account, ticks = added(frail.store), []
    url = frail.store.writer.url.render_as_string(hide_password=False)
    platforms = Platforms(frail.store, Settings(database_url=url))

    def ask_for_a_turn(reference: AccountRef, number: int) -> None:
        if number == 1:
            frail.take_away()
            ticks.append("away")
            assert reference.context is not None
            reference.context.http.rate_limit.wait("videos", Rate(1_000, 1.0))
            assert reference.context.known() == frozenset()

    def progress(_count: int, _expected: int | None) -> None:
        if ticks:
            ticks.append("tick")
            if len(ticks) == 5:
                frail.give_back()

    taken = take(
        frail.store,
        Staged(between=ask_for_a_turn),
        account,
        Hands(),
        trigger="nightly",
        progress=progress,
        platforms=platforms,
    )
    assert (taken.status, taken.videos) == ("complete", 3)


def test_a_database_that_stays_away_is_no_fault_of_the_source(
    frail: FrailStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "OUTAGE_SECONDS", 0.2)
    account = added(frail.store)
    url = frail.store.writer.url.render_as_string(hide_password=False)
    platforms = Platforms(frail.store, Settings(database_url=url))

    def ask_for_a_turn(reference: AccountRef, number: int) -> None:
        if number == 1:
            frail.take_away()
            assert reference.context is not None
            reference.context.http.rate_limit.wait("videos", Rate(1_000, 1.0))

    with pytest.raises(StoreError, match=frail.complaint):
        take(
            frail.store,
            Staged(between=ask_for_a_turn),
            account,
            Hands(),
            trigger="nightly",
            platforms=platforms,
        )
    frail.give_back()
    assert captures_of(frail.store, account.key) == []
    assert account_row(frail.store, account.key).failures == 0


def test_a_minute_without_a_database_costs_no_lease(frail: FrailStore) -> None:
    account, clock, over = added(frail.store), Hands(), threading.Event()
    ticks: list[int] = []

    def progress(_count: int, _expected: int | None) -> None:
        ticks.append(1)
        if len(ticks) == 1:  # the last renewal was as long ago as can be
            clock.now += RENEWAL_SECONDS - 1
            frail.take_away()
        elif len(ticks) < 4:
            clock.now += 30
        elif len(ticks) == 4:
            frail.give_back()
            with pytest.raises(Busy, match="being taken already"):
                take(frail.store, Staged(), account, clock, trigger="nightly")
            over.set()

    def hold(_account: AccountRef, _number: int) -> None:
        assert over.wait(PATIENCE_SECONDS)

    source = Staged(between=hold)
    taken = take(frail.store, source, account, clock, trigger="nightly", progress=progress)
    assert taken.status == "complete"
    assert len(captures_of(frail.store, account.key)) == 1


@pytest.mark.parametrize("another", [False, True])
def test_a_lease_that_ran_out_in_a_longer_outage_is_whose_who_comes_first(
    frail: FrailStore, another: bool
) -> None:
    account, clock = added(frail.store), Hands()
    tries: list[StoreError] = []

    def on_wait(error: StoreError) -> None:
        tries.append(error)
        if len(tries) == TRIES:
            clock.now += LEASE_SECONDS + 1
            frail.give_back()
            if another:
                take(frail.store, Staged(videos=5), account, clock, trigger="manual")

    source = after_the_last(frail.take_away)
    with pytest.raises(Busy, match="meanwhile") if another else nullcontext():
        take(frail.store, source, account, clock, trigger="nightly", on_wait=on_wait)
    expected = (NOON + LEASE_SECONDS + 1, "manual", "complete", 5)
    assert captures_of(frail.store, account.key) == [
        expected if another else (NOON, "nightly", "complete", 3)
    ]


def test_a_server_that_stands_still_while_a_capture_is_stored_costs_nothing(
    frail_server: Server,
) -> None:
    with frail_postgres(frail_server) as frail, ExitStack() as frozen:
        account = added(frail.store)

        def freeze() -> None:
            thaw = frozen.enter_context(frail_server.frozen())
            threading.Timer(1.0, thaw).start()

        taken = take(frail.store, after_the_last(freeze), account, Hands(), trigger="nightly")
        assert taken.status == "complete"
        assert halves(frail.store, account.key) == []


# --- processes


@contextmanager
def capturing(url: str) -> Iterator[subprocess.Popen[str]]:
    """A process in the middle of a capture of the first account, begun at `NOON`."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.capture.one_capture", url, str(NOON)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "in the middle\n"
            yield process
        finally:
            process.kill()


def take_at(store: Store, account: Account, now: int) -> str | None:
    return take(store, Staged(videos=5), account, Hands(now), trigger="manual").status


def test_the_lease_of_a_process_that_was_killed_is_free_after_two_minutes(
    store: Store, database_url: str
) -> None:
    account = added(store)
    with capturing(database_url) as process:
        process.kill()
        process.wait(PATIENCE_SECONDS)
    with pytest.raises(Busy):
        take_at(store, account, NOON + 119)
    assert take_at(store, account, NOON + 120) == "complete"


@pytest.mark.parametrize("asleep", [LEASE_SECONDS - 1, LEASE_SECONDS + 1])
def test_a_process_that_stood_still_stores_nothing_over_the_capture_of_another(
    store: Store, database_url: str, asleep: int
) -> None:
    """Its lease ran out, another took the account, stored its capture and gave the lease back."""
    account, later = added(store), NOON + asleep
    with capturing(database_url) as process:
        process.send_signal(signal.SIGSTOP)
        if asleep > LEASE_SECONDS:
            assert take_at(store, account, later) == "complete"
            assert account_row(store, account.key).lease_owner is None
        else:
            with pytest.raises(Busy):
                take_at(store, account, later)
        process.send_signal(signal.SIGCONT)
        told, _ = process.communicate("go on\n", PATIENCE_SECONDS)
    if asleep > LEASE_SECONDS:
        assert "taken meanwhile, by another process" in told
        assert captures_of(store, account.key) == [(later, "manual", "complete", 5)]
    else:
        assert told == "stored\n"
        assert captures_of(store, account.key) == [(NOON, "nightly", "complete", 3)]
    assert halves(store, account.key) == []


def test_a_process_that_slept_and_was_not_missed_stores_what_it_read(
    store: Store, database_url: str
) -> None:
    account = added(store)
    with capturing(database_url) as process:
        process.send_signal(signal.SIGSTOP)
        ran_out = {"lease_until": NOON - 1}
        store.transact(lambda c: c.execute(update(accounts).values(ran_out)).rowcount)
        process.send_signal(signal.SIGCONT)
        assert process.communicate("go on\n", PATIENCE_SECONDS)[0] == "stored\n"
    assert captures_of(store, account.key) == [(NOON, "nightly", "complete", 3)]
