"""Nights as they come: a month of them by a clock in the test's hand, on a real database."""

import logging
import threading
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from schedule import Scheduler
from sqlalchemy import event, update

from jobs.heartbeat import HeartbeatWriter
from jobs.loop import Task, loop, scheduled
from jobs.stop import Stop, Stopped
from jobs.tasks.nightly import AFTER_STORE_ERROR_SECONDS, Line, Nightly
from snapshot_core.clock import MAX_AHEAD_SECONDS
from snapshot_core.errors import SourceError, StoreError
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.accounts import Account, accounts_of
from snapshot_core.store.ahead import captures_ahead
from snapshot_core.store.database import Store
from snapshot_core.store.heartbeats import BEAT_SECONDS, DEAD_AFTER_SECONDS, heartbeat
from snapshot_core.store.keys import of
from snapshot_core.store.tables import accounts
from snapshot_core.windows import DAY, HOUR, instant, local_date
from tests.support.staged import (
    NOON,
    Hands,
    Staged,
    account_row,
    added,
    captures_of,
    halves,
    set_zone,
)
from tests.support.waiting import wait_until

BERLIN = ZoneInfo("Europe/Berlin")


def nightly(
    store: Store,
    clock: Hands,
    source: Staged | None = None,
    heartbeat: HeartbeatWriter | None = None,
) -> Nightly:
    staged = source or Staged()
    settings = load_settings(
        {"TRUEGROWTH_TIME_ZONE": "Europe/Berlin", "TRUEGROWTH_WORKERS": "1"}, None
    )
    return Nightly(settings, store, clock, lambda _name: staged, Stop(), heartbeat)


def utc(text: str) -> int:
    return instant(datetime.fromisoformat(text))


def dates(store: Store, account: Account, zone: ZoneInfo) -> list[date]:
    """The local dates of an account's good captures."""
    return [
        local_date(at, zone)
        for at, _, status, _ in captures_of(store, account.key)
        if status != "failed"
    ]


def session_accounts(store: Store) -> list[Account]:
    with store.read() as connection:
        return accounts_of(connection, 1)


def days(first: str, last: str) -> list[date]:
    begin, end = date.fromisoformat(first), date.fromisoformat(last)
    return [begin + timedelta(days=n) for n in range((end - begin).days + 1)]


class Month:
    """March 2026 by half hours. New York changes its clocks on the 8th, Berlin on the 29th."""

    START = utc("2026-03-01T12:00:00+01:00")
    END = utc("2026-04-01T12:00:00+02:00")
    STEP = HOUR // 2

    def __init__(self, store: Store) -> None:
        self.clock = Hands(self.START)
        self.source = Staged()
        self.nightly = nightly(store, self.clock, self.source)

    def live_until(self, until: str | int) -> None:
        end = until if isinstance(until, int) else utc(until)
        while self.clock.now < end:
            self.nightly.run()
            self.clock.now += self.STEP


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)  # years have PostgreSQL too
def test_in_a_month_each_account_has_one_capture_a_night_by_its_own_clock(store: Store) -> None:
    zones = {name: ZoneInfo(name) for name in ("America/New_York", "Asia/Kathmandu")}
    abroad = {name: added(store, name, zone=name) for name in zones}
    home = added(store, "home")
    paused = added(store, "paused")
    store.transact(
        lambda c: (
            c.execute(update(accounts).where(of(accounts, paused.key)).values(paused=True)).rowcount
        )
    )
    month = Month(store)
    month.live_until(Month.END)

    assert dates(store, home, BERLIN) == days("2026-03-01", "2026-04-01")
    for name, zone in zones.items():
        assert dates(store, abroad[name], zone) == days("2026-03-01", "2026-04-01")
    assert captures_of(store, paused.key) == []

    first, *nights = captures_of(store, home.key)
    assert first[:2] == (Month.START, "baseline")
    for at, trigger, status, _ in nights:
        local = datetime.fromtimestamp(at, BERLIN)
        assert (local.hour, local.minute, trigger, status) == (0, 0, "nightly", "complete")
    assert halves(store, home.key) == []


def test_after_an_outage_there_is_one_capture_at_once_and_then_the_usual_ones(
    store: Store,
) -> None:
    one = added(store)
    month = Month(store)
    month.live_until("2026-03-10T18:00:00+01:00")
    month.clock.now = back = utc("2026-03-14T15:10:00+01:00")
    month.live_until("2026-03-20T12:00:00+01:00")
    assert dates(store, one, BERLIN) == (
        days("2026-03-01", "2026-03-10") + days("2026-03-14", "2026-03-20")
    )
    assert back in [at for at, *_ in captures_of(store, one.key)]


