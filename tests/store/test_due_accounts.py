"""What the job reads of the tables to know whose turn it is."""

from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, insert, update

from snapshot_core.capture.take import take
from snapshot_core.clock import MAX_AHEAD_SECONDS
from snapshot_core.errors import NotFound, SourceError
from snapshot_core.store.accounts import block, set_cadence
from snapshot_core.store.database import Store
from snapshot_core.store.due_accounts import (
    PREMIERE_SECONDS,
    RECENT_SECONDS,
    YOUNG_SECONDS,
    DueAccount,
    due_account,
    due_accounts,
    last_nightly,
)
from snapshot_core.store.heartbeats import Heartbeat, beat, end, heartbeat
from snapshot_core.store.keys import key_columns, of
from snapshot_core.store.tables import accounts, videos
from snapshot_core.windows import DAY, HOUR
from tests.separation.test_statements import recorded
from tests.support import stock
from tests.support.staged import NOON, Hands, Staged, added, set_zone


def test_only_good_captures_of_the_whole_account_count(store: Store) -> None:
    one = added(store)

    def last_good() -> int | None:
        with store.read() as connection:
            return due_account(connection, one.key, NOON + 1_000).last_good

    def capture(at: int, **options: Any) -> None:
        take(store, Staged(), one, Hands(at), trigger="manual", **options)

    assert last_good() is None
    capture(NOON)
    assert last_good() == NOON
    capture(NOON + 60, scope="recent")
    assert last_good() == NOON
    down = Staged(errors={one.name: SourceError("Down.")})
    with pytest.raises(SourceError):
        take(store, down, one, Hands(NOON + 120), trigger="nightly")
    assert last_good() == NOON
    broken = Staged(errors={one.name: SourceError("Broken off.")}, before_error=2)
    with pytest.raises(SourceError):
        take(store, broken, one, Hands(NOON + 180), trigger="nightly")
    assert last_good() == NOON + 180  # partial
    capture(NOON + 1_001 + MAX_AHEAD_SECONDS)
    assert last_good() == NOON + 180  # taken by a clock that was wrong


def test_what_came_of_the_captures_of_these_days(store: Store) -> None:
    one = added(store)

    def of_now() -> tuple[int | None, int | None, int | None]:
        with store.read() as connection:
            now = due_account(connection, one.key, NOON + 1_000)
        return now.last_good, now.last_complete, now.looked_before

    def capture(at: int, walked_to_end: bool = True, videos: str = "abc") -> None:
        views = dict.fromkeys(videos, 100)
        stock.capture(store, one, NOON + at, views, walked_to_end=walked_to_end)

    capture(-RECENT_SECONDS)
    assert of_now() == (NOON - RECENT_SECONDS, None, None)  # of long ago: no matter
    capture(0)
    assert of_now() == (NOON, NOON, None)
    capture(60, walked_to_end=False)
    assert of_now() == (NOON + 60, NOON, None)
    capture(120, videos="a")  # walked to its end: not a second look at the one that broke off
    assert of_now() == (NOON + 120, NOON, None)
    capture(180, walked_to_end=False)
    assert of_now() == (NOON + 180, NOON, NOON + 60)
    capture(240, videos="b")
    assert of_now() == (NOON + 240, NOON, NOON + 120)
    take(store, Staged(), one, Hands(NOON + 300), trigger="hourly", scope="recent")
    assert of_now() == (NOON + 240, NOON, NOON + 120)
    capture(360)
    assert of_now() == (NOON + 360, NOON + 360, None)


def run(statement: Any, connection: Connection) -> int:
    return connection.execute(statement).rowcount


