"""Sums in SQL and the pure engine say the same, whatever happened and in whatever order it came."""

from typing import Any

from hypothesis import event, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from snapshot_core.growth.growth import window_before
from snapshot_core.store.database import Store
from snapshot_core.store.fold_write import refold
from snapshot_core.store.growths import account_growth, ledgers
from snapshot_core.store.keys import Key, of
from snapshot_core.store.scene import look
from snapshot_core.store.tables import (
    capture_totals,
    captures,
    corrections,
    listing_runs,
    quarantine,
    videos,
)
from snapshot_core.windows import PERIODS
from tests.store.histories import (
    AccountHistory,
    first_capture,
    gone_at_a_start,
    reference,
    statuses,
    users,
)
from tests.store.recording import no_reset, recorded, the_engines_scene, undone

FOLDED = (listing_runs, quarantine, corrections, capture_totals, captures)


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
    before = window_before(found.history, found.window)
    windows = [found.window, *([before] if before is not None else [])]
    given_ = [found.now, *([found.before] if found.before is not None else [])]
    scene = look(connection, key, windows, rounded=history.rounded)
    event(f"{'some' if scene.frames else 'no'} videos summed in SQL, {len(windows)} windows")
    by_engine = ledgers(connection, the_engines_scene(connection, key, history), windows)
    for window, ours, engine in zip(windows, given_, by_engine, strict=True):
        assert ours == engine
        assert ours == reference(history, window)
        assert all(ledger.adds_up for ledger in ours.values())


def check_orders(store: Store, accounts: list[AccountHistory], order: Any) -> None:
    with undone(store) as connection:
        live = recorded(connection, accounts)
        first = [folded(connection, key) for key in live]
        for key in live:
            refold(connection, key)
        assert [folded(connection, key) for key in live] == first
        shuffled = recorded(connection, accounts, order)
        assert [folded(connection, key) for key in shuffled] == first


class TestGrowth:
    """The fast path, the engine over all videos and the raw readings agree to the unit."""

    @settings(no_reset, max_examples=120)
    @given(accounts=users())
    @example(accounts=[first_capture(), gone_at_a_start()])
    def test_on_sqlite(self, sqlite_store: Store, accounts: list[AccountHistory]) -> None:
        check_growth(sqlite_store, accounts)

    @settings(no_reset, max_examples=40)
    @given(accounts=users())
    def test_on_postgresql(self, postgres_store: Store, accounts: list[AccountHistory]) -> None:
        check_growth(postgres_store, accounts)


class TestOrder:
    """Folding live, folding anew and recording in any order end in the same tables."""

    @settings(no_reset, max_examples=60)
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
