"""What is read beyond the nights: slots of the wall clock, launches, days of learning."""

from bisect import bisect_right
from collections import Counter
from datetime import UTC, datetime, time
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from snapshot_core.cadences import CADENCE_HOURS
from snapshot_core.capture.cadence import (
    FIRST_LEARNING_DAYS,
    LAUNCH_AGES_HOURS,
    LEARNING_CYCLE_DAYS,
    is_learning,
    next_launch,
)
from snapshot_core.capture.plan import DueCapture
from snapshot_core.capture.schedule import Schedule, cadence_of, require_cadence
from snapshot_core.capture.slots import night_after, night_of, slots
from snapshot_core.errors import InputError
from snapshot_core.sources.contract import Calls, Source
from snapshot_core.windows import DAY, HOUR, instant
from tests.support.due import Life, due_account
from tests.support.staged import NOON, Staged

BERLIN = ZoneInfo("Europe/Berlin")
MIDNIGHT = time(0, 0)
WIDE = Calls(a_day=1_000_000, fixed=1, videos_per_page=20, recent=2)
"""So many that no plan is ever thinned."""

zones = st.sampled_from(
    ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca",
     "America/Sao_Paulo", "Asia/Gaza", "Pacific/Apia", "Asia/Kathmandu"]
).map(ZoneInfo)  # fmt: skip
times = st.sampled_from([time(0, 0), time(0, 30), time(2, 30), time(12), time(23, 30)])
cadences = st.sampled_from([name for name in CADENCE_HOURS if name != "adaptive"])
instants = st.integers(instant(datetime(2005, 1, 1, tzinfo=UTC)), 1_900_000_000)


def wide(_name: str) -> Source:
    return Staged(calls=WIDE)


def schedule(zone: ZoneInfo = BERLIN, at: time = MIDNIGHT) -> Schedule:
    return Schedule(zone, at, wide)


def utc(text: str) -> int:
    return instant(datetime.fromisoformat(text))


def local(at: int, zone: ZoneInfo) -> str:
    return datetime.fromtimestamp(at, zone).strftime("%d %H:%M%z")


class TestSlots:
    @pytest.mark.parametrize(
        ("zone", "day", "expected"),
        [
            # 02:00 to 03:00 is skipped: its slot is that of 03:00, once.
            ("Europe/Berlin", "2026-03-29", ["00:00+01", "03:00+02", "06:00+02"]),
            # 02:00 to 03:00 comes twice: 03:00 comes once, an hour later.
            ("Europe/Berlin", "2026-10-25", ["00:00+02", "03:00+01", "06:00+01"]),
            ("America/New_York", "2026-03-08", ["00:00-05", "03:00-04", "06:00-04"]),
            ("America/New_York", "2026-11-01", ["00:00-04", "03:00-05", "06:00-05"]),
            # By half an hour.
            ("Australia/Lord_Howe", "2026-04-05", ["00:00+11", "03:00+10", "06:00+10"]),
            ("Australia/Lord_Howe", "2026-10-04", ["00:00+10", "03:00+11", "06:00+11"]),
            # Ramadan: back an hour on 15 February 2026 at 03:00, ahead on 22 March at 02:00.
            ("Africa/Casablanca", "2026-02-15", ["00:00+01", "03:00+00", "06:00+00"]),
            ("Africa/Casablanca", "2026-03-22", ["00:00+00", "03:00+01", "06:00+01"]),
        ],
    )
    def test_are_hours_of_the_wall_clock(self, zone: str, day: str, expected: list[str]) -> None:
        where = ZoneInfo(zone)
        night = int(datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=where).timestamp())
        found = [local(at, where)[3:11] for at in slots(night, where, MIDNIGHT, 3)]
        assert found[:3] == expected
        assert len(found) == 8

    @pytest.mark.parametrize(
        ("zone", "day", "count"),
        [("Europe/Berlin", "2026-03-29", 23), ("Europe/Berlin", "2026-10-25", 24),
         ("Australia/Lord_Howe", "2026-10-04", 24), ("UTC", "2026-10-04", 24)],
    )  # fmt: skip
    def test_an_hour_that_comes_twice_has_one(self, zone: str, day: str, count: int) -> None:
        where = ZoneInfo(zone)
        night = int(datetime.fromisoformat(f"{day}T00:00").replace(tzinfo=where).timestamp())
        assert len(slots(night, where, MIDNIGHT, 1)) == count

    @given(instants, zones, times, st.sampled_from([1, 3, 6, 24]))
    def test_begin_with_the_night_and_follow_each_other(
        self, now: int, zone: ZoneInfo, at: time, hours: int
    ) -> None:
        night = night_of(now, zone, at)
        found = slots(night, zone, at, hours)
        assert found[0] == night
        assert found[-1] < night_after(now, zone, at)
        gaps = [late - early for early, late in pairwise([*found, night_after(now, zone, at)])]
        assert all(0 < gap <= hours * HOUR + 2 * HOUR for gap in gaps)
        if night_after(now, zone, at) - night == DAY and hours == 24:
            assert found == (night,)


