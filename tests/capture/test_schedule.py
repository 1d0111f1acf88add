"""One capture a night, by the account's own wall clock, whatever happens to the job."""

from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshot_core.capture.plan import FIRST_RETRY_SECONDS, MAX_RETRY_SECONDS
from snapshot_core.capture.schedule import Schedule, why_not
from snapshot_core.capture.slots import night_after, night_of
from snapshot_core.errors import InputError, NotFound
from snapshot_core.sources.contract import Source
from snapshot_core.store.due_accounts import NEVER
from snapshot_core.windows import DAY, HOUR, instant, local_date
from tests.support.due import due_account
from tests.support.staged import Staged

BERLIN = ZoneInfo("Europe/Berlin")
MIDNIGHT = time(0, 0)

# Clocks that skip or repeat midnight, skip a whole day, or change by half an hour.
AWKWARD = [
    "UTC", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/Havana",
    "America/Asuncion", "Asia/Beirut", "Asia/Gaza", "Africa/Cairo", "America/St_Johns",
    "Atlantic/Azores", "Pacific/Apia", "Pacific/Kiritimati", "Australia/Lord_Howe",
    "Asia/Kathmandu", "Africa/El_Aaiun", "America/Scoresbysund",
]  # fmt: skip
zones = st.sampled_from(AWKWARD).map(ZoneInfo)
times = st.sampled_from([time(0, 0), time(0, 1), time(0, 30), time(2, 30), time(12), time(23, 30)])
instants = st.integers(instant(datetime(2005, 1, 1, tzinfo=UTC)), 1_900_000_000)


def utc(text: str) -> int:
    return instant(datetime.fromisoformat(text))


def only_staged(name: str) -> Source:
    if name == "staged":
        return Staged()
    if name == "file":
        return Staged(scopes=frozenset())
    raise NotFound(name)


def schedule(zone: ZoneInfo = BERLIN, at: time = MIDNIGHT) -> Schedule:
    return Schedule(zone, at, only_staged)


@given(instants, zones, times)
def test_every_instant_lies_in_one_night(now: int, zone: ZoneInfo, at: time) -> None:
    begin, end = night_of(now, zone, at), night_after(now, zone, at)
    assert begin <= now < end
    assert night_of(begin, zone, at) == night_of(end - 1, zone, at) == begin
    assert night_of(end, zone, at) == night_after(begin, zone, at) == end
    assert 22 * HOUR <= end - begin <= 26 * HOUR


@given(instants, zones)
def test_each_day_of_the_calendar_has_one_midnight_capture(now: int, zone: ZoneInfo) -> None:
    begin = night_of(now, zone, MIDNIGHT)
    end = night_after(now, zone, MIDNIGHT)
    # The days on which nights begin follow one another: none twice, none left out but Samoa's.
    days = (local_date(end, zone) - local_date(begin, zone)).days
    assert days == 1 or (zone.key == "Pacific/Apia" and days == 2)


@pytest.mark.parametrize(
    ("zone", "at", "night"),
    [
        # 00:00 does not exist: the clock goes from 23:59 to 01:00.
        ("America/Sao_Paulo", "00:00", "2018-11-04T01:00:00-02:00"),
        # 00:00 to 01:00 exists twice: the first one counts.
        ("America/Havana", "00:30", "2025-11-02T00:30:00-04:00"),
        ("Europe/Berlin", "02:30", "2025-10-26T02:30:00+02:00"),
        ("Europe/Berlin", "02:30", "2025-03-30T03:30:00+02:00"),
        ("Europe/Berlin", "00:00", "2025-03-30T00:00:00+01:00"),
        ("Asia/Kathmandu", "00:00", "2025-03-30T00:00:00+05:45"),
    ],
)
def test_a_night_begins_when_the_wall_clock_says_so(zone: str, at: str, night: str) -> None:
    begin = utc(night)
    assert night_of(begin, ZoneInfo(zone), time.fromisoformat(at)) == begin
    assert night_of(begin - 1, ZoneInfo(zone), time.fromisoformat(at)) < begin


def test_an_account_without_a_capture_is_due_at_once() -> None:
    assert schedule().next_due(due_account(), 1_000_000_000) == 1_000_000_000


