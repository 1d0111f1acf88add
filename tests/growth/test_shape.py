"""How the gain between two readings is spread over the time between them."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshot_core.growth.shape import RHYTHM_SPAN_SECONDS, Rhythm, between, share
from snapshot_core.growth.value import NEVER, interpolate
from snapshot_core.local_hours import local_hours
from snapshot_core.readings import LARGEST_COUNT
from snapshot_core.windows import DAY, HOUR, instant
from tests.growth import shape_oracle

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = [
    ZoneInfo(name)
    for name in (
        *("UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Africa/Casablanca"),
        *("Australia/Lord_Howe", "Pacific/Apia", "America/St_Johns"),
    )
]
START = instant(datetime(2025, 3, 29, 12, tzinfo=UTC))
"""Half a day before Berlin's clock goes forward."""

NIGHT = Rhythm(BERLIN, np.where(np.arange(24) < 6, 0.05, 1.0))
"""Next to nothing is gained up to six in the morning."""


def of(left: float, at: float, right: float, age: float | None, rhythm: Rhythm | None) -> float:
    """A share, by hours from `START`; ``age``: hours that the video had then."""
    begin, middle, end = (int(START + hours * HOUR) for hours in (left, at, right))
    published = NEVER if age is None else int(START - age * HOUR)
    (part,) = share(
        np.array([begin]), middle, np.array([end]), np.array([published]), rhythm
    ).tolist()
    return float(part)


class TestAge:
    def test_unknown_is_the_straight_line(self) -> None:
        assert of(0, 6, 24, None, None) == pytest.approx(0.25, rel=1e-12)

    def test_old_is_all_but_the_straight_line(self) -> None:
        assert of(0, 6, 24, 20 * 365 * 24, None) == pytest.approx(0.25, abs=1e-4)

    def test_young_gains_first(self) -> None:
        assert of(0, 1, 7, 0, None) == pytest.approx(1 / 3)  # ln 2 of ln 8

    def test_nothing_is_gained_before_publication(self) -> None:
        assert of(0, 5, 24, -5, None) == 0
        assert of(0, 6, 12, -5, None) == pytest.approx(1 / 3)

    def test_a_publication_that_explains_nothing_leaves_the_line(self) -> None:
        assert of(0, 6, 24, -30, None) == 0.25


class TestRhythm:
    def test_hours_weigh_by_the_local_clock(self) -> None:
        # 12:00 UTC is 13:00 in Berlin; midnight is 11 hours away, six o'clock is 16 (not 17).
        part, whole = 11 + 0.05 * 4, 11 + 0.05 * 5 + 8
        assert of(0, 15, 24, None, NIGHT) == pytest.approx(part / whole)

    def test_an_hour_that_comes_twice_counts_twice(self) -> None:
        autumn = (instant(datetime(2025, 10, 25, 22, tzinfo=UTC)) - START) / HOUR  # midnight
        assert of(autumn, autumn + 7, autumn + 8, None, NIGHT) == pytest.approx(0.35 / 1.35)

    def test_is_left_out_over_wide_brackets(self) -> None:
        assert RHYTHM_SPAN_SECONDS == 50 * HOUR
        assert of(0, 25, 50, None, NIGHT) != pytest.approx(0.5, abs=1e-3)
        assert of(0, 25, 50.01, None, NIGHT) == pytest.approx(25 / 50.01)

    def test_an_even_rhythm_changes_nothing(self) -> None:
        even = Rhythm(BERLIN, np.ones(24))
        for age in (None, 0.0, 30.0, 9_000.0):
            assert of(0, 7, 24, age, even) == pytest.approx(of(0, 7, 24, age, None), rel=1e-12)

    @pytest.mark.parametrize(
        ("zone", "day", "hours"),
        [
            ("Europe/Berlin", (2025, 3, 30), [0, 1, 3, 4]),
            ("Europe/Berlin", (2025, 10, 26), [0, 1, 2, 2, 3, 4]),
            # Half an hour back at two: half of the hour before two comes again.
            ("Australia/Lord_Howe", (2026, 4, 5), [0, 1, 1, 2, 3, 4]),
            ("Australia/Lord_Howe", (2025, 10, 5), [0, 1, 2, 3, 4]),
            ("Asia/Kathmandu", (2025, 6, 1), [0, 1, 2, 3, 4]),
        ],
    )
    def test_hours_begin_where_the_clock_says(
        self, zone: str, day: tuple[int, int, int], hours: list[int]
    ) -> None:
        place = ZoneInfo(zone)
        begin = instant(datetime(*day, tzinfo=place))
        end = instant(datetime(*day, 4, 30, tzinfo=place))
        begins, found = local_hours(begin, end, place)
        assert found[:-1].tolist() == hours
        assert begins[0] == begin
        assert begins[-2] <= end < begins[-1]


