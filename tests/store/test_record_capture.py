"""A capture is stored once, whole or not at all, in a handful of statements."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select

from snapshot_core.readings import LARGEST_COUNT, ProfileReading, VideoReading
from snapshot_core.store import dialects
from snapshot_core.store import record_capture as module
from snapshot_core.store.accounts import add_account
from snapshot_core.store.database import Store
from snapshot_core.store.keys import Key
from snapshot_core.store.record_capture import Fetched, record
from snapshot_core.store.tables import (
    accounts,
    captures,
    metadata,
    quarantine,
    video_snapshots,
    videos,
)
from snapshot_core.store.users import ensure_user
from tests.support.readings import video_reading

START = 1_700_000_000
HANDFUL = 23


@pytest.fixture
def key(store: Store) -> Key:
    with store.write() as connection:
        user = ensure_user(connection, "creator@example.org", START)
        return add_account(connection, user.user_id, "creator", "csv", START).key


def capture(at: int, *listed: VideoReading, followers: int | None = 500) -> Fetched:
    profile = ProfileReading(followers=followers)
    return Fetched(at, at + 9, "nightly", "complete", True, profile, listed)


def video(number: int, views: int | None = 100, **counts: Any) -> VideoReading:
    return video_reading(f"{7_000_000_000_000_000_000 + number}", views, **counts)


def contents(store: Store) -> dict[str, list[Any]]:
    with store.read() as connection:
        return {
            table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
            for table in metadata.sorted_tables
            if table is not accounts  # locked first by every capture, by a change to its row
        }


class TestOnce:
    def test_the_second_capture_of_an_instant_changes_nothing(self, store: Store, key: Key) -> None:
        first = store.transact(lambda c: record(c, key, capture(START, video(1), video(2))))
        assert (first.status, first.videos) == ("complete", 2)
        before = contents(store)
        again = store.transact(lambda c: record(c, key, capture(START, video(1, 999), video(3))))
        assert again.status is None
        assert contents(store) == before

    @pytest.mark.parametrize("place", ["insert_many", "write_effects", "_profile", "add_videos"])
    def test_a_failure_in_the_middle_leaves_nothing(
        self, store: Store, key: Key, monkeypatch: pytest.MonkeyPatch, place: str
    ) -> None:
        store.transact(lambda c: record(c, key, capture(START, video(1))))
        before = contents(store)
        owner: Any = dialects if place == "insert_many" else module
        original = getattr(owner, place)

        def fail(*arguments: Any, **options: Any) -> None:
            original(*arguments, **options)
            raise RuntimeError("the power is out")

        monkeypatch.setattr(owner, place, fail)
        tomorrow = capture(START + 86_400, video(1, 120), video(2, -1))
        with pytest.raises(RuntimeError):
            store.transact(lambda c: record(c, key, tomorrow))
        assert contents(store) == before
        monkeypatch.undo()
        assert store.transact(lambda c: record(c, key, tomorrow)).status == "complete"


class TestCost:
    def test_statements_do_not_grow_with_videos(self, store: Store, key: Key) -> None:
        with statements(store.writer) as few:
            store.transact(lambda c: record(c, key, capture(START, *map(video, range(10)))))
        with statements(store.writer) as many:
            listed = [video(n) for n in range(1_000)]
            store.transact(lambda c: record(c, key, capture(START + 86_400, *listed)))
        with statements(store.writer) as again:
            listed = [video(n, 200) for n in range(1_000)]
            store.transact(lambda c: record(c, key, capture(START + 2 * 86_400, *listed)))
        assert max(len(few), len(many), len(again)) <= HANDFUL, "\n".join(many)
        # A returning account makes no more of them than its first capture.
        assert len(again) <= len(many)


@contextmanager
def statements(engine: Engine) -> Iterator[list[str]]:
    """What is executed; a batch (`executemany`) counts once."""
    seen: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


class TestCounters:
    @pytest.mark.parametrize(
        ("count", "verdict"),
        [
            (-1, "negative"),
            (-(2**31), "negative"),
            (LARGEST_COUNT + 1, "too_large"),
            (2**80, "too_large"),
        ],
    )
    def test_what_cannot_be_a_count_is_unknown_and_noted(
        self, store: Store, key: Key, count: int, verdict: str
    ) -> None:
        done = store.transact(
            lambda c: record(c, key, capture(START, video(1, count, likes=3), video(2)))
        )
        assert (done.status, done.rejected) == ("complete", 1)
        with store.read() as connection:
            counts = select(video_snapshots.c.view_count, video_snapshots.c.like_count)
            rows = connection.execute(counts.order_by(video_snapshots.c.video_id)).all()
            noted = connection.execute(select(quarantine)).mappings().one()
            assert connection.scalar(select(captures.c.rejected_count)) == 1
        assert rows == [(None, 3), (100, None)]
        assert (noted["metric"], noted["verdict"]) == ("views", verdict)
        assert noted["count"] == max(min(count, 2**63 - 1), -(2**63))

    def test_counters_up_to_2_to_the_53_are_exact(self, store: Store, key: Key) -> None:
        store.transact(
            lambda c: record(c, key, capture(START, video(1, LARGEST_COUNT, likes=2**31)))
        )
        with store.read() as connection:
            columns = video_snapshots.c.view_count, video_snapshots.c.like_count
            assert connection.execute(select(*columns)).one() == (LARGEST_COUNT, 2**31)

    def test_unknown_is_not_zero(self, store: Store, key: Key) -> None:
        store.transact(lambda c: record(c, key, capture(START, video(1, None, likes=0))))
        with store.read() as connection:
            columns = video_snapshots.c.view_count, video_snapshots.c.like_count
            assert connection.execute(select(*columns)).one() == (None, 0)


class TestIds:
    def test_ids_are_strings_of_any_length(self, store: Store, key: Key) -> None:
        names = ["7312345678901234567", "7312345678901234568", "0007", "7", "ü" * 40]
        listed = [video_reading(name, 1) for name in names]
        store.transact(lambda c: record(c, key, capture(START, *listed)))
        with store.read() as connection:
            assert set(connection.scalars(select(videos.c.platform_id))) == set(names)
            assert connection.scalar(select(func.count()).select_from(video_snapshots)) == 5

    def test_a_video_listed_twice_counts_once(self, store: Store, key: Key) -> None:
        done = store.transact(lambda c: record(c, key, capture(START, video(1, 5), video(1, 6))))
        assert done.videos == 1


def test_a_title_with_a_nul_is_stored_without_it(store: Store, key: Key) -> None:
    reading = video_reading("1", 10, title="Sun\0set")
    for at in (START, START + 60):
        with store.write() as connection:
            record(connection, key, capture(at, reading))
    with store.read() as connection:
        assert connection.scalar(select(videos.c.title)) == "Sunset"