def test_after_a_capture_the_next_is_due_at_the_next_midnight() -> None:
    captured = utc("2026-11-22T00:00:04+01:00")
    midnight = utc("2026-11-23T00:00:00+01:00")
    for now in (captured, captured + 12 * HOUR, midnight - 1):
        assert schedule().next_due(due_account(captured), now) == midnight
    assert schedule().next_due(due_account(captured), midnight) == midnight
    assert schedule().next_due(due_account(captured), midnight + 500) == midnight + 500


def test_a_manual_capture_before_midnight_does_not_spare_the_night_one_after_it_does() -> None:
    midnight = utc("2026-11-22T00:00:00+01:00")
    assert schedule().next_due(due_account(midnight - 1), midnight) == midnight
    assert schedule().next_due(due_account(midnight), midnight) == midnight + DAY


def test_the_accounts_own_zone_wins_and_a_wrong_one_is_passed_over() -> None:
    captured = utc("2026-11-22T12:00:00Z")
    there = due_account(captured, time_zone="America/New_York")
    assert schedule().next_due(there, captured) == utc("2026-11-23T00:00:00-05:00")
    for wrong in ("Mars/Olympus", "", "Europe"):
        gone = due_account(captured, time_zone=wrong)
        assert schedule().next_due(gone, captured) == utc("2026-11-23T00:00:00+01:00")


@pytest.mark.parametrize(
    "never", [{"paused": True}, {"blocked": True}, {"source": "file"}, {"source": "of tomorrow"}]
)
def test_some_accounts_are_never_due(never: dict[str, Any]) -> None:
    assert schedule().next_due(due_account(**never), 1_000_000_000) is None
    agenda = schedule().agenda([due_account(**never)], 1_000_000_000)
    assert (agenda.due, [look.look_at for look in agenda.later]) == ([], [NEVER])


def test_after_failures_it_is_tried_again_later_and_later() -> None:
    tried = utc("2026-11-22T00:00:04+01:00")
    delays = []
    for failures in range(1, 8):
        failed = due_account(tried - DAY, attempted_at=tried, failures=failures)
        at = schedule().next_due(failed, tried)
        assert at is not None
        assert schedule().next_due(failed, at) == at
        delays.append(at - tried)
    assert delays == [300, 600, 1_200, 2_400, 3_600, 3_600, 3_600]
    assert (delays[0], delays[-1]) == (FIRST_RETRY_SECONDS, MAX_RETRY_SECONDS)


def test_thousands_of_failures_are_no_trouble() -> None:
    failed = due_account(attempted_at=1_000_000_000, failures=100_000)
    assert schedule().next_due(failed, 1_000_000_000) == 1_000_000_000 + MAX_RETRY_SECONDS


@given(instants, zones, times, st.integers(1, 3 * DAY))
def test_a_clock_put_back_never_makes_a_second_capture_of_a_night(
    captured: int, zone: ZoneInfo, at: time, back: int
) -> None:
    now = captured - back
    due = schedule(zone, at).next_due(due_account(captured), now)
    assert due == night_after(captured, zone, at)


