"""Lessons hold from the right instant, are learned again where in doubt, and cost little."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pytest
from sqlalchemy import select

from benchmarks.accuracy_answers import taught as taught_by_benchmark
from benchmarks.real_series import Account as SeriesAccount
from snapshot_core.store.accounts import accounts_of
from snapshot_core.store.ahead import captures_ahead, drop, mark_ahead
from snapshot_core.store.database import Store
from snapshot_core.store.keys import Key
from snapshot_core.store.record_capture import record
from snapshot_core.store.rhythms.held import FACTOR_UNIT, hours_text
from snapshot_core.store.tables import pooled_rhythms
from snapshot_core.windows import DAY, HOUR
from tests.store.test_record_capture import statements
from tests.store.test_rhythms import (
    START,
    account,
    every,
    fetched,
    live,
    pool,
    taught,
    views_at,
)
from tests.support.readings import video_reading


@pytest.fixture
def key(store: Store) -> Key:
    return store.transact(account).key


class TestInstants:
    def test_the_last_hours_of_a_learning_day_teach_at_the_next_night(
        self, store: Store, key: Key
    ) -> None:
        learning = every(3, 3)[:23]  # the third day ends at 18:00
        night = START + 3 * DAY + 6 * HOUR
        live(store, key, [*learning, night, night + DAY])
        other = store.transact(partial(account, name="b")).key
        live(store, other, [*learning[:-5], night])
        with store.read() as connection:
            lessons, fewer = taught(connection, key), taught(connection, other)
        assert [lesson[0] for lesson in lessons] == [START + 42 * HOUR, START + 2 * DAY, night]
        assert fewer[-1][0] == night
        assert fewer[-1][2] != lessons[-1][2]

    def test_what_others_have_learned_holds_from_the_newest_capture_on(
        self, store: Store, key: Key
    ) -> None:
        """Not from one of before, though that was read closely: they had not learned it then."""
        nights = every(24, 3, START + 2 * DAY)
        few = [*every(3, 1)[:4], *nights]
        live(store, key, few)
        teacher = store.transact(partial(account, email="teacher@example.org")).key
        live(store, teacher, every(3, 3))
        assert pool(store, nights[-1]) == 1
        with store.read() as connection:
            assert taught(connection, key) == []
        live(store, key, [nights[-1] + DAY])
        with store.read() as connection:
            pooled = connection.scalar(select(pooled_rhythms.c.hours))
            ((since, _, hours, *_),) = taught(connection, key)
        assert (since, hours) == (nights[-1] + DAY, pooled)

    def test_young_videos_alone_tell_of_no_hour(self, store: Store, key: Key) -> None:
        """The first days of a new account count for nothing, not as hours without a gain."""
        for at in every(3, 5):
            launch = video_reading("1", views_at(at), published_at=START - HOUR)
            store.transact(partial(record, key=key, fetched=fetched(at, [launch])))
        with store.read() as connection:
            lessons = taught(connection, key)
        assert lessons[0][0] == START + 3 * DAY + 42 * HOUR


class TestDoubt:
    """What a capture taught that does not count any more is learned again at once."""

    @pytest.mark.parametrize("ahead", ["a learning day", "a night"])
    def test_dropped_captures_leave_what_the_others_teach(
        self, store: Store, key: Key, ahead: str
    ) -> None:
        right = [*every(3, 3)[:20], START + 3 * DAY]
        wrong = START + 30 * DAY if ahead == "a night" else START + 2 * DAY + HOUR
        later = [wrong] if ahead == "a night" else [wrong, wrong + 3 * HOUR]
        before = [at for at in right if at < wrong]
        live(store, key, sorted({*before, *later}))
        now = START + 2 * DAY if ahead != "a night" else START + 4 * DAY
        assert store.transact(partial(mark_ahead, key=key, now=now)) == len(later)
        other = store.transact(partial(account, name="b")).key
        live(store, other, before)
        with store.read() as connection:
            wanted = taught(connection, other)
            assert taught(connection, key) == wanted != []
            owned = accounts_of(connection, key[0])
            marked = captures_ahead(connection, key[0], owned, now)
        store.transact(partial(drop, chosen=marked, now=now))
        with store.read() as connection:
            assert taught(connection, key) == wanted

    def test_a_late_capture_is_learned_from_in_its_own_transaction(
        self, store: Store, key: Key
    ) -> None:
        instants = [*every(3, 3), START + 4 * DAY]
        live(store, key, [*instants[:7], *instants[8:]])
        live(store, key, instants[7:8])
        other = store.transact(partial(account, name="b")).key
        live(store, other, instants)
        with store.read() as connection:
            assert taught(connection, key) == taught(connection, other) != []


def test_accounts_with_too_little_of_their_own_teach_together(store: Store) -> None:
    """Of six creators read for two days with the nights left out none has a rhythm, all have."""
    for number in range(6):
        key = store.transact(partial(account, email=f"{number}@example.org")).key
        by_day = [at for at in every(1, 2) if 4 <= at // HOUR % 24 < 20]
        live(store, key, by_day)
        with store.read() as connection:
            assert taught(connection, key) == []
    assert pool(store, START + 3 * DAY) == 1


class TestCost:
    def test_a_lesson_takes_no_more_statements_of_many_videos(self, store: Store, key: Key) -> None:
        other = store.transact(partial(account, name="b")).key
        counted: dict[Key, Sequence[int]] = {}
        for number, of in ((key, 2), (other, 400)):
            counted[number] = [_statements(store, number, at, of) for at in every(3, 2)]
        assert counted[key][1:] == counted[other][1:]
        quiet, lesson = counted[key][2], counted[key][14]
        assert lesson - quiet <= 4

    def test_a_capture_of_some_videos_learns_nothing(self, store: Store, key: Key) -> None:
        live(store, key, every(3, 2)[:14])
        with statements(store.writer) as executed:
            recent = replace(fetched(START + 42 * HOUR), scope="recent")
            store.transact(partial(record, key=key, fetched=recent))
        assert not [text for text in executed if "rhythms" in text or "pooled" in text]


def _statements(store: Store, key: Key, at: int, videos: int) -> int:
    """How many a capture executes that lists so many videos."""
    listed = [
        video_reading(str(n), views_at(at) + n, published_at=START - 400 * DAY)
        for n in range(videos)
    ]
    with statements(store.writer) as executed:
        store.transact(partial(record, key=key, fetched=fetched(at, listed)))
    return len(executed)


def test_the_benchmark_learns_what_the_product_learns(store: Store, key: Key) -> None:
    """The very lessons, at the same instants: its figures are those that a creator gets."""
    instants = [*every(3, 4)[:30], *every(24, 4, START + 5 * DAY)]
    counts = [[views_at(at), 5_000 + at // HOUR % 977 + (at - START) // 60] for at in instants]
    published = START - 400 * DAY
    for at, views in zip(instants, counts, strict=True):
        listed = [
            video_reading(str(n), count, published_at=published) for n, count in enumerate(views)
        ]
        store.transact(partial(record, key=key, fetched=fetched(at, listed)))
    series = SeriesAccount(
        np.array(instants),
        np.ones((len(instants), 2), np.bool_),
        np.array(counts),
        np.full(2, published),
    )
    lessons = taught_by_benchmark(series, np.arange(len(instants))).lessons()
    with store.read() as connection:
        assert taught(connection, key) == [
            (
                lesson.since,
                "UTC",
                hours_text(lesson.rhythm.hours),
                round(FACTOR_UNIT * lesson.video_factor),
                round(FACTOR_UNIT * lesson.total_factor),
                lesson.video_cases,
                lesson.total_cases,
            )
            for lesson in lessons
        ]
    assert len(lessons) > 3
    assert lessons[-1].total_cases >= 30
