"""Sums in SQL and the pure engine say the same, whatever happened and in whatever order it came."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from snapshot_core.store import growths
from snapshot_core.store.accounts import add_account, ensure_user
from snapshot_core.store.database import Store
from snapshot_core.store.growths import Ledgers, account_growth
from snapshot_core.store.irregular import every_id, load_irregular, marks
from snapshot_core.store.record import record, record_failure
from snapshot_core.store.scene import Scene, look
from snapshot_core.store.schema import upgrade
from snapshot_core.store.settle import resettle
from snapshot_core.store.standing import Key, of
from snapshot_core.store.tables import (
    capture_totals,
    captures,
    corrections,
    presence,
    quarantine,
    videos,
)
from snapshot_core.windows import PERIODS, Window
from tests.store.histories import START, AccountHistory, reference, statuses, users

FOLDED = (presence, quarantine, corrections, capture_totals, captures)


@pytest.fixture(scope="module")
def sqlite_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    yield from _store(f"sqlite:///{tmp_path_factory.mktemp('store') / 'growths.db'}")


@pytest.fixture(scope="module")
def postgres_store(postgres_server: Any) -> Iterator[Store]:
    with postgres_server.fresh_database() as url:
        yield from _store(url)


def _store(url: str) -> Iterator[Store]:
    store = Store(url)
    upgrade(store)
    yield store
    store.close()


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
    number = len(connection.execute(select(captures.c.user_id).distinct()).all())
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


def by_the_engine(
    connection: Connection, key: Key, windows: list[Window], *, rounded: bool
) -> list[Ledgers]:
    """The ledgers with every video left to the pure engine."""
    seen = marks(connection, key, 0, 2**40)
    irregular = load_irregular(connection, key, every_id(connection, key), seen)
    scene = Scene(key, rounded, seen, {}, irregular)
    return growths.ledgers(connection, scene, windows)


def folded(connection: Connection, key: Key) -> dict[str, list[tuple[Any, ...]]]:
    """All that was folded of an account, videos by their platform's ids."""
    its_videos = select(videos.c.video_id, videos.c.platform_id).where(of(videos, key))
    names = dict(connection.execute(its_videos).all())
    found = {}
    for table in FOLDED:
        rows = connection.execute(select(table).where(of(table, key))).mappings()
        found[table.name] = sorted(
            (
                tuple(
                    names.get(value, "") if column == "video_id" else value
                    for column, value in row.items()
                    if column not in ("user_id", "account_id")
                )
                for row in rows
            ),
            key=repr,
        )
    return found


def check_growth(store: Store, accounts: list[AccountHistory]) -> None:
    with undone(store) as connection:
        for key, history in zip(recorded(connection, accounts), accounts, strict=True):
            rows = connection.execute(
                select(captures.c.captured_at, captures.c.status).where(
                    of(captures, key), captures.c.status != "failed"
                )
            )
            assert dict(rows.all()) == statuses(history)
            for period in PERIODS:
                check_period(connection, key, history, period)


def check_period(connection: Connection, key: Key, history: AccountHistory, period: Any) -> None:
    found = account_growth(connection, key, period, rounded=history.rounded)
    if found.window is None:
        assert "complete" not in statuses(history).values()
        return
    windows = [found.window, *([found.window.before] if found.before is not None else [])]
    given_ = [found.now, *([found.before] if found.before is not None else [])]
    scene = look(connection, key, windows, rounded=history.rounded)
    event(f"{'some' if scene.frames else 'no'} videos summed in SQL, {len(windows)} windows")
    by_engine = by_the_engine(connection, key, windows, rounded=history.rounded)
    for window, ledgers, engine in zip(windows, given_, by_engine, strict=True):
        assert ledgers == engine
        assert ledgers == reference(history, window)
        assert all(ledger.adds_up for ledger in ledgers.values())


def check_orders(store: Store, accounts: list[AccountHistory], order: Any) -> None:
    with undone(store) as connection:
        live = recorded(connection, accounts)
        first = [folded(connection, key) for key in live]
        for key in live:
            resettle(connection, key)
        assert [folded(connection, key) for key in live] == first
        shuffled = recorded(connection, accounts, order)
        assert [folded(connection, key) for key in shuffled] == first


no_reset = settings(suppress_health_check=list(HealthCheck))


class TestGrowth:
    """The fast path, the engine over all videos and the raw readings agree to the unit."""

    @settings(no_reset, max_examples=200)
    @given(accounts=users())
    def test_on_sqlite(self, sqlite_store: Store, accounts: list[AccountHistory]) -> None:
        check_growth(sqlite_store, accounts)

    @settings(no_reset, max_examples=40)
    @given(accounts=users())
    def test_on_postgresql(self, postgres_store: Store, accounts: list[AccountHistory]) -> None:
        check_growth(postgres_store, accounts)


class TestOrder:
    """Folding live, folding anew and recording in any order end in the same tables."""

    @settings(no_reset, max_examples=120)
    @given(accounts=users(1), order=st.randoms())
    def test_on_sqlite(
        self, sqlite_store: Store, accounts: list[AccountHistory], order: Any
    ) -> None:
        check_orders(sqlite_store, accounts, order)

    @settings(no_reset, max_examples=40)
    @given(accounts=users(1), order=st.randoms())
    def test_on_postgresql(
        self, postgres_store: Store, accounts: list[AccountHistory], order: Any
    ) -> None:
        check_orders(postgres_store, accounts, order)