def test_what_decides_of_accounts_that_are_read_beyond_their_nights(store: Store) -> None:
    one, other = added(store), added(store, "creator_02")
    for account in (one, other):
        for at, trigger, scope in (
            (-DAY - 60, "hourly", "complete"),
            (-HOUR, "nightly", "complete"),
            (-60, "hourly", "complete"),
            (-30, "hourly", "recent"),
            (-20, "hourly", "recent"),
            (MAX_AHEAD_SECONDS + 60, "hourly", "recent"),
        ):
            clock = Hands(NOON + at)
            take(store, Staged(), account, clock, trigger=trigger, scope=scope)  # type: ignore[arg-type]
    ages = {"young": HOUR, "old": YOUNG_SECONDS + 1}
    ages |= {"tomorrow": -DAY, "premiere": -PREMIERE_SECONDS - 1}
    for number, (name, age) in enumerate(ages.items(), 100):
        row = key_columns(one.key) | {"video_id": number, "published_at": NOON - age}
        new = insert(videos).values(row).values(platform_id=name)
        store.transact(partial(run, new))

    def due(cadence: str) -> DueAccount:
        store.transact(lambda c: set_cadence(c, one.key, cadence))
        with store.read() as connection:
            first, second = due_accounts(connection, NOON)
            assert (second.last_tried, second.extra_complete, second.young) == (None, (), ())
            return replace(first, look_at=0)  # it is another with each change

    adaptive = due("adaptive")
    assert (adaptive.cadence, adaptive.videos, adaptive.last_tried) == ("adaptive", 3, NOON - 20)
    assert adaptive.extra_complete == (NOON - 60,)
    assert sorted(adaptive.extra_recent) == [NOON - 30, NOON - 20]
    assert sorted(adaptive.young) == [NOON - HOUR, NOON + DAY]
    assert due("6h") == replace(adaptive, cadence="6h", young=())
    assert due("nightly").last_tried is None
    with store.read() as connection:
        whole = due_account(connection, one.key, NOON)
    assert replace(whole, look_at=0) == replace(adaptive, cadence="nightly")


def test_keys_lead_to_what_it_asks(sqlite_store: Store) -> None:
    """Nobody's history is read to its end, and no table but that of the accounts."""
    with sqlite_store.read() as connection, recorded() as statements:
        due_accounts(connection, NOON)
    selects = {statement: bound for statement, bound in statements if statement != "BEGIN"}
    ((statement, bound),) = selects.items()
    with sqlite_store.read() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", bound)
        steps = [row.detail for row in plan]
    scanned = {step.split()[1] for step in steps if step.startswith("SCAN")}
    assert scanned <= {"accounts", "users"}
    assert any("ix_videos_published" in step for step in steps)


def test_when_the_job_was_last_seen_at_work(store: Store) -> None:
    one, other = added(store), added(store, "creator_02")

    def last() -> int | None:
        with store.read() as connection:
            assert last_nightly(connection, one.user_id + 1, NOON) is None
            return last_nightly(connection, one.user_id, NOON)

    for at, trigger in ((0, "baseline"), (60, "manual")):
        take(store, Staged(), one, Hands(NOON + at), trigger=trigger)
    assert last() is None
    down = Staged(errors={other.name: SourceError("Down.")})
    with pytest.raises(SourceError):
        take(store, down, other, Hands(NOON + 120), trigger="nightly")
    assert last() == NOON + 120
    take(store, Staged(), one, Hands(NOON + 180), trigger="nightly")
    take(store, Staged(), one, Hands(NOON + 240), trigger="manual")
    assert last() == NOON + 180


def test_a_turn_tells_what_decides_it(store: Store) -> None:
    one = added(store)
    added(store, "creator_02", zone="Asia/Tokyo")
    set_zone(store, "Europe/Rome")
    paused = update(accounts).where(of(accounts, one.key)).values(paused=True)
    store.transact(lambda c: c.execute(paused).rowcount)
    store.transact(lambda c: block(c, one.key, True))
    with store.read() as connection:
        first, second = sorted(due_accounts(connection, NOON), key=lambda each: each.account_id)
        assert due_accounts(connection, NOON, one.user_id + 1) == []
        assert due_account(connection, one.key, NOON) == first
        with pytest.raises(NotFound):
            due_account(connection, (one.user_id, 99), NOON)
    assert (first.name, first.source) == ("creator_01", "staged")
    assert (first.time_zone, first.user_time_zone) == (None, "Europe/Rome")
    assert (first.paused, first.blocked, first.failures) == (True, True, 0)
    assert (second.time_zone, second.user_time_zone) == ("Asia/Tokyo", "Europe/Rome")
    assert (second.paused, second.blocked) == (False, False)
    store.transact(lambda c: block(c, one.key, False))
    with store.read() as connection:
        assert not due_account(connection, one.key, NOON).blocked


def test_the_last_beat_is_kept_until_the_job_ends(store: Store) -> None:
    first = Heartbeat("job", NOON, NOON, NOON + 60, "something")
    later = Heartbeat("job", NOON, NOON + 15, None, None)
    with store.read() as connection:
        assert heartbeat(connection) is None
    for each in (first, later):
        store.transact(partial(beat, beat=each))
        with store.read() as connection:
            assert heartbeat(connection) == each
            assert heartbeat(connection, "another") is None
    store.transact(end)
    with store.read() as connection:
        assert heartbeat(connection) is None