class TestCounts:
    def test_are_shared_out_in_whole_numbers(self) -> None:
        shaped = between(
            (np.array([0]), np.array([10])), (np.array([7 * HOUR]), np.array([22])), HOUR,
            np.array([0]), None,
        )  # fmt: skip
        assert shaped.count.tolist() == [14]

    def test_that_fall_take_the_straight_line(self) -> None:
        shaped = between(
            (np.array([0]), np.array([100])), (np.array([8 * HOUR]), np.array([20])), HOUR,
            np.array([0]), NIGHT,
        )  # fmt: skip
        assert (shaped.count.tolist(), shaped.share.tolist()) == ([90], [0.125])

    @pytest.mark.parametrize("rhythm", [None, NIGHT])
    def test_of_several_counters_are_those_of_each(self, rhythm: Rhythm | None) -> None:
        left_at, right_at = np.array([0, 1_800, 900]) + START, np.array([1, 2, 3]) * DAY + START
        left = np.array([[1_000, 1_000, 1_000], [2_000, 500, 80_000], [0, 7, 1]])
        right = np.array([[9_000, 9_000, 9_000], [1_900, 501, 90_000], [1, 6, 0]])
        published, at = np.array([START - DAY, NEVER, START - 99 * DAY]), START + 20_000
        together = between((left_at, left), (right_at, right), at, published, rhythm)
        for row in range(3):
            alone = between((left_at, left[row]), (right_at, right[row]), at, published, rhythm)
            assert together.count[row].tolist() == alone.count.tolist()
            assert together.share[row].tolist() == alone.share.tolist()


Case = tuple[int, int, int, int | None, Rhythm | None]


@st.composite
def brackets(draw: st.DrawFn, widest: int = 60 * HOUR) -> Case:
    """A bracket with an instant in it, often about a change of the clocks."""
    near = [(2025, 3, 30), (2025, 10, 26), (2026, 4, 5), (2025, 10, 5), (2026, 2, 15)]
    day = instant(datetime(*draw(st.sampled_from(near)), tzinfo=UTC))
    left = day + draw(st.integers(-2 * DAY, DAY))
    right = left + draw(st.integers(1, widest) | st.sampled_from((HOUR, DAY)))
    at = draw(st.integers(left, right))
    published = draw(st.none() | st.integers(left - 3 * DAY, right) | st.just(left - 900 * DAY))
    hours = draw(st.none() | st.lists(st.floats(0.05, 4), min_size=24, max_size=24))
    rhythm = None if hours is None else Rhythm(draw(st.sampled_from(ZONES)), np.array(hours))
    return left, at, right, published, rhythm


def share_of(left: int, at: int, right: int, published: int | None, rhythm: Rhythm | None) -> float:
    known = NEVER if published is None else published
    (part,) = share(np.array([left]), at, np.array([right]), np.array([known]), rhythm).tolist()
    return float(part)


@settings(max_examples=150, deadline=None)
@given(brackets())
def test_is_what_the_minutes_add_up_to(case: Case) -> None:
    left, at, right, published, rhythm = case
    plain = None if rhythm is None else (rhythm.zone, rhythm.hours.tolist())
    expected = shape_oracle.share(left, at, right, published, plain)
    assert share_of(left, at, right, published, rhythm) == pytest.approx(expected, abs=1e-8)


@settings(max_examples=300, deadline=None)
@given(brackets(), st.data())
def test_never_goes_back(case: Case, data: st.DataObject) -> None:
    left, at, right, published, rhythm = case
    later = data.draw(st.integers(at, right))
    first, second = (share_of(left, when, right, published, rhythm) for when in (at, later))
    assert 0 <= first <= second + 1e-12 <= 1 + 1e-12
    assert share_of(left, left, right, published, rhythm) == 0
    assert share_of(left, right, right, published, rhythm) == 1


@settings(max_examples=300, deadline=None)
@given(brackets(50 * HOUR), st.data())
def test_a_part_of_a_part_is_a_part_of_the_whole(case: Case, data: st.DataObject) -> None:
    left, at, right, published, rhythm = case
    inner = data.draw(st.integers(left, at))
    whole = share_of(left, at, right, published, rhythm)
    if left < inner < at and whole > 1e-6:
        nested = whole * share_of(left, inner, at, published, rhythm)
        assert nested == pytest.approx(share_of(left, inner, right, published, rhythm), abs=1e-9)


@settings(max_examples=300, deadline=None)
@given(brackets(), st.integers(0, LARGEST_COUNT), st.integers(0, LARGEST_COUNT))
def test_counts_lie_between_the_readings(case: Case, begin: int, end: int) -> None:
    left, at, right, published, rhythm = case
    known = np.array([NEVER if published is None else published])
    ends = (np.array([left]), np.array([begin])), (np.array([right]), np.array([end]))
    (count,) = between(*ends, at, known, rhythm).count.tolist()
    assert min(begin, end) <= count <= max(begin, end)
    if end < begin or (published is None and rhythm is None):
        assert count == interpolate((left, begin), (right, end), at)
    else:
        part = share_of(left, at, right, published, rhythm)
        assert abs(count - (begin + (end - begin) * part)) <= 0.5 + (end - begin) * 2**-50


@settings(max_examples=60, deadline=None)
@given(brackets(), st.integers(0, 2**31), st.integers(0, 2**31))
def test_counts_are_the_oracles(case: Case, begin: int, gain: int) -> None:
    left, at, right, published, rhythm = case
    known = np.array([NEVER if published is None else published])
    ends = (np.array([left]), np.array([begin])), (np.array([right]), np.array([begin + gain]))
    (count,) = between(*ends, at, known, rhythm).count.tolist()
    plain = None if rhythm is None else (rhythm.zone, rhythm.hours.tolist())
    expected = shape_oracle.count((left, begin), (right, begin + gain), at, published, plain)
    assert abs(count - expected) <= 1 + gain * 1e-8
