"""Daily bars, curves and followers between captures: shaped by the account's rhythm alone."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshot_core.growth.follower_growth import follower_growth
from snapshot_core.growth.gain_line import DayGrowth, GainLine
from snapshot_core.growth.growth import Growth
from snapshot_core.growth.history import Windows
from snapshot_core.growth.rhythms.learned import NOTHING_LEARNED, Learned
from snapshot_core.growth.rounding import Rounding
from snapshot_core.growth.shape import Rhythm
from snapshot_core.growth.value import Series
from snapshot_core.windows import DAY, HOUR, Window, instant, midnight
from tests.growth import shape_oracle

BY_DAY = [0.1] * 8 + [1.0] * 8 + [1.9] * 8
"""Next to nothing is gained at night, most in the evening."""
CHANGES = [
    ("Europe/Berlin", date(2026, 3, 29), 23.0),
    ("Europe/Berlin", date(2026, 10, 25), 25.0),
    ("America/New_York", date(2026, 3, 8), 23.0),
    ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
    ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
    ("Asia/Kathmandu", date(2026, 5, 1), 24.0),
    ("America/St_Johns", date(2026, 11, 1), 25.0),
    ("Africa/Casablanca", date(2026, 2, 15), 25.0),
]
"""Zones, a day in each, and how many hours it has."""


def taught(zone: ZoneInfo, hours: Sequence[float] = BY_DAY) -> Learned:
    """A rhythm that has held since ever."""
    return Learned([0], [Rhythm(zone, np.array(hours))], [1.0], [1.0])


def afternoons(day: date, zone: ZoneInfo, days: int = 2) -> list[int]:
    """The instants of 15:00 about a day: captures far from every midnight."""
    return [
        instant(datetime(each.year, each.month, each.day, 15, tzinfo=zone))
        for each in (day + timedelta(days=number) for number in range(-days, days + 1))
    ]


def expected_at(points: Series, at: int, zone: ZoneInfo, hours: Sequence[float] = BY_DAY) -> int:
    """The gain at an instant, minute by minute."""
    for left, right in pairwise(points):
        if left[0] <= at <= right[0]:
            return shape_oracle.count(left, right, at, None, (zone, hours))
    raise AssertionError("outside the captures")


def bars(line: GainLine, zone: ZoneInfo) -> list[DayGrowth]:
    """The days that lie between the captures as a whole."""
    first, last = line.points[0][0], line.points[-1][0]
    return [day for day in line.days(first, last, zone)[1:] if not day.so_far]


class TestBars:
    @pytest.mark.parametrize(("name", "day", "length"), CHANGES)
    def test_are_what_the_minutes_between_midnights_add_up_to(
        self, name: str, day: date, length: float
    ) -> None:
        zone = ZoneInfo(name)
        points = [(at, 240_000 * n) for n, at in enumerate(afternoons(day, zone))]
        line = GainLine.from_readings(points, taught(zone).share_at())
        days = {each.date: each for each in bars(line, zone)}
        assert days[day].hours == length
        for each in days.values():
            ends = (midnight(each.date + timedelta(days=more), zone) for more in (0, 1))
            begin, end = (expected_at(points, at, zone) for at in ends)
            assert each.growth == pytest.approx(end - begin, abs=1)
            assert each.estimated

    @pytest.mark.parametrize(("name", "day", "length"), CHANGES)
    def test_add_up_to_the_growth_from_midnight_to_midnight(
        self, name: str, day: date, length: float
    ) -> None:
        zone = ZoneInfo(name)
        counts = [5, 100_003, 100_003, 99_000, 1_000_000]
        points = list(zip(afternoons(day, zone), counts, strict=True))
        line = GainLine.from_readings(points, taught(zone).share_at())
        days = bars(line, zone)
        ends = days[0].date, days[-1].date + timedelta(days=1)
        first, last = (line.at(midnight(end, zone), 9 * DAY) for end in ends)
        assert first is not None
        assert last is not None
        assert sum(each.growth or 0 for each in days) == last.count - first.count

    def test_between_midnights_that_were_captured_are_exact(self) -> None:
        zone = ZoneInfo("Europe/Berlin")
        days = [date(2026, 3, 27) + timedelta(days=number) for number in range(6)]
        points = [(midnight(day, zone), 100 * n * n) for n, day in enumerate(days)]
        line = GainLine.from_readings(points, taught(zone).share_at())
        found = line.days(points[0][0], points[-1][0], zone)
        assert [day.growth for day in found] == [100, 300, 500, 700, 900]
        assert not any(day.estimated for day in found)

    def test_put_the_evening_where_it_was(self) -> None:
        zone = ZoneInfo("Europe/Berlin")
        points = [(at, 24_000 * n) for n, at in enumerate(afternoons(date(2026, 6, 2), zone, 1))]
        straight, shaped = (
            GainLine.from_readings(points, learned.share_at()).days(
                points[0][0], points[1][0], zone
            )
            for learned in (NOTHING_LEARNED, taught(zone))
        )
        # From 15:00 to midnight: an hour at 1.0 and eight at 1.9 of 24 weights.
        assert (straight[0].growth, shaped[0].growth) == (None, None)  # before tracking began
        assert straight[1].growth == 24_000 * 15 // 24
        assert shaped[1].growth == 24_000 - round(24_000 * (1 + 8 * 1.9) / 24)

    def test_of_a_wide_gap_are_on_the_straight_line(self) -> None:
        zone = ZoneInfo("Europe/Berlin")
        first = midnight(date(2026, 6, 1), zone) - HOUR
        for hours, learned in ((50, True), (51, False)):
            line = GainLine.from_readings(
                [(first, 0), (first + hours * HOUR, 255_000)], taught(zone).share_at()
            )
            gained = line.at(first + 9 * HOUR, DAY * 3)
            assert gained is not None
            assert (gained.count != 255_000 * 9 // hours) is learned

    @settings(max_examples=60, deadline=None)
    @given(
        st.sampled_from(CHANGES),
        st.lists(st.integers(0, 10**9), min_size=3, max_size=8),
        st.integers(0, DAY),
        st.lists(st.floats(0.05, 4), min_size=24, max_size=24),
    )
    def test_add_up_whatever_the_rhythm(
        self, place: tuple[str, date, float], counts: list[int], late: int, hours: list[float]
    ) -> None:
        name, day, _ = place
        zone = ZoneInfo(name)
        first = midnight(day - timedelta(days=2), zone) + late
        points = [(first + n * DAY, count) for n, count in enumerate(counts)]
        line = GainLine.from_readings(points, taught(zone, hours).share_at())
        days = line.days(points[0][0], points[-1][0], zone)
        if late % DAY:
            assert days[0].growth is None  # tracking began within it
            days = days[1:]
        begin = line.at(midnight(days[0].date, zone), DAY * 3)
        assert begin is not None
        growths = [each.growth for each in days]
        assert None not in growths
        assert sum(each or 0 for each in growths) == counts[-1] - counts[0] - begin.count


class TestCurves:
    @pytest.mark.parametrize(("name", "day", "length"), CHANGES)
    def test_start_where_the_rhythm_says_and_go_through_every_capture(
        self, name: str, day: date, length: float
    ) -> None:
        zone = ZoneInfo(name)
        points = [(at, 240_000 * n) for n, at in enumerate(afternoons(day, zone))]
        line = GainLine.from_readings(points, taught(zone).share_at())
        start, end = midnight(day - timedelta(days=1), zone), midnight(day, zone) + HOUR
        curve = line.since(start, end, DAY * 3)
        begin = expected_at(points, start, zone)
        assert curve[0] == (start, 0)
        inside = [(at, count) for at, count in points if start < at < end]
        expected = [*inside, (end, expected_at(points, end, zone))]
        for (at, gain), (known_at, count) in zip(curve[1:], expected, strict=True):
            assert at == known_at
            assert gain == pytest.approx(count - begin, abs=2)


def followers(
    series: Series, window: Window, learned: Learned, rounding: Rounding = Rounding.EXACT
) -> Growth:
    return follower_growth(Windows(window), series, rounding, learned)


class TestFollowers:
    @pytest.mark.parametrize(("name", "day", "length"), CHANGES)
    def test_between_readings_follow_the_rhythm(self, name: str, day: date, length: float) -> None:
        zone = ZoneInfo(name)
        instants = afternoons(day, zone)
        series = [(at, 1_000_000 + 24_000 * n) for n, at in enumerate(instants[:-1])]
        end = instants[3] + 5 * HOUR
        series.append((end, 1_080_000))
        window = Window(end - DAY, end)
        growth = followers(series, window, taught(zone))
        then = shape_oracle.count(series[2], series[3], window.start, None, (zone, BY_DAY))
        assert growth.growth == pytest.approx(1_080_000 - then, abs=1)
        assert growth.low is not None
        assert growth.high is not None
        assert growth.low < 1_080_000 - then < growth.high
        straight = followers(series, window, NOTHING_LEARNED)
        assert straight.growth != growth.growth

    def test_that_leave_take_the_straight_line(self) -> None:
        zone = ZoneInfo("Europe/Berlin")
        instants = afternoons(date(2026, 6, 1), zone)
        series = [(at, 9_000 - 240 * n) for n, at in enumerate(instants)]
        end = instants[-1] - 6 * HOUR
        growth = followers(series, Window(end - DAY, end), taught(zone))
        assert (growth.current, growth.growth) == (9_000 - 3 * 240 - 180, -240)

    def test_cut_down_to_three_digits_stand_still_within_a_step(self) -> None:
        zone = ZoneInfo("Europe/Berlin")
        instants = afternoons(date(2026, 6, 1), zone)
        series = [(at, 1_230_000) for at in instants]
        window = Window(instants[-2], instants[-1])
        growth = followers(series, window, taught(zone), Rounding.THREE_DIGITS)
        assert (growth.growth, growth.below_resolution) == (0, True)
        assert (growth.low, growth.high) == (-10_000, 10_000)
        assert growth.percentage is None
