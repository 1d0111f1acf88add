"""What the Health page says: captures by day, gaps, doubts, what is wrong, on both databases."""

from collections.abc import Iterator
from datetime import date, time
from functools import partial
from typing import ClassVar
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update

from snapshot_core.capture.schedule import Schedule
from snapshot_core.clock import MAX_AHEAD_SECONDS
from snapshot_core.readings import ProfileReading
from snapshot_core.store.accounts import Account, block, note_attempt
from snapshot_core.store.ahead import mark_ahead
from snapshot_core.store.database import Store
from snapshot_core.store.heartbeats import Heartbeat, beat
from snapshot_core.store.keys import of
from snapshot_core.store.record_capture import Fetched, record, record_failure
from snapshot_core.store.tables import accounts
from snapshot_core.view.account_health import SHOWN_DAYS, AccountHealth
from snapshot_core.view.health import Health, health, job_problem_of
from snapshot_core.windows import DAY, HOUR, Window
from tests.support.readings import video_reading
from tests.support.stock import capture, local_accounts, make_account, stocked

BERLIN = ZoneInfo("Europe/Berlin")
MIDNIGHT = 1_700_002_800
"""2023-11-15T00:00 in Berlin."""
NOW = MIDNIGHT + 20 * DAY + 15 * HOUR


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with stocked(database_url) as made:
        yield made


def see(store: Store, now: int = NOW) -> Health:
    with store.read() as connection:
        return health(connection, local_accounts(store), Schedule(BERLIN, time(0)), now)


def only(store: Store, now: int = NOW) -> AccountHealth:
    (one,) = see(store, now).accounts
    return one


def nights(store: Store, account: Account, *numbers: int) -> None:
    for number in numbers:
        capture(store, account, MIDNIGHT + number * DAY, {"a": 100 + number, "b": 1_000})


def takes(store: Store, account: Account, at: int, trigger: str, video: str = "a") -> None:
    """A capture of all that there is: one video."""
    profile, videos = ProfileReading(videos=1), [video_reading(video, views=1)]
    fetched = Fetched(at, at, trigger, "complete", True, profile, videos)
    store.transact(lambda connection: record(connection, account.key, fetched))


def fails(store: Store, account: Account, at: int, message: str) -> None:
    profile = ProfileReading()
    fetched = Fetched(at, at + 5, "nightly", "complete", False, profile, [], message)
    store.transact(lambda connection: record_failure(connection, account.key, fetched))
    store.transact(lambda connection: note_attempt(connection, account.key, at, message))


def job_beats(store: Store, at: int = NOW) -> None:
    store.transact(lambda c: beat(c, Heartbeat("job", at - DAY, at, NOW + HOUR, None)))


def whats(seen: Health) -> list[str]:
    return [problem.what for problem in seen.problems]


class TestAllIsWell:
    def test_where_every_night_was_served_and_the_job_beats(self, store: Store) -> None:
        account = make_account(store, "one", "sample")
        nights(store, account, *range(21))
        job_beats(store)
        seen = see(store)
        assert seen.problems == []
        assert seen.accounts[0].next_capture == MIDNIGHT + 21 * DAY
        assert seen.accounts[0].gaps == []
        assert not seen.accounts[0].stale

    def test_nobody_waits_for_an_account_that_is_only_imported(self, store: Store) -> None:
        nights(store, make_account(store, "one", "csv"), *range(21))
        job_beats(store)
        one = only(store)
        assert (one.next_capture, one.can_be_taken) == (None, False)


class TestTheDays:
    def test_tell_the_best_that_came_of_each(self, store: Store) -> None:
        account = make_account(store, "one", "sample")
        nights(store, account, 10, 11, 14, 16)
        capture(store, account, MIDNIGHT + 12 * DAY, {"a": 1}, walked_to_end=False)
        fails(store, account, MIDNIGHT + 13 * DAY, "The platform is away.")
        fails(store, account, MIDNIGHT + 14 * DAY + HOUR, "The platform is away.")
        days = {day.date.day: day for day in only(store).days if day.date.month == 11}
        states = [days[day].state for day in (24, 25, 26, 27, 28, 29, 30)]
        assert states == [
            "before", "complete", "complete", "partial", "failed", "complete", "none",
        ]  # fmt: skip
        assert days[29].captures == 2

    def test_are_those_of_the_wall_clock(self, store: Store) -> None:
        account = make_account(store, "one", "sample")
        nights(store, account, 10)
        capture(store, account, MIDNIGHT + 11 * DAY - 1, {"a": 110, "b": 1_000})
        complete = [day.date for day in only(store).days if day.state == "complete"]
        assert complete == [date(2023, 11, 25)]

    def test_are_ninety_and_end_today(self, store: Store) -> None:
        make_account(store, "one", "sample")
        days = only(store).days
        assert (len(days), days[-1].date) == (SHOWN_DAYS, date(2023, 12, 5))
        assert {day.state for day in days} == {"before"}

    def test_gaps_are_nights_that_are_missing_between_two(self, store: Store) -> None:
        nights(store, make_account(store, "one", "sample"), 3, 4, 7, 8)
        assert only(store).gaps == [Window(MIDNIGHT + 4 * DAY, MIDNIGHT + 7 * DAY)]


