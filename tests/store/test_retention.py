"""Numbers that may not be kept are forgotten whole, and what followed from them too."""

from typing import Any

import pytest
from sqlalchemy import select

from snapshot_core.maintenance.retention import keep_to_policy
from snapshot_core.readings import ProfileReading
from snapshot_core.settings.table import Settings
from snapshot_core.sources.registry import load_settings
from snapshot_core.store import retention as module
from snapshot_core.store.accounts import add_account
from snapshot_core.store.database import Store
from snapshot_core.store.keys import Key, of
from snapshot_core.store.record_capture import Fetched, record, record_failure
from snapshot_core.store.retention import forget
from snapshot_core.store.tables import (
    account_snapshots,
    accounts,
    capture_totals,
    captures,
    corrections,
    counted_metrics,
    listing_runs,
    metadata,
    quarantine,
    video_snapshots,
    videos,
)
from snapshot_core.store.users import ensure_user
from snapshot_core.windows import DAY
from tests.support.readings import video_reading
from tests.support.staged import NOON, believe

NIGHTS = 40
FOLDED = (captures, listing_runs, corrections, quarantine, capture_totals, counted_metrics)


def made(store: Store, name: str, source: str) -> Key:
    def add(connection: Any) -> Key:
        user = ensure_user(connection, "creator@example.org", NOON)
        return add_account(connection, user.user_id, name, source, NOON).key

    return store.transact(add)


def night(number: int) -> Fetched:
    """Night ``number``: one video is removed on the way, one corrected, one counted negative."""
    at = NOON - (NIGHTS - 1 - number) * DAY
    listed = [
        video_reading("steady", 1_000 + number, likes=number),
        video_reading("corrected", 5_000 + number - (400 if number >= 25 else 0)),
        video_reading("odd", -1 if number in (3, 30) else 10 * number),
    ]
    if number < 5:
        listed.append(video_reading("removed", 70 + number))
    return Fetched(
        at, at + 9, "nightly", "complete", True, ProfileReading(followers=100 + number), listed
    )


@pytest.fixture(autouse=True)
def believed(store: Store) -> None:
    """The clock has not jumped lately."""
    believe(store, NOON)


def lived(store: Store, key: Key, numbers: range) -> None:
    for number in numbers:
        with store.write() as connection:
            (record_failure if number == 7 else record)(connection, key, night(number))


def rows(store: Store, key: Key, *tables: Any) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of an account without its ids, and with its videos by name."""
    with store.read() as connection:
        names = dict(
            connection.execute(
                select(videos.c.video_id, videos.c.platform_id).where(of(videos, key))
            ).all()
        )
        found: dict[str, list[tuple[Any, ...]]] = {}
        for table in tables:
            own = [column for column in table.c if column.name not in ("user_id", "account_id")]
            where = of(table, key) if "account_id" in table.c else table.c.user_id == key[0]
            told = (
                {c.name: names.get(v, v) if c.name == "video_id" else v
                 for c, v in zip(own, row, strict=True)}
                for row in connection.execute(select(*own).where(where))
            )  # fmt: skip
            found[table.name] = sorted((tuple(each.values()) for each in told), key=repr)
    return found


def settings(days: int = 30) -> Settings:
    return load_settings({"TRUEGROWTH_YOUTUBE_KEEP_DAYS": str(days), "TZ": "UTC"}, None)


def test_what_is_left_is_as_if_the_rest_had_never_been_read(store: Store) -> None:
    old, new = made(store, "old", "youtube"), made(store, "new", "youtube")
    before = NOON - 30 * DAY
    lived(store, old, range(NIGHTS))
    lived(store, new, range(NIGHTS - 31, NIGHTS))
    assert store.transact(lambda c: forget(c, old, before)) == NIGHTS - 31
    tables = (*FOLDED, account_snapshots)
    assert rows(store, old, *tables) == rows(store, new, *tables)


def test_nothing_older_stays_in_any_table(store: Store) -> None:
    key = made(store, "channel", "youtube")
    lived(store, key, range(NIGHTS))
    assert keep_to_policy(store, settings(), NOON) == NIGHTS - 31
    with store.read() as connection:
        for table in (*FOLDED, account_snapshots, video_snapshots):
            if "captured_at" in table.c:
                oldest = min(connection.scalars(select(table.c.captured_at)))
                assert oldest >= NOON - 30 * DAY, table.name
        assert min(connection.scalars(select(listing_runs.c.since))) >= NOON - 30 * DAY
        kept = set(connection.scalars(select(videos.c.platform_id)))
    assert kept == {"steady", "corrected", "odd"}


def test_it_is_done_once_and_says_that_readings_changed(store: Store) -> None:
    key = made(store, "channel", "youtube")
    lived(store, key, range(NIGHTS))

    def revision() -> int:
        with store.read() as connection:
            return connection.scalar(select(accounts.c.revision).where(of(accounts, key))) or 0

    first = revision()
    keep_to_policy(store, settings(), NOON)
    second = revision()
    assert second > first
    assert keep_to_policy(store, settings(), NOON) == 0
    assert revision() == second


def test_other_sources_and_an_installation_that_may_keep_them_lose_nothing(store: Store) -> None:
    channel, file = made(store, "channel", "youtube"), made(store, "file", "csv")
    for key in (channel, file):
        lived(store, key, range(NIGHTS))
    assert keep_to_policy(store, settings(days=0), NOON) == 0
    keep_to_policy(store, settings(), NOON)
    assert len(rows(store, file, captures)["captures"]) == NIGHTS


def test_an_account_that_was_not_read_for_long_is_emptied(store: Store) -> None:
    key = made(store, "channel", "youtube")
    lived(store, key, range(5))
    assert keep_to_policy(store, settings(), NOON) == 5
    tables = (*FOLDED, account_snapshots, video_snapshots, videos)
    assert all(found == [] for found in rows(store, key, *tables).values())
    lived(store, key, range(39, 40))
    assert len(rows(store, key, captures)["captures"]) == 1


@pytest.mark.parametrize("place", ["bump_revision", "refold"])
def test_a_failure_in_the_middle_leaves_everything(
    store: Store, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    key = made(store, "channel", "youtube")
    lived(store, key, range(NIGHTS))

    def contents() -> dict[str, list[Any]]:
        with store.read() as connection:
            return {
                table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
                for table in metadata.sorted_tables
            }

    before = contents()
    original = getattr(module, place)

    def fail(*arguments: Any) -> None:
        original(*arguments)
        raise RuntimeError("the power is out")

    monkeypatch.setattr(module, place, fail)
    with pytest.raises(RuntimeError):
        keep_to_policy(store, settings(), NOON)
    assert contents() == before