def test_a_clock_put_back_over_midnight_takes_no_night_twice(store: Store) -> None:
    one = added(store)
    month = Month(store)
    month.live_until("2026-03-10T00:30:00+01:00")
    month.clock.now -= HOUR // 2 + MAX_AHEAD_SECONDS  # 23:50 of the day before, again
    month.live_until("2026-03-12T12:00:00+01:00")
    assert dates(store, one, BERLIN) == days("2026-03-01", "2026-03-12")


def test_a_night_taken_by_a_clock_that_was_ahead_is_taken_anew_at_its_time(store: Store) -> None:
    one = added(store)
    month = Month(store)
    month.live_until("2026-03-10T01:00:00+01:00")
    wrong = utc("2026-03-10T00:00:00+01:00")
    month.clock.now = utc("2026-03-09T23:01:00+01:00")
    month.live_until("2026-03-12T12:00:00+01:00")
    assert dates(store, one, BERLIN).count(date(2026, 3, 10)) == 2
    with store.read() as connection:
        ahead = captures_ahead(connection, one.user_id, [one], month.clock.now)
    assert [capture.captured_at for capture in ahead] == [wrong]


def test_a_clock_that_was_years_ahead_does_not_silence_the_job(store: Store) -> None:
    one = added(store)
    month = Month(store)
    month.live_until("2026-03-03T12:00:00+01:00")
    month.clock.now += 1_000 * DAY
    month.live_until(month.clock.now + DAY)
    month.clock.now = utc("2026-03-03T13:00:00+01:00")
    month.live_until("2026-03-06T12:00:00+01:00")
    assert [day for day in dates(store, one, BERLIN) if day.year == 2026] == days(
        "2026-03-01", "2026-03-06"
    )


def test_a_restart_between_two_nights_takes_nothing(store: Store) -> None:
    one = added(store)
    for _ in range(5):
        nightly(store, Hands(NOON)).run()
        nightly(store, Hands(NOON + 60)).run()
    assert [at for at, *_ in captures_of(store, one.key)] == [NOON]


def test_a_users_zone_holds_for_accounts_without_their_own(store: Store) -> None:
    one = added(store)
    set_zone(store, "America/New_York")
    clock = Hands(utc("2026-11-22T00:30:00-05:00"))
    job = nightly(store, clock)
    job.run()
    clock.now = utc("2026-11-22T23:59:59-05:00")
    job.run()
    assert len(captures_of(store, one.key)) == 1
    clock.now += 1
    job.run()
    assert len(captures_of(store, one.key)) == 2


class TestFailures:
    def test_one_failing_account_stops_no_other_and_is_tried_again_later_and_later(
        self, store: Store
    ) -> None:
        bad, good = added(store, "bad"), added(store, "good")
        clock, source = Hands(NOON), Staged(errors={"bad": SourceError("Down. Wait.")})
        job = nightly(store, clock, source)
        outcomes = list(job.captures())
        assert outcomes == [
            Line("bad", "failed. Down. Wait.", failed=True),
            Line("good", "complete snapshot of 3 videos"),
        ]
        for _ in range(3 * 60):  # three hours, a look a minute
            clock.now += 60
            job.run()
        tries = [at - NOON for at, *_ in captures_of(store, bad.key)]
        assert tries == [0, 300, 900, 2_100, 4_500, 8_100]
        assert len(captures_of(store, good.key)) == 1
        source.errors.clear()
        clock.now += HOUR
        job.run()
        assert captures_of(store, bad.key)[-1][:3] == (clock.now, "baseline", "complete")
        assert account_row(store, bad.key).failures == 0

    def test_a_failure_for_good_is_not_tried_again_until_the_user_acts(self, store: Store) -> None:
        one = added(store)
        revoked = SourceError("Connect it again.", permanent=True)
        clock, source = Hands(NOON), Staged(errors={one.name: revoked})
        job = nightly(store, clock, source)
        for _ in range(5):
            job.run()
            clock.now += DAY
        assert len(captures_of(store, one.key)) == 1

    def test_a_fault_in_a_sources_code_stops_no_other(self, store: Store) -> None:
        added(store, "bad")
        added(store, "good")
        source = Staged(errors={"bad": ZeroDivisionError("token=abc")})
        outcomes = list(nightly(store, Hands(), source).captures())
        assert [outcome.failed for outcome in outcomes] == [True, False]
        assert "abc" not in outcomes[0].text

    def test_an_account_removed_since_it_was_looked_up_is_passed_over(self, store: Store) -> None:
        added(store, "a")
        gone = added(store, "b")
        captures = nightly(store, Hands()).captures()
        assert next(captures).account == "a"
        store.transact(
            lambda c: c.execute(accounts.delete().where(of(accounts, gone.key))).rowcount
        )
        assert list(captures) == []