class TestNobodyBeats:
    """There is no heartbeat, as where cron takes the captures: these tell."""

    AWAY: ClassVar = ["The nightly job is not running."]

    def test_captures_that_come_every_night_are_all_there_is_to_want(self, store: Store) -> None:
        nights(store, make_account(store, "one", "sample"), *range(21))
        assert whats(see(store)) == []
        assert whats(see(store, MIDNIGHT + 21 * DAY + HOUR)) == []  # cron may be a little late

    def test_one_that_is_overdue_tells_that_nobody_is_there(self, store: Store) -> None:
        nights(store, make_account(store, "one", "sample"), *range(21))
        assert whats(see(store, MIDNIGHT + 21 * DAY + HOUR + 1)) == self.AWAY

    def test_the_second_look_that_nobody_takes_does_too(self, store: Store) -> None:
        account = make_account(store, "one", "sample")
        nights(store, account, *range(20))
        capture(store, account, MIDNIGHT + 20 * DAY, {"a": 120}, walked_to_end=False)
        assert whats(see(store, MIDNIGHT + 20 * DAY + HOUR)) == []
        assert whats(see(store)) == self.AWAY

    def test_where_none_was_ever_taken_at_night_somebody_is_missing(self, store: Store) -> None:
        account = make_account(store, "one", "sample")
        takes(store, account, NOW - 60, "baseline")
        assert whats(see(store)) == self.AWAY

    def test_a_new_account_beside_one_that_is_taken_is_no_alarm(self, store: Store) -> None:
        nights(store, make_account(store, "one", "sample"), *range(21))
        takes(store, make_account(store, "two", "sample"), NOW - 60, "manual")
        assert whats(see(store)) == []

    def test_nobody_is_missed_where_nothing_can_be_taken(self, store: Store) -> None:
        assert whats(see(store)) == []
        nights(store, make_account(store, "file", "csv"), *range(21))
        paused = make_account(store, "paused", "sample")
        takes(store, paused, NOW - 60, "manual")
        pause = update(accounts).where(of(accounts, paused.key)).values(paused=True)
        store.transact(lambda connection: connection.execute(pause).rowcount)
        assert whats(see(store)) == []

    def test_a_beat_of_long_ago_is_forgotten_once_another_takes_them(self, store: Store) -> None:
        account = make_account(store, "one", "sample")
        nights(store, account, *range(20))
        job_beats(store, NOW - DAY)
        assert "last seen 24 h ago" in whats(see(store))[0]
        nights(store, account, 20)
        assert whats(see(store)) == []

    def test_other_pages_say_the_same(self, store: Store) -> None:
        nights(store, make_account(store, "one", "sample"), *range(21))
        late = MIDNIGHT + 21 * DAY + HOUR + 1
        with store.read() as connection:
            table = Schedule(BERLIN, time(0))
            assert job_problem_of(connection, 1, table, NOW) is None
            problem = job_problem_of(connection, 1, table, late)
        assert problem is not None
        assert [problem.what] == self.AWAY