class TestCompleteCaptures:
    def test_six_hours_apart(self) -> None:
        life = Life(schedule(), due_account(utc("2026-11-22T00:00+01:00"), cadence="6h"))
        life.run(utc("2026-11-22T00:10+01:00"), utc("2026-11-24T01:00+01:00"), 600)
        assert [(local(due.at, BERLIN)[:8], due.trigger) for due in life.captures] == [
            ("22 06:00", "hourly"), ("22 12:00", "hourly"), ("22 18:00", "hourly"),
            ("23 00:00", "nightly"), ("23 06:00", "hourly"), ("23 12:00", "hourly"),
            ("23 18:00", "hourly"), ("24 00:00", "nightly"),
        ]  # fmt: skip

    @given(
        instants, zones, times, cadences, st.lists(st.integers(1, 2 * DAY), min_size=1, max_size=60)
    )
    # A quarter of an hour late for a slot, and in time for the next three.
    @example(
        1859332201, ZoneInfo("Asia/Kathmandu"), MIDNIGHT, "hourly", [1, 1, 1198, 2699, 3600, 3600]
    )
    # Late for one, and in time for all others until the same on the next day.
    @example(1859328000, ZoneInfo("UTC"), MIDNIGHT, "hourly", [6600, 600, *[3600] * 23])
    def test_none_is_taken_twice_and_none_missed_that_could_be_had(
        self, start: int, zone: ZoneInfo, at: time, cadence: str, gaps: list[int]
    ) -> None:
        """The job looks at ``start`` and after each gap: seconds while it runs, or an outage."""
        life = Life(schedule(zone, at), due_account(cadence=cadence))
        now, looked = start, {slot_of(start, zone, at, cadence)}
        life.look(now)
        for gap in gaps:
            announced = life.next_at(now)
            assert announced is not None
            assert announced > now
            now += gap
            looked.add(slot_of(now, zone, at, cadence))
            # What was told before comes true.
            assert (life.look(now) is not None) == (announced <= now)
        served = [slot_of(due.at, zone, at, cadence) for due in life.captures]
        assert sorted(set(served)) == served
        assert set(served) == looked

    @given(instants, zones, times, cadences, st.integers(1, 3 * DAY))
    def test_a_clock_put_back_takes_nothing_twice(
        self, captured: int, zone: ZoneInfo, at: time, cadence: str, back: int
    ) -> None:
        account = due_account(captured, cadence=cadence)
        due = schedule(zone, at).next_capture(account, captured - back)
        assert due is not None
        assert due.at > captured

    def test_a_slot_that_failed_is_tried_again_later_and_later(self) -> None:
        night, noon = utc("2026-11-22T00:00+01:00"), utc("2026-11-22T12:00+01:00")
        failed = due_account(night, cadence="6h", attempted_at=noon, failures=1)
        assert schedule().next_capture(failed, noon + 1) == DueCapture(
            noon + 300, "complete", "hourly"
        )
        at_six = schedule().next_due(due_account(night, cadence="6h", failures=9), noon + 7 * HOUR)
        assert at_six == noon + 7 * HOUR

    def test_a_short_listing_gets_a_second_look_by_night_only(self) -> None:
        night = utc("2026-11-22T00:00+01:00")
        short = due_account(night, cadence="6h", last_good=night + 6 * HOUR)
        assert schedule().next_due(short, night + 6 * HOUR + 900) == night + 12 * HOUR
        by_night = due_account(night - DAY, cadence="6h", last_good=night)
        assert schedule().next_due(by_night, night) == night + 300

    def test_what_a_source_does_not_allow_is_nightly(self) -> None:
        plain = Schedule(BERLIN, MIDNIGHT, lambda _name: Staged())
        night = utc("2026-11-22T00:00+01:00")
        hourly = due_account(night, cadence="hourly")
        assert plain.next_due(hourly, night + 60) == night + DAY
        assert cadence_of(hourly, plain.sources) == "nightly"
        assert cadence_of(due_account(cadence="of tomorrow"), wide) == "nightly"
        with pytest.raises(InputError, match="Staged can be read nightly only"):
            require_cadence(hourly, "3h", plain.sources)
        with pytest.raises(InputError, match="no cadence 'daily'"):
            require_cadence(hourly, "daily", wide)
        require_cadence(hourly, "3h", wide)


def slot_of(now: int, zone: ZoneInfo, at: time, cadence: str) -> int:
    found = slots(night_of(now, zone, at), zone, at, CADENCE_HOURS[cadence])
    return found[bisect_right(found, now) - 1]


