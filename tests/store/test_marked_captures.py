"""Marked captures and what stands beside them: failures, and others of the same second."""

from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from jobs.tasks.nightly import CAPTURES_SECONDS, Nightly
from snapshot_core.readings import ProfileReading
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.accounts import Account
from snapshot_core.store.ahead import (
    CaptureAhead,
    accounts_to_mark,
    captures_ahead,
    drop,
    keep,
    mark_ahead,
)
from snapshot_core.store.captures import captures_of, captures_since, counts_at, last_instant
from snapshot_core.store.database import Store
from snapshot_core.store.keys import of
from snapshot_core.store.record_capture import Fetched, record, record_failure
from snapshot_core.store.tables import rhythms
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from snapshot_core.transfer.import_file import import_file
from snapshot_core.windows import DAY, HOUR, iso
from tests.support.readings import video_reading
from tests.support.staged import NOON, Hands, Staged, added
from tests.support.stock import capture

AHEAD = NOON + 400 * DAY


@pytest.fixture
def account(store: Store) -> Account:
    return added(store)


class TestOneThatFailed:
    """It read nothing, so nobody is asked about it; and it is told of no day that it was not of."""

    @pytest.fixture
    def twin(self, store: Store) -> Account:
        return added(store, "twin")

    @pytest.fixture
    def marked(self, store: Store, account: Account, twin: Account) -> Account:
        """Two captures of which one failed, both dated ahead, beside a twin without them."""
        for each in (account, twin):
            capture(store, each, NOON, {"v": 1})
        capture(store, account, AHEAD, {"v": 1})
        failed = Fetched(AHEAD + 60, AHEAD + 60, "nightly", "complete", False,
                         ProfileReading(), [], "away")  # fmt: skip
        store.transact(lambda c: record_failure(c, account.key, failed))
        assert store.transact(partial(mark_ahead, key=account.key, now=NOON)) == 1
        assert store.transact(partial(mark_ahead, key=account.key, now=NOON)) == 0
        return account

    def log(self, store: Store, account: Account) -> list[tuple[int, str]]:
        with store.read() as connection:
            rows = captures_since(connection, [account], 0, AHEAD + DAY)
        return sorted((row.captured_at, row.status) for row in rows)

    def ahead(self, store: Store, account: Account) -> list[CaptureAhead]:
        with store.read() as connection:
            return captures_ahead(connection, account.user_id, [account], NOON)

    def test_is_told_nowhere_when_its_date_has_come(
        self, store: Store, marked: Account, twin: Account
    ) -> None:
        assert self.log(store, marked) == self.log(store, twin)
        assert [each.captured_at for each in self.ahead(store, marked)] == [AHEAD]
        with store.read() as connection:
            assert last_instant(connection, marked.key) == NOON

    def test_goes_with_what_is_dropped(self, store: Store, marked: Account, twin: Account) -> None:
        assert store.transact(partial(drop, chosen=self.ahead(store, marked), now=NOON)) == 1
        with store.read() as connection:
            left, there = captures_of(connection, marked.key), captures_of(connection, twin.key)
        assert left == there

    def test_is_told_again_with_what_is_kept(self, store: Store, marked: Account) -> None:
        assert store.transact(partial(keep, chosen=self.ahead(store, marked), now=NOON)) == 1
        assert self.log(store, marked)[1:] == [(AHEAD, "complete"), (AHEAD + 60, "failed")]

    def test_alone_asks_nobody(self, store: Store, twin: Account) -> None:
        failed = Fetched(AHEAD, AHEAD, "nightly", "complete", False, ProfileReading(), [])
        store.transact(lambda c: record_failure(c, twin.key, failed))
        assert store.transact(partial(mark_ahead, key=twin.key, now=NOON)) == 0
        assert self.ahead(store, twin) == []
        with store.read() as connection:
            assert accounts_to_mark(connection, NOON) == []


class TestOfTheSameSecond:
    """A capture that is right comes at the very second to which a marked one was dated."""

    @pytest.fixture
    def marked(self, store: Store, account: Account) -> Account:
        capture(store, account, NOON, {"v": 1})
        capture(store, account, AHEAD, {"v": 1})
        store.transact(partial(mark_ahead, key=account.key, now=NOON))
        return account

    def test_the_job_takes_it_at_its_next_look(self, store: Store, marked: Account) -> None:
        settings = load_settings({"TRUEGROWTH_TIME_ZONE": "UTC"}, None)
        clock = Hands(AHEAD)
        job = Nightly(settings, store, clock, lambda _: Staged())
        job.run()
        clock.now += CAPTURES_SECONDS
        job.run()
        with store.read() as connection:
            good = [each.captured_at for each in captures_of(connection, marked.key)
                    if each.counts]  # fmt: skip
        assert good == [NOON, AHEAD + CAPTURES_SECONDS]

    def test_a_file_knows_better(self, store: Store, marked: Account, tmp_path: Path) -> None:
        user = store.transact(lambda c: ensure_user(c, LOCAL_EMAIL, NOON))
        file = tmp_path / "readings.csv"
        file.write_text(
            "account,video_id,captured_at,views\n"
            f"{marked.name},v,{iso(NOON)},1\n{marked.name},v,{iso(AHEAD)},5000\n"
        )
        report = import_file(store, file, user, AHEAD + DAY)
        assert (report.added, report.refused.total) == (1, 0)
        with store.read() as connection:
            stored = captures_of(connection, marked.key)
            assert [(each.captured_at, each.counts) for each in stored] == [
                (NOON, True),
                (AHEAD, True),
            ]
            assert captures_ahead(connection, 1, [marked], AHEAD + DAY) == []
            (video,) = counts_at(connection, marked.key, AHEAD).values()
        assert video[0] == 5000
        again = import_file(store, file, user, AHEAD + DAY)
        assert (again.added, again.already_there) == (0, 2)


def test_what_a_clock_that_was_ahead_has_taught_is_learned_again_by_the_right_one(
    store: Store, account: Account
) -> None:
    def taken(begin: int, days: int) -> None:
        for hour in range(24 * days):
            at = begin + hour * HOUR
            video = video_reading("v", views=100 * (at - NOON) // HOUR, published_at=1_600_000_000)
            fetched = Fetched(at, at, "hourly", "complete", True, ProfileReading(), [video])
            store.transact(partial(record, key=account.key, fetched=fetched))

    def lessons() -> list[int]:
        own = select(rhythms.c.since).where(of(rhythms, account.key)).order_by(rhythms.c.since)
        with store.read() as connection:
            return list(connection.scalars(own))

    taken(NOON, 3)
    right = lessons()
    assert right
    taken(AHEAD, 2)
    assert lessons()[-1] > AHEAD
    now = NOON + 3 * DAY
    assert store.transact(partial(mark_ahead, key=account.key, now=now)) == 48
    assert lessons() == right
    taken(now, 3)
    assert right[-1] < lessons()[-1] < now + 3 * DAY
