"""What else is stored with an instant: none of it holds anything up because a clock was ahead."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select, update
from sqlalchemy.event import listen, remove

from snapshot_core.clock import MAX_AHEAD_SECONDS
from snapshot_core.connections.leases import was_left
from snapshot_core.connections.rate_limit import RateLimit
from snapshot_core.sources.rate import Rate
from snapshot_core.store import api_tokens, connections
from snapshot_core.store.accounts import LEASE_SECONDS, Account, add_account, claim
from snapshot_core.store.ahead import (
    accounts_to_mark,
    captures_ahead,
    keep,
    mark_ahead,
)
from snapshot_core.store.captures import captures_of
from snapshot_core.store.connections import StoredConnection
from snapshot_core.store.database import Store
from snapshot_core.store.retention import forget, oldest
from snapshot_core.store.tables import rate_limits
from snapshot_core.store.users import ensure_user
from snapshot_core.transfer.export import export_file
from snapshot_core.windows import DAY
from tests.fakes.installation import Clock
from tests.support.staged import NOON, added
from tests.support.stock import capture

RATE = Rate(600, 60)
AHEAD = NOON + 400 * DAY


@pytest.fixture
def account(store: Store) -> Account:
    return added(store)


@pytest.mark.parametrize("minutes", [11, 60, 400 * 24 * 60])
def test_turns_of_a_rate_limit(store: Store, minutes: int) -> None:
    clock = Clock(NOON + 60 * minutes)
    limiter = RateLimit(store, clock)
    limiter.wait("endpoint", RATE)
    limiter.hold("endpoint", RATE, 240)
    clock.now = NOON
    limiter.wait("endpoint", RATE)
    assert clock.now == NOON
    assert limiter.wait("endpoint", RATE, longest=1.0)


@pytest.mark.parametrize("reserved_at", [NOON, None])
@pytest.mark.parametrize("days", [2, 365])
def test_a_turn_that_no_platform_asked_for_holds_nobody(
    store: Store, days: int, reserved_at: int | None
) -> None:
    """As an earlier version may have left it, which did not note who gave it."""
    clock = Clock(NOON)
    limiter = RateLimit(store, clock)
    limiter.wait("endpoint", RATE)
    far = {"free_at": (NOON + days * DAY) * 1000,
           "reserved_at": reserved_at and reserved_at * 1000}  # fmt: skip
    store.transact(lambda c: c.execute(update(rate_limits).values(far)).rowcount)
    limiter.wait("endpoint", RATE)
    assert clock.now == NOON
    limiter.hold("endpoint", RATE, 100 * DAY)
    limiter.wait("endpoint", RATE)
    assert NOON + DAY <= clock.now < NOON + DAY + 10


@pytest.mark.parametrize("days", [-400, 400])
def test_a_clock_that_is_set_while_somebody_waits_changes_no_wait(store: Store, days: int) -> None:
    slept: list[float] = []

    class Set(Clock):
        def sleep(self, seconds: float) -> None:
            slept.append(seconds)
            self.now += days * DAY

    limiter = RateLimit(store, Set(NOON))
    limiter.hold("endpoint", RATE, 60)
    limiter.wait("endpoint", RATE)
    limiter.wait("endpoint", RATE)
    assert sum(slept) < 70


def test_a_turn_of_minutes_ago_by_a_clock_that_was_right_is_waited_for(store: Store) -> None:
    clock = Clock(NOON)
    limiter = RateLimit(store, clock)
    limiter.hold("endpoint", RATE, 86_400)
    clock.now = NOON - MAX_AHEAD_SECONDS  # another machine's, which is a little behind
    assert not limiter.wait("endpoint", RATE, longest=240)
    clock.now = NOON
    limiter.wait("endpoint", RATE)
    assert clock.now >= NOON + 86_400


def test_what_the_platform_said_later_replaces_a_turn_dated_ahead(store: Store) -> None:
    clock = Clock(AHEAD)
    limiter = RateLimit(store, clock)
    limiter.hold("endpoint", RATE, 240)
    clock.now = NOON
    limiter.hold("endpoint", RATE, 240)
    limiter.wait("endpoint", RATE)
    assert NOON + 240 <= clock.now < NOON + 250


@pytest.mark.parametrize("at", [NOON + MAX_AHEAD_SECONDS + 1, AHEAD])
def test_leases(store: Store, account: Account, at: int) -> None:
    until = at + LEASE_SECONDS
    stored = StoredConnection("scope", "access", at, "refresh", None, at)
    store.transact(lambda c: connections.connect(c, account.key, stored))
    assert store.transact(partial(claim, key=account.key, owner="wrong", now=at, until=until))
    lease = partial(connections.lease, key=account.key)
    assert store.transact(partial(lease, owner="wrong", now=at, until=until))
    for owner, free in (("right", True), ("other", False)):
        asked = partial(claim, key=account.key, owner=owner, now=NOON, until=NOON + 60)
        assert store.transact(asked) is free
        assert store.transact(partial(lease, owner=owner, now=NOON, until=NOON + 60)) is free


def test_a_lease_that_a_clock_ahead_left_was_left() -> None:
    assert not was_left(None, NOON)
    assert not was_left(NOON + 1, NOON)
    assert was_left(NOON, NOON)
    assert was_left(AHEAD, NOON)


def test_the_last_use_of_a_token(store: Store, account: Account) -> None:
    user = account.user_id
    store.transact(lambda c: api_tokens.add(c, user, "x", "read", "digest", NOON, None))
    for now in (AHEAD, NOON):
        store.transact(partial(api_tokens.note_use, user_id=user, token_id=1, now=now))
        with store.read() as connection:
            assert api_tokens.tokens_of(connection, user)[0].last_used_at == now


def test_a_consent_that_was_asked_for_ahead_is_over(store: Store, account: Account) -> None:
    user = account.user_id
    for state, at in (("ahead", AHEAD), ("fresh", NOON)):
        ask = partial(connections.ask_consent, state=state, verifier="v", account_id=None, at=at)
        store.transact(partial(ask, user_id=user))
    take = partial(
        connections.take_consent, user_id=user, since=NOON - 600, until=NOON + MAX_AHEAD_SECONDS
    )
    assert store.transact(partial(take, state="ahead")) is None
    assert store.transact(partial(take, state="fresh")) == ("v", None)


def test_what_may_not_be_kept_goes_by_when_it_was_seen(store: Store, account: Account) -> None:
    capture(store, account, NOON, {"v": 1})
    capture(store, account, AHEAD, {"v": 1})
    store.transact(partial(mark_ahead, key=account.key, now=NOON + DAY))
    with store.read() as connection:
        assert oldest(connection, account.source) == {account.key: NOON}
    assert store.transact(partial(forget, key=account.key, before=NOON + DAY)) == 1
    with store.read() as connection:
        assert oldest(connection, account.source) == {account.key: NOON + DAY}
    assert store.transact(partial(forget, key=account.key, before=NOON + DAY + 1)) == 1
    with store.read() as connection:
        assert captures_of(connection, account.key) == []


def test_an_export_has_what_counts(store: Store, account: Account, tmp_path: Path) -> None:
    capture(store, account, NOON, {"v": 1})
    capture(store, account, AHEAD, {"v": 1})
    user = store.transact(lambda c: ensure_user(c, "creator@localhost", NOON))
    file = tmp_path / "readings.csv"
    assert export_file(store, file, user) == 2
    store.transact(partial(mark_ahead, key=account.key, now=NOON))
    assert export_file(store, file, user) == 1
    with store.read() as connection:
        ahead = captures_ahead(connection, user.user_id, [account], NOON)
    store.transact(partial(keep, chosen=ahead, now=NOON))
    assert export_file(store, file, user) == 2


def test_what_is_kept_is_not_marked_again_and_counts_from_its_date_on(
    store: Store, account: Account
) -> None:
    capture(store, account, NOON, {"v": 1})
    capture(store, account, NOON + DAY, {"v": 1})
    other = store.transact(lambda c: add_account(c, account.user_id, "other", "csv", NOON))
    capture(store, other, NOON + DAY, {"v": 1})
    mark = partial(mark_ahead, key=account.key)
    assert store.transact(partial(mark, now=NOON)) == 1
    with store.read() as connection:
        ahead = captures_ahead(connection, account.user_id, [account], NOON)
        both = captures_ahead(connection, account.user_id, [account, other], NOON)
        assert captures_ahead(connection, account.user_id + 1, [account], NOON) == []
    assert len(both) == 2
    assert store.transact(partial(keep, chosen=ahead, now=NOON)) == 1
    assert store.transact(partial(keep, chosen=ahead, now=NOON)) == 0
    assert store.transact(partial(mark, now=NOON)) == 0
    with store.read() as connection:
        assert captures_ahead(connection, account.user_id, [account], NOON) == []


def test_those_dated_ahead_are_found_by_their_keys(sqlite_store: Store, account: Account) -> None:
    plan: list[str] = []

    def explain(connection: Connection, cursor: Any, statement: str, values: Any, *_: Any) -> None:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
        plan.extend(row[3] for row in cursor.fetchall())

    with sqlite_store.read() as connection:
        connection.execute(select(1))  # the transaction begins
        listen(connection, "before_cursor_execute", explain)
        captures_ahead(connection, account.user_id, [account], NOON)
        accounts_to_mark(connection, NOON)
        remove(connection, "before_cursor_execute", explain)
    searches = [step for step in plan if "captures" in step]
    assert searches == [
        "SEARCH captures USING INDEX ix_captures_ahead (user_id=? AND ahead_at>?)",
        *["SEARCH captures USING PRIMARY KEY (user_id=? AND account_id=? AND captured_at>?)"] * 2,
    ]