class TestLearningDays:
    def test_the_first_seven_and_four_of_each_28_after(self) -> None:
        days = [is_learning(day) for day in range(7 + 28 * 20)]
        assert all(days[:FIRST_LEARNING_DAYS])
        cycles = days[FIRST_LEARNING_DAYS:]
        for begin in range(0, len(cycles), LEARNING_CYCLE_DAYS):
            assert sum(cycles[begin : begin + LEARNING_CYCLE_DAYS]) == 4

    def test_a_clock_ahead_at_connecting_does_not_make_a_year_of_them(self) -> None:
        assert sum(is_learning(day) for day in range(-364, 0)) == 4 * 13

    def test_are_read_every_three_hours(self) -> None:
        start = utc("2026-11-22T09:30+01:00")
        account = due_account(cadence="adaptive", created_at=start)
        life = Life(schedule(), account)
        life.run(start, start + 10 * DAY, 300)
        per_day = Counter(local(due.at, BERLIN)[:2] for due in life.captures)
        # The day of connecting begins at half past nine; days 8 to 10 are ordinary ones.
        assert per_day["22"] == 1 + 4
        assert {per_day[str(day)] for day in range(23, 29)} == {8}
        assert per_day["29"] == per_day["30"] == per_day["01"] == 4


class TestLaunches:
    def test_the_newest_page_is_read_at_ages_from_when_it_was_found(self) -> None:
        night = utc("2026-11-22T00:00+01:00")
        post = night + 2 * HOUR + 25 * 60  # found at six
        life = Life(schedule(), due_account(night, cadence="adaptive"), [post])
        life.run(night + 60, night + 4 * DAY, 60)
        ages = [(due.at - post) / HOUR for due in life.captures if due.scope == "recent"]
        # 16 h, 20 h and those of 36 h on are near a complete one, which serves them.
        assert [round(age) for age in ages] == [4, 6, 8, 12, 24]
        assert all(age == pytest.approx(round(age), abs=1 / 50) for age in ages)
        assert {due.trigger for due in life.captures if due.scope == "recent"} == {"hourly"}
        checked(life, [post])

    @given(
        posts=st.lists(st.integers(0, 6 * DAY), min_size=1, max_size=8, unique=True),
        zone=zones,
        step=st.sampled_from([10, 60, 240]),
    )
    def test_each_age_has_a_reading_near_it_and_none_has_two(
        self, posts: list[int], zone: ZoneInfo, step: int
    ) -> None:
        start = night_of(NOON, zone, MIDNIGHT)
        published = [start + post for post in posts]
        # So many that all of it each hour would take more than any number of newest pages.
        account = due_account(start, cadence="adaptive", videos=2_000)
        life = Life(schedule(zone), account, published)
        life.run(start, start + 10 * DAY, step)
        checked(life, published, step)
        recent = [due for due in life.captures if due.scope == "recent"]
        assert len(recent) <= len(LAUNCH_AGES_HOURS) * len(posts)

    @given(st.lists(st.integers(1, 8 * HOUR), min_size=5, max_size=80))
    def test_those_missed_are_made_up_for_once(self, gaps: list[int]) -> None:
        start = night_of(NOON, BERLIN, MIDNIGHT)
        post = start + 60
        life = Life(schedule(), due_account(start + 61, cadence="adaptive"), [post])
        now = start + 61
        for gap in gaps:
            now += gap
            life.look(now)
            assert life.look(now) is None
        # Never two of which nothing was wanted between.
        recent = [due.at for due in life.captures if due.scope == "recent"]
        for early, late in pairwise(recent):
            assert any(
                early < post + age * (HOUR + 300) and post + age * HOUR <= late
                for age in LAUNCH_AGES_HOURS
            )

    def test_one_that_failed_is_not_tried_again(self) -> None:
        assert next_launch([NOON], NOON + HOUR, [], NOON + HOUR + 10) == NOON + 2 * HOUR

    def test_a_premiere_to_come_is_not_read(self) -> None:
        life = Life(schedule(), due_account(NOON, cadence="adaptive"), [NOON + 30 * DAY])
        life.run(NOON, NOON + 2 * DAY, 600)
        assert {due.scope for due in life.captures} == {"complete"}

    def test_only_adaptive_reads_them(self) -> None:
        for cadence in CADENCE_HOURS:
            life = Life(schedule(), due_account(NOON, cadence=cadence), [NOON - 60])
            life.run(NOON, NOON + DAY, 600)
            scopes = {due.scope for due in life.captures}
            assert scopes == ({"complete", "recent"} if cadence == "adaptive" else {"complete"})

    @pytest.mark.parametrize("back", [HOUR, DAY, 3 * DAY, 365 * DAY])
    def test_a_clock_that_goes_back_makes_no_flood(self, back: int) -> None:
        life = Life(schedule(), due_account(NOON, cadence="adaptive"), [NOON - 60])
        life.run(NOON, NOON + 10 * HOUR, 60)
        before = len(life.captures)
        life.run(NOON + 10 * HOUR - back, NOON + 10 * HOUR - back + 6 * HOUR, 60)
        assert len(life.captures) - before <= 2


def checked(life: Life, published: list[int], step: int = 60) -> None:
    """Every age after a video was found has a reading within a tenth of it."""
    taken = [due.at for due in life.captures]
    for post in published:
        seen = min(at for at in taken if at >= post)
        for age in LAUNCH_AGES_HOURS:
            wanted = post + age * HOUR
            if wanted < seen or wanted > taken[-1]:
                continue
            nearest = min(abs(at - wanted) for at in taken)
            assert nearest <= age * HOUR // 12 + step, (local(post, BERLIN), age)