class TestTwoJobs:
    def test_what_one_has_taken_meanwhile_the_other_does_not_take_again(self, store: Store) -> None:
        both = [added(store, name) for name in ("a", "b")]
        slow, quick = nightly(store, Hands(NOON)), nightly(store, Hands(NOON + 5))
        captures = slow.captures()
        assert next(captures).account == "a"  # and it has "b" on its list
        assert [outcome.account for outcome in quick.captures()] == ["b"]
        assert list(captures) == []
        assert [len(captures_of(store, each.key)) for each in both] == [1, 1]

    def test_what_one_is_taking_the_other_skips_without_a_word(
        self, store: Store, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        one, other = added(store), nightly(store, Hands(NOON + 5))
        meanwhile: list[list[Line]] = []

        def between(_account: object, number: int) -> None:
            if number == 1:
                meanwhile.append(list(other.captures()))

        nightly(store, Hands(NOON), Staged(between=between)).run()
        assert meanwhile == [[]]
        assert len(captures_of(store, one.key)) == 1
        assert len(caplog.records) == 1

    def test_a_race_of_many_takes_each_account_once(self, store: Store) -> None:
        every = [added(store, f"creator_{n:02}") for n in range(8)]
        start = threading.Barrier(4)

        def race(number: int) -> None:
            start.wait()
            nightly(store, Hands(NOON + number)).run()

        threads = [threading.Thread(target=race, args=(n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [len(captures_of(store, each.key)) for each in every] == [1] * 8


class TestHeartbeat:
    def test_it_tells_what_the_job_does_and_when_it_runs_next(self, store: Store) -> None:
        added(store, "Sam")
        clock, seen = Hands(NOON), []

        def between(_account: object, _number: int) -> None:
            with store.read() as connection:
                beat = heartbeat(connection)
            assert beat is not None
            seen.append(beat)

        job = nightly(
            store, clock, Staged(between=between), writer := HeartbeatWriter(store, clock)
        )
        job.run()
        assert seen[0].doing == "Taking a snapshot of Sam"
        assert (seen[0].started_at, seen[0].beat_at, seen[0].next_run_at) == (NOON, NOON, NOON)
        with store.read() as connection:
            after = heartbeat(connection)
        assert after is not None
        assert (after.doing, after.next_run_at) == (None, utc("2026-11-23T00:00:00+01:00"))
        assert after.alive(NOON + DEAD_AFTER_SECONDS)
        assert not after.alive(NOON + DEAD_AFTER_SECONDS + 1)
        writer.stop()
        with store.read() as connection:
            assert heartbeat(connection) is None

    def test_it_beats_every_so_often_and_when_the_clock_is_put_back(self, store: Store) -> None:
        clock = Hands(NOON)
        writer, beats = HeartbeatWriter(store, clock), []
        for now in [*range(NOON, NOON + 4 * BEAT_SECONDS), NOON - HOUR]:
            clock.now = now
            writer.beat()
            with store.read() as connection:
                beat = heartbeat(connection)
            assert beat is not None
            beats.append(beat.beat_at)
        assert sorted(set(beats)) == [
            NOON - HOUR,
            *range(NOON, NOON + 4 * BEAT_SECONDS, BEAT_SECONDS),
        ]

    def test_it_beats_while_a_source_is_slow(self, store: Store) -> None:
        added(store)
        clock, beats = Hands(NOON), []

        def beaten() -> bool:
            with store.read() as connection:
                beat = heartbeat(connection)
            return beat is not None and beat.beat_at == clock.now

        def between(_account: object, number: int) -> None:
            # Waits for the caller's own beat; the capture cannot end before it.
            clock.now += 2 * BEAT_SECONDS
            wait_until(beaten)
            beats.append(clock.now - NOON)

        nightly(
            store, clock, Staged(videos=2, between=between), HeartbeatWriter(store, clock)
        ).run()
        assert beats == [2 * BEAT_SECONDS, 4 * BEAT_SECONDS, 6 * BEAT_SECONDS]

    def test_without_a_database_it_says_so_once(
        self, sqlite_url: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        clock = Hands(NOON)
        writer = HeartbeatWriter(Store(sqlite_url), clock)
        for _ in range(3):
            writer.beat()
            clock.now += BEAT_SECONDS
        assert len(caplog.records) == 1


class TestStopping:
    def test_between_two_accounts(self, store: Store) -> None:
        for name in ("a", "b"):
            added(store, name)
        job = nightly(store, Hands())
        captures = job.captures()
        assert next(captures).account == "a"
        job.stop.set()
        with pytest.raises(Stopped):
            next(captures)

    def test_between_two_videos_nothing_of_the_capture_is_kept(self, store: Store) -> None:
        one = added(store)

        def between(_account: object, number: int) -> None:
            if number == 2:
                job.stop.set()

        job = nightly(store, Hands(), Staged(between=between))
        with pytest.raises(Stopped):
            job.run()
        assert captures_of(store, one.key) == []
        assert account_row(store, one.key).lease_owner is None
        nightly(store, Hands()).run()
        assert len(captures_of(store, one.key)) == 1


class TestStoreErrors:
    """The database, or one of several, cannot be reached for some accounts."""

    @staticmethod
    def unreachable(store: Store, names: set[str]) -> None:
        """Fail to claim these accounts, for as long as they are in ``names``."""
        by_key = {each.key: each.name for each in session_accounts(store)}

        def fail(_connection: Any, _cursor: Any, statement: str, given: Any, *_rest: Any) -> None:
            values = list(given.values()) if isinstance(given, dict) else list(given)
            if statement.startswith("UPDATE accounts SET lease_owner") and values[0] is not None:
                keys = {(a, b) for a in values for b in values if isinstance(a, int)}
                if {by_key[key] for key in by_key if key in keys} & names:
                    raise StoreError("node 2 is down")

        event.listen(store.writer, "before_cursor_execute", fail)

    def test_one_accounts_does_not_end_the_night_for_the_others(self, store: Store) -> None:
        for name in ("a", "b", "c"):
            added(store, name)
        clock, names = Hands(), {"b"}
        self.unreachable(store, names)
        job = nightly(store, clock)
        lines = {line.account: line for line in job.captures()}
        assert {name: line.failed for name, line in lines.items()} == {
            "a": False,
            "b": True,
            "c": False,
        }
        assert "node 2 is down" in lines["b"].text
        clock.now += AFTER_STORE_ERROR_SECONDS - 1
        assert list(job.captures()) == [], "it is put off: the others go first"
        clock.now += 1
        assert [line.account for line in job.captures()] == ["b"]
        names.clear()
        clock.now += AFTER_STORE_ERROR_SECONDS
        assert [(line.account, line.failed) for line in job.captures()] == [("b", False)]

    def test_what_is_the_same_of_all_is_logged_once(
        self, store: Store, caplog: pytest.LogCaptureFixture
    ) -> None:
        names = {f"account {number}" for number in range(9)}
        for name in names:
            added(store, name)
        self.unreachable(store, names)
        lines = list(nightly(store, Hands()).captures())
        assert {line.account for line in lines} == names
        assert len([r for r in caplog.records if "node 2 is down" in r.getMessage()]) == 1


class TestLoop:
    def test_a_task_that_raises_stops_neither_the_others_nor_itself(
        self, store: Store, caplog: pytest.LogCaptureFixture
    ) -> None:
        caplog.set_level(logging.INFO)
        runs: list[str] = []
        moods = iter([StoreError("Away."), StoreError("Away."), OSError("Odd"), None, None])

        def moody() -> None:
            runs.append("moody")
            if (mood := next(moods)) is not None:
                raise mood

        tasks = [Task("moody", 1, moody), Task("steady", 1, lambda: runs.append("steady"))]
        for _ in range(5):
            for task in tasks:
                task.run()
        assert runs == ["moody", "steady"] * 5
        assert [record.getMessage() for record in caplog.records] == [
            "moody: Away.",
            "moody: Odd",
            "moody: works again",
        ]
        assert [bool(record.exc_info) for record in caplog.records] == [False, True, False]

    def test_it_ends_when_it_is_asked_to(self, store: Store) -> None:
        stop, runs = Stop(), []

        def work() -> None:
            runs.append(1)
            stop.set()
            stop.check()

        loop([Task("work", 1, work)], stop, HeartbeatWriter(store, Hands()))
        assert runs == [1]

    def test_a_scheduler_silenced_by_a_clock_put_back_is_made_anew(self, store: Store) -> None:
        stop, made = Stop(), list[Scheduler]()

        def make(tasks: Sequence[Task]) -> Scheduler:
            scheduler = scheduled(tasks)
            if not made:  # as after an hour's jump back, seen from the scheduler
                for job in scheduler.get_jobs():
                    job.interval = HOUR
            made.append(scheduler)
            return scheduler

        runs: list[int] = []

        def work() -> None:
            runs.append(1)
            if len(runs) == 2:
                stop.set()

        loop([Task("work", 1, work)], stop, HeartbeatWriter(store, Hands()), make)
        assert len(made) == 2

    def test_a_stop_once_set_stays_set_for_every_wait(self) -> None:
        stop = Stop()
        assert not stop.wait(0)
        stop.check()
        stop.set()
        stop.set()
        assert stop.wait(60)
        assert stop.wait(60)
        with pytest.raises(Stopped):
            stop.check()