class TestANightThatIsNotServed:
    """At midnight a capture broke off, or was short; nothing complete has come since."""

    NIGHT = utc("2026-11-22T00:00:00+01:00")

    def test_one_that_broke_off_is_tried_again_later_and_later(self) -> None:
        broke, delays = self.NIGHT + 4, []
        for failures in range(1, 7):
            off = due_account(
                last_good=broke,
                last_complete=broke - DAY,
                attempted_at=broke,
                failures=failures,
                looked_before=broke - 60 if failures > 1 else None,
            )
            at = schedule().next_due(off, broke)
            assert at is not None
            assert schedule().next_due(off, at) == at
            delays.append(at - broke)
        assert delays == [300, 600, 1_200, 2_400, 3_600, 3_600]

    def test_a_short_listing_gets_a_second_look_and_no_third(self) -> None:
        first = self.NIGHT + 4
        short = due_account(last_good=first, last_complete=first - DAY, attempted_at=first)
        again = first + FIRST_RETRY_SECONDS
        assert schedule().next_due(short, first) == again
        assert schedule().next_due(short, again) == again
        twice = replace(short, last_good=again, attempted_at=again, looked_before=first)
        assert schedule().next_due(twice, again) == self.NIGHT + DAY

    def test_a_second_look_of_the_night_before_is_not_one_of_this(self) -> None:
        tonight = self.NIGHT + 4
        short = due_account(last_good=tonight, looked_before=self.NIGHT - 1)
        assert schedule().next_due(short, tonight) == tonight + FIRST_RETRY_SECONDS

    @pytest.mark.parametrize("failures", [0, 3])
    def test_once_a_complete_one_came_nothing_more_is_taken(self, failures: int) -> None:
        noon = self.NIGHT + 12 * HOUR  # when the user took one that was short, or broke off
        served = due_account(self.NIGHT, last_good=noon, attempted_at=noon, failures=failures)
        for now in (noon, noon + 6 * HOUR):
            assert schedule().next_due(served, now) == self.NIGHT + DAY

    def test_how_long_nobody_has_tried(self) -> None:
        table, hours = schedule(), self.NIGHT + 3 * HOUR
        assert table.overdue(due_account(self.NIGHT - HOUR), hours) == 3 * HOUR
        assert table.overdue(due_account(self.NIGHT - 5 * DAY), hours) == 3 * HOUR + 4 * DAY
        assert table.overdue(due_account(self.NIGHT), hours) == 0
        failed = due_account(
            self.NIGHT - DAY, attempted_at=hours - FIRST_RETRY_SECONDS - 60, failures=1
        )
        assert table.overdue(failed, hours) == 60
        for never in (due_account(), due_account(self.NIGHT - DAY, paused=True)):
            assert table.overdue(never, hours) == 0


def test_an_account_is_captured_whole_or_not_at_all() -> None:
    assert why_not(due_account(source="staged"), only_staged) is None
    assert isinstance(why_not(due_account(source="file"), only_staged), InputError)
    assert isinstance(why_not(due_account(source="of tomorrow"), only_staged), NotFound)
    recent = Staged(scopes=frozenset({"recent"}))
    assert isinstance(why_not(due_account(source="staged"), lambda _name: recent), InputError)


def test_an_attempt_in_the_future_delays_nothing() -> None:
    now = utc("2026-11-22T00:10:00+01:00")
    failed = due_account(now - DAY, attempted_at=now + HOUR, failures=5)
    assert schedule().next_due(failed, now) == now


def test_the_longest_waiting_account_comes_first() -> None:
    now = utc("2026-11-22T06:00:00+01:00")
    waiting = [
        due_account(now - 2 * DAY, account_id=1),
        due_account(None, account_id=2),
        due_account(now - 5 * DAY, account_id=3),
        due_account(now, account_id=4),
        due_account(now - 2 * DAY, account_id=5),
    ]
    agenda = schedule().agenda(waiting, now)
    assert [each.account_id for each in agenda.due] == [2, 3, 1, 5]
    assert [look.key for look in agenda.later] == [(1, 4)]


def test_the_agenda_tells_when_the_others_are_looked_at_next() -> None:
    now = utc("2026-11-22T06:00:00+01:00")
    both = [due_account(now, time_zone="Asia/Tokyo"), due_account(now), due_account(paused=True)]
    agenda = schedule().agenda(both, now)
    assert agenda.due == []
    assert [look.look_at for look in agenda.later] == [
        utc("2026-11-23T00:00:00+09:00"), utc("2026-11-23T00:00:00+01:00"), NEVER,
    ]  # fmt: skip


@given(
    start=instants,
    zone=zones,
    at=times,
    gaps=st.lists(st.integers(1, 5 * DAY), min_size=1, max_size=60),
)
def test_however_the_job_is_interrupted_each_night_is_served_once_or_missed(
    start: int, zone: ZoneInfo, at: time, gaps: list[int]
) -> None:
    """The job looks at ``start`` and after each gap: seconds while it runs, days of an outage."""
    table, account, now, taken = schedule(zone, at), due_account(), start, []
    for gap in [0, *gaps]:
        now += gap
        announced = table.next_due(account, now - gap)
        assert announced is not None
        due = table.next_due(account, now) == now
        assert due == (announced <= now)  # what was told before comes true
        if due:
            account = due_account(now)
            taken.append(now)
    nights = [night_of(each, zone, at) for each in taken]
    looked = {night_of(start + sum(gaps[:n]), zone, at) for n in range(len(gaps) + 1)}
    assert len(set(nights)) == len(nights)
    assert set(nights) == looked
