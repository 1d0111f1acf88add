"""The value of a video at an instant: growth.md's rules 1 to 4."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshot_core.growth.listing import UNKNOWN_COUNT
from snapshot_core.growth.rhythms.learned import NOTHING_LEARNED
from snapshot_core.growth.rounding import Rounding, Roundings, looks_rounded
from snapshot_core.growth.value import Value, carried_to, interpolate, value_at
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.readings import LARGEST_COUNT
from snapshot_core.windows import HOUR
from tests.growth.both import video_growth
from tests.support.builders import at, exact_value, half_up, hours, window
from tests.support.video_readings import VideoReadings

GAP = 50 * HOUR
NIGHTLY = hours((0, 1_000), (24, 3_400))


def count_at(after: float, published: float | None = None) -> int | None:
    value = value_at(NIGHTLY, at(after), GAP, None if published is None else at(published))
    return None if value is None else value.count


class TestRule1BeforePublication:
    def test_is_zero(self) -> None:
        assert count_at(-5, published=-4) == 0

    def test_is_known_exactly(self) -> None:
        assert value_at([], at(-5), GAP, at(-4)) == Value(0, 0, 0)

    def test_comes_before_any_reading(self) -> None:
        assert count_at(0, published=1) == 0

    def test_ends_at_publication_itself(self) -> None:
        assert value_at([], at(-4), GAP, at(-4)) is None


class TestRule2TheReadingItself:
    def test_is_taken_as_it_is(self) -> None:
        assert value_at(NIGHTLY, at(24), GAP) == Value(3_400, 3_400, 3_400, distance=0)

    def test_is_never_estimated(self) -> None:
        value = value_at(NIGHTLY, at(0), GAP)
        assert value is not None
        assert not value.estimated

    def test_needs_no_neighbour(self) -> None:
        assert count_at(0, published=None) == 1_000


class TestRule3TheStraightLine:
    def test_between_the_nearest_readings(self) -> None:
        assert count_at(6) == 1_600

    def test_is_bounded_by_them(self) -> None:
        value = value_at(NIGHTLY, at(6), GAP)
        assert value is not None
        assert (value.low, value.high, value.distance) == (1_000, 3_400, 6 * HOUR)

    def test_goes_down_where_the_counter_does(self) -> None:
        value = value_at(hours((0, 100), (10, 90)), at(5), GAP)
        assert value == Value(95, 90, 100, distance=5 * HOUR)

    @pytest.mark.parametrize(("gap", "known"), [(50 * HOUR, True), (50 * HOUR + 1, False)])
    def test_the_widest_bracket_still_counts(self, gap: int, known: bool) -> None:
        series = [(at(0), 10), (at(0) + gap, 20)]
        assert (value_at(series, at(1), GAP) is not None) is known

    def test_ignores_readings_further_off(self) -> None:
        series = hours((-24, 999_999), (0, 10), (2, 20), (24, 999_999))
        value = value_at(series, at(1), GAP)
        assert value is not None
        assert value.count == 15

    @pytest.mark.parametrize(("gap", "known"), [(50 * HOUR, True), (50 * HOUR + 1, False)])
    def test_publication_is_a_reading_of_zero(self, gap: int, known: bool) -> None:
        series = [(at(0) + gap, 1_000)]
        value = value_at(series, at(0) + gap // 2, GAP, at(0))
        assert value == (Value(500, 0, 1_000, distance=gap // 2) if known else None)

    def test_publication_itself_is_zero_where_it_is_a_point(self) -> None:
        value = value_at(NIGHTLY, at(-4), GAP, at(-4))
        assert value == Value(0, 0, 0)

    def test_publication_is_no_point_once_there_are_readings(self) -> None:
        assert value_at(hours((40, 5), (100, 9)), at(60), GAP, at(30)) is None

    @pytest.mark.parametrize(("minutes", "estimated"), [(15, False), (15.1, True), (719, True)])
    def test_is_estimated_further_than_a_quarter_of_an_hour_from_a_reading(
        self, minutes: float, estimated: bool
    ) -> None:
        for instant in (at(minutes / 60), at(24 - minutes / 60)):
            value = value_at(NIGHTLY, instant, GAP)
            assert value is not None
            assert value.estimated is estimated

    @pytest.mark.parametrize(("bracket", "estimated"), [(2, False), (2.1, True)])
    def test_is_not_estimated_inside_two_hours(self, bracket: float, estimated: bool) -> None:
        value = value_at(hours((0, 1), (bracket, 9)), at(1), GAP)
        assert value is not None
        assert value.estimated is estimated


class TestRule4Otherwise:
    @pytest.mark.parametrize("after", [-0.1, 24.1])
    def test_is_unknown_and_never_zero(self, after: float) -> None:
        assert count_at(after) is None

    def test_is_unknown_without_readings(self) -> None:
        assert value_at([], at(0), GAP) is None

    def test_is_unknown_before_an_old_videos_first_reading(self) -> None:
        assert count_at(-0.1, published=-200) is None


class TestCarrying:
    def test_keeps_the_last_reading_and_says_so(self) -> None:
        value = carried_to(NIGHTLY, at(30), GAP)
        assert value == Value(3_400, 3_400, 3_400, 6 * HOUR, carried=True)
        assert value.estimated

    @pytest.mark.parametrize(("after", "known"), [(GAP, True), (GAP + 1, False)])
    def test_for_max_gap_at_the_most(self, after: int, known: bool) -> None:
        assert (carried_to(NIGHTLY, at(24) + after, GAP) is not None) is known

    def test_never_back_in_time(self) -> None:
        assert carried_to(NIGHTLY, at(-1), GAP) is None


class TestRounding:
    @pytest.mark.parametrize(
        ("left", "right", "middle"), [(0, 1, 1), (1, 0, 1), (0, 3, 2), (3, 0, 2), (5, 5, 5)]
    )
    def test_halves_go_up(self, left: int, right: int, middle: int) -> None:
        assert interpolate((0, left), (2, right), 1) == middle

    @pytest.mark.parametrize("base", [2**31, 2**53, 2**62])
    def test_is_exact_for_the_largest_counters(self, base: int) -> None:
        assert interpolate((0, base), (2, base + 1), 1) == base + 1
        assert interpolate((0, base), (3, base + 1), 1) == base
        assert interpolate((0, 0), (DAY_AND_A_BIT, base), 1) == half_up(
            Fraction(base, DAY_AND_A_BIT)
        )


DAY_AND_A_BIT = 86_413


class TestCorrections:
    def falls(self, readings: list[tuple[int, int]], start: float, end: float) -> int:
        growth = video_growth(VideoReadings(1, None, readings), window(start, end))
        assert growth is not None
        return growth.ledger.corrections

    def test_are_the_falls_between_consecutive_readings(self) -> None:
        readings = hours((0, 10), (1, 30), (2, 20), (3, 25), (4, 22))
        assert self.falls(readings, 0, 4) == 13

    def test_outside_the_window_do_not_count(self) -> None:
        assert self.falls(hours((0, 90), (1, 30), (2, 40), (3, 5)), 1, 2) == 0

    def test_count_in_part_where_the_window_begins_inside_a_fall(self) -> None:
        assert self.falls(hours((0, 100), (10, 0)), 5, 10) == 50

    def test_count_in_part_where_the_window_ends_inside_a_fall(self) -> None:
        assert self.falls(hours((0, 100), (10, 0)), 0, 5) == 50

    def test_count_in_part_where_the_window_lies_inside_a_fall(self) -> None:
        assert self.falls(hours((0, 100), (10, 0)), 2, 5) == 30


class TestResolution:
    @pytest.mark.parametrize(
        ("count", "half"),
        [(0, 0), (9_999, 0), (10_000, 50), (999_900, 50), (1_000_000, 50_000), (2**62, 50_000)],
    )
    def test_is_half_a_step(self, count: int, half: int) -> None:
        assert (Rounding.WEB.down(count), Rounding.WEB.up(count)) == (half, half)

    @pytest.mark.parametrize(
        ("count", "step"),
        [(0, 0), (999, 0), (1_000, 10), (9_990, 10), (10_000, 100), (999_000, 1_000),
         (1_230_000, 10_000), (9_990_000_000_000_000, 10**13)],
    )  # fmt: skip
    def test_is_a_whole_step_upwards_where_digits_are_cut(self, count: int, step: int) -> None:
        assert (Rounding.THREE_DIGITS.down(count), Rounding.THREE_DIGITS.up(count)) == (0, step)

    @given(st.integers(0, LARGEST_COUNT), st.integers(0, LARGEST_COUNT))
    def test_holds_the_true_growth(self, then: int, now: int) -> None:
        cut_then, cut_now = (
            int(f"{count}"[:3].ljust(len(f"{count}"), "0")) for count in (then, now)
        )
        blur = Rounding.THREE_DIGITS.resolution(cut_then, cut_now)
        assert abs((now - then) - (cut_now - cut_then)) <= blur

    def test_belongs_to_a_counter_of_a_source(self) -> None:
        counts = np.full((len(VIDEO_METRICS), 2), 1_230_000)
        counts[:, 1] = UNKNOWN_COUNT
        roundings = Roundings({"views": Rounding.WEB, "comments": Rounding.THREE_DIGITS})
        views, likes, comments, *others = roundings.up(counts).tolist()
        assert (views, likes, comments) == ([50_000, 0], [0, 0], [10_000, 0])
        assert roundings.down(counts).tolist() == [views, likes, likes, *others]
        assert roundings.resolution(counts, counts)[:3].tolist() == [[100_000, 0], likes, comments]

    def test_a_source_that_rounds_is_known_by_twenty_counts(self) -> None:
        assert looks_rounded([10_000 + 100 * n for n in range(20)])
        assert not looks_rounded([10_000 + 100 * n for n in range(19)])
        assert not looks_rounded([10_000 + 100 * n for n in range(40)] + [10_001])


@settings(max_examples=500)
@given(
    counts=st.lists(
        st.tuples(st.integers(0, LARGEST_COUNT), st.integers(0, LARGEST_COUNT)), min_size=1
    ),
    span=st.integers(1, 15 * 86_400),
    share=st.floats(0, 1),
)
def test_arrays_are_interpolated_as_exactly_as_integers(
    counts: list[tuple[int, int]], span: int, share: float
) -> None:
    where = int(share * span)
    left, right = np.array(counts, np.int64).T
    begin, end = np.zeros_like(left), np.full_like(left, span)
    exact = [half_up(a + Fraction((b - a) * where, span)) for a, b in counts]
    assert interpolate((begin, left), (end, right), where).tolist() == exact
    assert [interpolate((0, a), (span, b), where) for a, b in counts] == exact


@st.composite
def _series(draw: st.DrawFn) -> list[tuple[int, int]]:
    limit = draw(st.sampled_from((3, 1_000, 2**31, 2**53, 2**62)))
    instants = sorted(draw(st.sets(st.integers(0, 400_000), max_size=7)))
    counts = draw(st.lists(st.integers(0, limit), min_size=len(instants), max_size=len(instants)))
    return list(zip(instants, counts, strict=True))


@settings(max_examples=1_000)
@given(
    series=_series(),
    where=st.integers(-10, 400_010) | st.sampled_from(range(0, 400_000, 7_200)),
    published=st.none() | st.integers(-200_000, 400_000),
    max_gap=st.sampled_from((0, 3_600, 86_400, GAP, 10**7)),
)
def test_the_engine_says_what_the_rules_say(
    series: list[tuple[int, int]], where: int, published: int | None, max_gap: int
) -> None:
    for instant in {where, *(read_at for read_at, _ in series), published or 0}:
        shares = NOTHING_LEARNED.share_at(published)
        value = value_at(series, instant, max_gap, published, shares)
        exact = exact_value(series, instant, max_gap, published)
        assert (value is None) is (exact is None)
        if value is not None and exact is not None:
            assert value.low <= exact <= value.high
            # By an age, the logarithms of two libraries differ in their last digits.
            may_differ = Fraction(value.high - value.low, 2**49) + Fraction(1, 1_000_000)
            assert abs(value.count - exact) <= Fraction(1, 2) + may_differ
            if published is None:
                assert value.count == half_up(exact)