class TestWhatIsWrong:
    def test_the_job_has_stopped(self, store: Store) -> None:
        job_beats(store, NOW - 3 * HOUR)
        (problem,) = see(store).problems
        assert problem.what == "The nightly job was last seen 3 h ago."
        assert problem.mend == "job"

    @pytest.mark.parametrize(("source", "mend"), [("sample", "snapshot"), ("csv", "import")])
    def test_the_numbers_are_old(self, store: Store, source: str, mend: str) -> None:
        nights(store, make_account(store, "one", source), 0, 1)
        job_beats(store)
        (problem,) = see(store).problems
        assert problem.what == "one: the last complete snapshot is of 16 Nov, 00:00."
        assert (problem.mend, problem.account) == (mend, "one")

    @pytest.mark.parametrize(("source", "mend"), [("sample", "snapshot"), ("csv", "import")])
    def test_nothing_was_ever_read(self, store: Store, source: str, mend: str) -> None:
        make_account(store, "one", source)
        job_beats(store)
        (problem,) = see(store).problems
        assert (problem.what, problem.mend) == ("one has no complete snapshot yet.", mend)

    def test_a_capture_failed_and_is_tried_again(self, store: Store) -> None:
        account = make_account(store, "one", "sample")
        nights(store, account, 19)
        fails(store, account, NOW - HOUR, "The platform is away.")
        job_beats(store)
        (problem,) = see(store).problems
        assert problem.what == "one: The platform is away."
        assert "tried again by itself" in problem.remedy

    def test_a_capture_failed_for_good(self, store: Store) -> None:
        account = make_account(store, "one", "sample")
        nights(store, account, 19)
        fails(store, account, NOW - HOUR, "Sign in again.")
        store.transact(lambda connection: block(connection, account.key, True))
        job_beats(store)
        (problem,) = see(store).problems
        assert "take a snapshot to start again" in problem.remedy
        assert problem.mend == "snapshot"

    def test_snapshots_are_dated_ahead(self, store: Store) -> None:
        account = make_account(store, "one")
        nights(store, account, *range(21))
        assert whats(see(store, MIDNIGHT + 20 * DAY)) == []
        assert whats(see(store, MIDNIGHT + 20 * DAY - MAX_AHEAD_SECONDS)) == []
        (problem,) = see(store, MIDNIGHT + 19 * DAY).problems
        assert problem.what == "one: the snapshot of 5 Dec, 00:00 was dated ahead of the clock."
        (problem,) = see(store, MIDNIGHT + 17 * DAY).problems
        which = "3 snapshots, from 3 Dec, 00:00 to 5 Dec, 00:00, were"
        assert problem.what == f"one: {which} dated ahead of the clock."
        assert (problem.mend, problem.account) == ("ahead", "one")
        assert problem.remedy.startswith("The clock was wrong")

    def test_a_beat_is_dated_ahead(self, store: Store) -> None:
        account = make_account(store, "one", "sample")
        nights(store, account, *range(18))
        job_beats(store, NOW + 400 * DAY)
        seen = see(store)
        assert seen.job is None
        assert "The nightly job is not running." in whats(seen)

    def test_marked_snapshots_stay_so_when_their_date_has_come(self, store: Store) -> None:
        account = make_account(store, "one")
        nights(store, account, *range(21))
        store.transact(partial(mark_ahead, key=account.key, now=MIDNIGHT + 19 * DAY))
        seen = see(store)
        assert [problem.mend for problem in seen.problems] == ["ahead"]
        assert seen.accounts[0].history.last_complete == MIDNIGHT + 19 * DAY
        assert seen.captures[0].captured_at == MIDNIGHT + 19 * DAY
        assert seen.accounts[0].days[-1].state == "none"

    def test_readings_are_held_back(self, store: Store) -> None:
        account = make_account(store, "one", "sample")
        nights(store, account, *range(20))
        capture(store, account, MIDNIGHT + 20 * DAY, {"a": 1, "b": 2})
        job_beats(store)
        assert whats(see(store)) == ["2 readings fell steeply."]

    def test_one_held_of_a_video_that_is_gone_waits_for_nothing(self, store: Store) -> None:
        account = make_account(store, "one", "sample")
        nights(store, account, *range(19))
        capture(store, account, MIDNIGHT + 19 * DAY, {"a": 1, "b": 1_000})
        takes(store, account, MIDNIGHT + 20 * DAY, "nightly", "b")
        job_beats(store)
        seen = see(store)
        assert whats(seen) == ["1 reading fell steeply."]
        told = [(doubt.video, doubt.verdict) for doubt in seen.doubts]
        assert told == [("b", "held"), ("a", "gone")]

    def test_an_account_of_a_newer_version_is_no_crash(self, store: Store) -> None:
        nights(store, make_account(store, "one", "from the future"), *range(21))
        assert only(store).can_be_taken is False


class TestTheTables:
    def test_captures_and_doubts_come_newest_first(self, store: Store) -> None:
        account = make_account(store, "one", "sample")
        other = make_account(store, "two", "sample")
        nights(store, account, 0, 1)
        for number, views in enumerate((100, 0, 110, -3)):
            capture(store, other, MIDNIGHT + number * DAY, {"a": views, "b": 1_000})
        seen = see(store)
        instants = [row.captured_at for row in seen.captures]
        assert instants == sorted(instants, reverse=True)
        assert {row.account for row in seen.captures} == {"one", "two"}
        told = [(doubt.video, doubt.metric, doubt.count, doubt.verdict) for doubt in seen.doubts]
        assert told == [("a", "views", -3, "negative"), ("a", "views", 0, "rejected")]

    def test_the_account_s_own_counter_names_no_video(self, store: Store) -> None:
        account = make_account(store, "one", "sample")
        for number, followers in enumerate((1_000, 10)):
            at = MIDNIGHT + number * DAY
            capture(store, account, at, {"a": 100}, followers=followers)
        (doubt,) = see(store).doubts
        assert (doubt.video, doubt.metric, doubt.accepted_count) == (None, "followers", 1_000)

    def test_what_is_older_than_ninety_days_is_left_out(self, store: Store) -> None:
        nights(store, make_account(store, "one", "sample"), 0, 1)
        assert see(store, NOW + 200 * DAY).captures == []
