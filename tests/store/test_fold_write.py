"""What is folded is the same in whatever order the captures came."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from snapshot_core.readings import ProfileReading
from snapshot_core.store.database import Store
from snapshot_core.store.fold.write import refold
from snapshot_core.store.keys import Key, of
from snapshot_core.store.record_capture import Fetched
from snapshot_core.store.tables import (
    capture_totals,
    captures,
    corrections,
    counted_metrics,
    listing_runs,
    quarantine,
    rhythms,
    short_brackets,
    videos,
)
from snapshot_core.windows import HOUR
from tests.store.histories import FEW_BESIDE, START, AccountHistory, users
from tests.store.recording import no_reset, recorded, undone
from tests.support.examples import examples
from tests.support.readings import video_reading

FOLDED = (
    *(listing_runs, quarantine, corrections, capture_totals, counted_metrics, captures),
    *(short_brackets, rhythms),
)


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


def check_orders(store: Store, accounts: list[AccountHistory], order: Any) -> None:
    with undone(store) as connection:
        live = recorded(connection, accounts)
        first = [folded(connection, key) for key in live]
        for key in live:
            refold(connection, key)
        assert [folded(connection, key) for key in live] == first
        shuffled = recorded(connection, accounts, order)
        assert [folded(connection, key) for key in shuffled] == first


class TestOrder:
    """Folding live, folding anew and recording in any order end in the same tables."""

    @examples(30, soak=300, like=no_reset)
    @given(accounts=users(1, beside=FEW_BESIDE), order=st.randoms())
    def test_on_sqlite(
        self, sqlite_store: Store, accounts: list[AccountHistory], order: Any
    ) -> None:
        check_orders(sqlite_store, accounts, order)

    @examples(12, soak=150, like=no_reset)
    @given(accounts=users(1, beside=FEW_BESIDE), order=st.randoms())
    def test_on_postgresql(
        self, postgres_store: Store, accounts: list[AccountHistory], order: Any
    ) -> None:
        check_orders(postgres_store, accounts, order)

    def test_of_a_held_reading_confirmed_once_its_video_is_back(self, sqlite_store: Store) -> None:
        """Its last complete capture but one had it; the last one missed the video."""
        nights = [
            ("complete", [10], None),
            ("complete", [5], None),  # held back
            ("complete", [], 0),
            ("recent", [0], None),  # confirms it, and is held back itself
            ("complete", [27], None),
        ]
        history = AccountHistory(rounded=False)
        for number, (scope, likes, reported) in enumerate(nights):
            at, own = START + number * 6 * HOUR, ProfileReading(videos=reported)
            listed = [video_reading("a", 100 + number, count) for count in likes]
            fetched = Fetched(at, at, "nightly", scope, True, own, listed)  # type: ignore[arg-type]
            history.captures.append(("whole", fetched))
        with undone(sqlite_store) as connection:
            (key,) = recorded(connection, [history])
            live = folded(connection, key)
            refold(connection, key)
            assert folded(connection, key) == live
