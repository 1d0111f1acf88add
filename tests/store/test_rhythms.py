"""What an account's captures teach of its hours: when, from what, and that it changes no past."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from snapshot_core.growth.lines import lines
from snapshot_core.growth.rounding import EXACT
from snapshot_core.readings import ProfileReading, VideoReading
from snapshot_core.store.accounts import Account, add_account, remove_account
from snapshot_core.store.ahead import mark_ahead
from snapshot_core.store.brackets import load
from snapshot_core.store.database import Store
from snapshot_core.store.fold.write import refold
from snapshot_core.store.keys import Key, of
from snapshot_core.store.record_capture import Fetched, record
from snapshot_core.store.retention import forget
from snapshot_core.store.rhythms.held import learned_between
from snapshot_core.store.rhythms.learn import brackets_after
from snapshot_core.store.rhythms.pool import pool_accounts, replace_pooled
from snapshot_core.store.tables import pooled_rhythms, rhythms, short_brackets
from snapshot_core.store.users import ensure_user
from snapshot_core.windows import DAY, HOUR, Window
from snapshot_core.zones import UTC
from tests.store.histories import AccountHistory
from tests.store.recording import no_reset, undone
from tests.support.readings import video_reading

START = 1_700_006_400
"""A midnight of UTC."""
BERLIN = ZoneInfo("Europe/Berlin")
EVENING = (1,) * 16 + (9,) * 8
"""Views gained in each hour of UTC."""


def views_at(at: int, gains: Sequence[int] = EVENING) -> int:
    """What a video has that gains the same every day."""
    hours, rest = divmod(at - START, HOUR)
    days, hour = divmod(hours, 24)
    whole = 1_000 * (days * sum(gains) + sum(gains[:hour]))
    return 1_000_000 + whole + 1_000 * gains[hour] * rest // HOUR


def fetched(at: int, videos: Sequence[VideoReading] = (), **options: Any) -> Fetched:
    listed = list(videos) or [video_reading("1", views_at(at), published_at=START - 400 * DAY)]
    return Fetched(at, at, "nightly", "complete", True, ProfileReading(), listed, **options)


def every(hours: int, days: int, start: int = START) -> list[int]:
    """Instants, so many hours apart."""
    return list(range(start, start + days * DAY + 1, hours * HOUR))


def account(connection: Connection, name: str = "a", email: str = "a@example.org") -> Account:
    user = ensure_user(connection, email, START)
    return add_account(connection, user.user_id, name, "csv", START)


def taught(connection: Connection, key: Key) -> list[tuple[Any, ...]]:
    """The lessons of an account, oldest first."""
    statement = select(rhythms).where(of(rhythms, key)).order_by(rhythms.c.since)
    return [tuple(row)[2:] for row in connection.execute(statement)]


@pytest.fixture
def key(store: Store) -> Key:
    return store.transact(account).key


def live(
    store: Store,
    key: Key,
    instants: Sequence[int],
    gains: Sequence[int] = EVENING,
    zone: ZoneInfo = UTC,
) -> None:
    """Capture the video at some instants."""
    published = START - 400 * DAY
    for at in instants:
        video = video_reading("1", views_at(at, gains), published_at=published)
        store.transact(partial(record, key=key, fetched=fetched(at, [video]), zone=zone))


class TestLearning:
    def test_begins_with_forty_hours_that_touch_every_hour(self, store: Store, key: Key) -> None:
        live(store, key, every(3, 2)[:14])  # 39 hours
        with store.read() as connection:
            assert taught(connection, key) == []
        live(store, key, every(3, 2)[14:15])
        with store.read() as connection:
            ((since, zone, hours, *_),) = taught(connection, key)
        assert (since, zone) == (START + 42 * HOUR, "UTC")
        weights = [int(hour) for hour in hours.split(",")]
        assert min(weights[17:23]) > 3 * max(weights[:15])

    def test_is_done_once_a_day_by_the_clock_of_the_account(self, store: Store, key: Key) -> None:
        live(store, key, every(3, 4), zone=BERLIN)
        with store.read() as connection:
            lessons = taught(connection, key)
        assert [since for since, *_ in lessons] == [
            START + 42 * HOUR,
            START + 48 * HOUR,  # a new day began in Berlin at 23:00 UTC
            START + 72 * HOUR,
            START + 96 * HOUR,
        ]
        assert {zone for _, zone, *_ in lessons} == {"Europe/Berlin"}

    def test_is_not_done_from_nights(self, store: Store, key: Key) -> None:
        live(store, key, every(24, 6))
        with store.read() as connection:
            assert taught(connection, key) == []
            assert connection.execute(select(short_brackets)).all() == []

    def test_is_not_done_across_the_moment_a_clock_went_back(self, store: Store, key: Key) -> None:
        """What a clock ahead by a day dated just before seems to have gained all of it at once."""
        published, lead, right_again = START - 400 * DAY, 26 * HOUR, START + 73 * HOUR
        live(store, key, every(3, 2)[:14])
        for true in range(START + 45 * HOUR, right_again, 3 * HOUR):
            read = fetched(
                true + lead, [video_reading("1", views_at(true), published_at=published)]
            )
            store.transact(partial(record, key=key, fetched=read))
        store.transact(partial(mark_ahead, key=key, now=right_again))
        live(store, key, [right_again, right_again + 2 * HOUR])
        with store.read() as connection:
            learned_from = brackets_after(connection, key, START + 42 * HOUR)
        assert learned_from.ends.tolist() == [right_again + 2 * HOUR]

    def test_leaves_launches_out(self, store: Store, key: Key) -> None:
        """A video of a few days gains by its age."""
        for number, at in enumerate(every(3, 2)):
            launch = video_reading("2", 10_000_000 * number, published_at=START - DAY)
            old = video_reading("1", views_at(at), published_at=START - 400 * DAY)
            unknown = video_reading("3", 7 * number)
            three = fetched(at, [launch, old, unknown])
            store.transact(partial(record, key=key, fetched=three))
        with store.read() as connection:
            statement = select(short_brackets.c.gain).order_by(short_brackets.c.captured_at)
            gains = list(connection.scalars(statement.where(of(short_brackets, key))))
        steps = np.diff([views_at(at) for at in every(3, 2)])
        assert gains == [int(step) + 7 for step in steps]

    def test_leaves_counters_out_that_leap(self, store: Store, key: Key) -> None:
        """Of what is rounded to a hundred thousand the hour of a step says nothing."""
        for at, views in zip(every(3, 1), (1_900_000, 2_000_000, 2_000_001), strict=False):
            listed = [video_reading("1", views), video_reading("2", at // HOUR)]
            store.transact(partial(record, key=key, fetched=fetched(at, listed)))
        with store.read() as connection:
            statement = select(short_brackets.c.gain).order_by(short_brackets.c.captured_at)
            assert connection.scalars(statement).all() == [3, 4]

    def test_shapes_the_brackets_that_end_after_it(self, store: Store, key: Key) -> None:
        nights = every(24, 4, START + 3 * DAY)
        live(store, key, [*every(3, 3), *nights[1:]])
        window = Window(nights[-1] - DAY - 6 * HOUR, nights[-1])
        with store.read() as connection:
            loaded = load(connection, key, [window], now=nights[-1], rounding=EXACT)
        (found,) = lines(loaded, [window])
        truth = views_at(window.end) - views_at(window.start)
        line = (views_at(nights[-1]) - views_at(nights[-2])) * 5 // 4
        growth = found.ledgers()["views"].growth
        assert abs(growth - truth) < 0.3 * abs(line - truth)


class TestThePast:
    """Learning changes no number of before; what comes in late may."""

    @settings(no_reset, max_examples=12)
    @given(data=st.data())
    def test_a_lesson_stays_as_it_is(self, store: Store, data: st.DataObject) -> None:
        hours = data.draw(st.lists(st.integers(0, 50), min_size=24, max_size=24))
        steps = data.draw(st.lists(st.sampled_from((1, 3, 3, 3, 24)), min_size=20, max_size=40))
        instants = [START + HOUR * int(step) for step in np.cumsum(steps)]
        with undone(store) as connection:
            key = account(connection, email=f"{data.draw(st.uuids())}@example.org").key
            before: list[tuple[Any, ...]] = []
            answers: dict[int, Any] = {}
            for at in instants:
                video = video_reading("1", views_at(at, hours), published_at=START - 400 * DAY)
                record(connection, key, fetched(at, [video]))
                after = taught(connection, key)
                assert after[: len(before)] == before
                before = after
                answers[at] = _answer(connection, key, at)
            assert answers == {at: _answer(connection, key, at) for at in instants}

    def test_out_of_order_it_teaches_what_it_would_have(self, store: Store, key: Key) -> None:
        instants = every(3, 4)
        late = instants[5:12]
        live(store, key, [at for at in instants if at not in late])
        live(store, key, late[::-1])
        other = store.transact(partial(account, name="b")).key
        live(store, other, instants)
        with store.read() as connection:
            lessons = taught(connection, key)
            assert lessons == taught(connection, other)
            history = AccountHistory(False, [("whole", fetched(at)) for at in instants])
            wanted = history.lessons
        assert [since for since, *_ in lessons] == [since for since, _ in wanted]

    def test_folding_again_unlearns_nothing(self, store: Store, key: Key) -> None:
        live(store, key, every(3, 4))
        with store.write() as connection:
            before = taught(connection, key)
            refold(connection, key)
            assert taught(connection, key) == before != []

    def test_forgetting_old_captures_keeps_what_they_taught(self, store: Store, key: Key) -> None:
        nights = every(24, 8, START + 5 * DAY)
        live(store, key, [*every(3, 4), *nights])
        with store.write() as connection:
            lessons = taught(connection, key)
            answer = _answer(connection, key, nights[-1])
            forget(connection, key, nights[0])
            # Of those that no bracket needs any more only the last one holds.
            assert taught(connection, key) == lessons[-1:]
            assert connection.execute(select(short_brackets)).all() == []
            assert _answer(connection, key, nights[-1]) == answer


def pool(store: Store, now: int) -> int:
    """Do what the job does of a night; gives the number of pooled rhythms."""
    with store.read() as connection:
        pooled = pool_accounts(connection, now, UTC)
    store.transact(partial(replace_pooled, pooled=pooled))
    return len(pooled)


def _answer(connection: Connection, key: Key, end: int) -> Any:
    """Growth in the 30 hours before a capture, whose start lies between two."""
    window = Window(end - 30 * HOUR, end)
    loaded = load(connection, key, [window], now=end, rounding=EXACT)
    return lines(loaded, [window])[0].ledgers()["views"]


class TestPooled:
    def test_is_taken_in_by_those_of_the_same_platform_and_zone(self, store: Store) -> None:
        flat = (3,) * 24
        keys = [store.transact(partial(account, email=f"{n}@example.org")).key for n in range(3)]
        for key, zone in zip(keys, (UTC, UTC, BERLIN), strict=True):
            live(store, key, every(3, 2), zone=zone)
        assert pool(store, START + 3 * DAY) == 2
        with store.read() as connection:
            pooled = connection.execute(select(pooled_rhythms)).mappings().all()
            assert {(row["source"], row["zone"]) for row in pooled} == {
                ("csv", "UTC"),
                ("csv", "Europe/Berlin"),
            }
        alone, apart = (
            store.transact(partial(account, email=f"{name}@example.org")).key
            for name in ("alone", "apart")
        )
        live(store, alone, every(3, 2), flat)
        live(store, apart, every(3, 2), flat, ZoneInfo("Asia/Tokyo"))
        with store.read() as connection:
            hours = [
                learned_between(connection, key, 0, START + 9 * DAY).rhythms[0].hours
                for key in (alone, apart)
            ]
        assert hours[0][20] > 1.05  # a little of what the others have in the evening
        assert np.allclose(hours[1], 1.0, atol=0.001)

    def test_serves_an_account_that_is_read_at_night_only(self, store: Store, key: Key) -> None:
        live(store, key, every(3, 2))
        pool(store, START + 3 * DAY)
        nightly = store.transact(partial(account, email="nightly@example.org")).key
        live(store, nightly, every(24, 3))
        with store.read() as connection:
            pooled = connection.execute(select(pooled_rhythms.c.hours)).scalar_one()
            ((since, zone, hours, *_),) = taught(connection, nightly)
        assert (since, zone, hours) == (START, "UTC", pooled)

    def test_of_old_lessons_nothing_is_made(self, store: Store, key: Key) -> None:
        live(store, key, every(3, 2))
        assert pool(store, START + 3 * DAY) == 1
        assert pool(store, START + 70 * DAY) == 0
        with store.read() as connection:
            assert connection.execute(select(pooled_rhythms)).all() == []


def test_what_was_learned_goes_with_its_account(store: Store, key: Key) -> None:
    live(store, key, every(3, 2))
    with store.write() as connection:
        remove_account(connection, key)
        for table in (rhythms, short_brackets):
            assert connection.execute(select(table)).all() == []
