"""A number, how sure it is, or why there is none."""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from snapshot_core.growth.follower_growth import follower_growth
from snapshot_core.growth.growth import Growth, percent, video_counter_growth
from snapshot_core.growth.history import History, Reason, Windows, is_stale, windows_of
from snapshot_core.growth.ledger import EMPTY, Ledger
from snapshot_core.growth.rounding import Rounding
from snapshot_core.growth.value import NEAR_READING_SECONDS
from snapshot_core.periods import LONGER_PERIODS, PERIODS, Period
from snapshot_core.windows import DAY, HOUR, Window
from tests.growth.both import ledger_of
from tests.support.builders import at, half_up, hours, video, window
from tests.support.video_readings import VideoReadings, adds_up

UTC = ZoneInfo("UTC")
DAY_PERIOD = PERIODS[0]
DAY_1 = window(24, 48)
NIGHTLY = History(captures=3, first_complete=at(-24), last_complete=at(48))


def growth_of(
    *videos: VideoReadings,
    where: Window | None = DAY_1,
    history: History = NIGHTLY,
    rounding: Rounding = Rounding.EXACT,
) -> Growth:
    if where is None:
        return video_counter_growth("views", windows_of(history, DAY_PERIOD, UTC), EMPTY, None)
    now = ledger_of(videos, where, rounding)
    before = ledger_of(videos, where.before, rounding)
    return video_counter_growth("views", measured(where, history), now, before)


def measured(where: Window, history: History = NIGHTLY) -> Windows:
    """The windows of the day that ends with ``where``."""
    assert where.seconds == DAY
    return windows_of(replace(history, last_complete=where.end), DAY_PERIOD, UTC)


class TestPercentage:
    @pytest.mark.parametrize(
        ("part", "base", "expected"),
        [
            (1, 3, "33.33"),
            (2, 3, "66.67"),
            (1, 20_000, "0.01"),  # 0.005: halves away from zero
            (-1, 20_000, "-0.01"),
            (1, 20_001, "0.00"),
            (-1, 20_001, "0.00"),  # and never "-0.00"
            (0, 5, "0.00"),
            (3, 2, "150.00"),
            (2**62, 1, str(2**62 * 100) + ".00"),
        ],
    )
    def test_has_two_decimals_halves_away_from_zero(
        self, part: int, base: int, expected: str
    ) -> None:
        assert str(percent(part, base)) == expected

    @pytest.mark.parametrize("base", [0, -1, -(2**62)])
    def test_of_nothing_is_unknown(self, base: int) -> None:
        assert percent(5, base) is None

    @settings(max_examples=1_000)
    @given(part=st.integers(-(2**70), 2**70), base=st.integers(1, 2**70))
    @example(part=1_000_000_000_000_000_000, base=3)
    @example(part=2**62 - 1, base=2**62)
    def test_is_exact_for_the_largest_counters(self, part: int, base: int) -> None:
        exact = 10_000 * Fraction(abs(part), base)
        found = percent(part, base)
        assert found == Decimal(half_up(exact) * (-1 if part < 0 else 1)).scaleb(-2)

    def test_is_of_the_videos_that_are_still_there(self) -> None:
        growth = growth_of(
            video((24, 200), (48, 250)),
            video((24, 9_800), may_carry=False),
            video((48, 50), published=30),
        )
        assert (growth.growth, growth.previous) == (100, 10_000)
        assert growth.percentage == Decimal("50.00")

    def test_is_null_where_everything_is_new(self) -> None:
        growth = growth_of(video((48, 50), published=30))
        assert (growth.growth, growth.percentage, growth.reason) == (50, None, None)


class TestChangeAgainstThePeriodBefore:
    def test_is_a_number_of_its_own(self) -> None:
        growth = growth_of(video((0, 100), (24, 200), (48, 350)))
        assert (growth.growth, growth.before) == (150, 100)
        assert growth.change == Decimal("50.00")
        assert growth.percentage == Decimal("75.00")

    def test_may_be_negative(self) -> None:
        assert growth_of(video((0, 100), (24, 200), (48, 210))).change == Decimal("-90.00")

    @pytest.mark.parametrize("earlier", [200, 300])
    def test_is_null_where_nothing_was_gained_before(self, earlier: int) -> None:
        growth = growth_of(video((0, earlier), (24, 200), (48, 350)))
        assert growth.before == 200 - earlier
        assert growth.change is None

    def test_is_null_where_the_period_before_is_unknown(self) -> None:
        growth = growth_of(video((24, 200), (48, 350)))
        assert (growth.growth, growth.before, growth.change) == (150, None, None)

    def test_is_null_where_the_captures_do_not_reach_back(self) -> None:
        now = ledger_of([video((24, 200), (48, 350))], DAY_1)
        growth = video_counter_growth("views", measured(DAY_1), now, None)
        assert (growth.before, growth.change) == (None, None)


class TestNull:
    def test_before_the_first_capture(self) -> None:
        growth = growth_of(where=None, history=History(0, None, None))
        assert growth.reason == Reason("no_capture")
        assert (growth.growth, growth.current, growth.is_increase) == (None, None, None)

    def test_with_partial_captures_only(self) -> None:
        assert windows_of(History(2, None, None), DAY_PERIOD, UTC).reason == Reason("no_complete")

    def test_after_one_capture_says_when_it_will_be_ready(self) -> None:
        history = History(1, at(48), at(48))
        growth = growth_of(video((48, 350)), history=history)
        assert growth.reason == Reason("one_capture", ready_at=at(72))
        assert (growth.growth, growth.percentage, growth.current) == (None, None, 350)

    def test_while_the_window_begins_before_the_first_complete_capture(self) -> None:
        history = History(2, at(24) + 901, at(48))
        growth = growth_of(video((24, 200), (48, 350)), history=history)
        assert growth.reason == Reason("not_ready", ready_at=at(48) + 901)

    @pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Asia/Kolkata", "Africa/Casablanca"])
    @pytest.mark.parametrize("period", [*PERIODS, *LONGER_PERIODS], ids=lambda each: each.label)
    @pytest.mark.parametrize("begun", [0, 1, 12, 23.5])
    def test_ends_at_the_instant_that_was_promised(
        self, period: Period, zone: str, begun: float
    ) -> None:
        reason = windows_of(History(2, at(begun), at(begun + 1)), period, ZoneInfo(zone)).reason
        assert reason is not None
        ready = reason.ready_at
        assert ready is not None
        sooner, then = (History(3, at(begun), at_last) for at_last in (ready - 1, ready))
        late = ready - 1 - NEAR_READING_SECONDS  # a first capture just after the start will do
        assert windows_of(replace(sooner, last_complete=late), period, ZoneInfo(zone)).reason
        assert windows_of(then, period, ZoneInfo(zone)).reason is None

    def test_of_a_counter_that_the_source_does_not_give(self) -> None:
        growth = growth_of(video())
        assert growth.reason == Reason("not_counted")
        assert (growth.growth, growth.current) == (None, None)

    def test_of_a_counter_that_the_source_no_longer_gives(self) -> None:
        growth = growth_of(
            video((24, 200), may_carry=False, uncounted=True),
            video((24, 0), may_carry=False, uncounted=True),
        )
        assert growth.reason == Reason("not_counted")
        assert (growth.growth, growth.current) == (None, None)

    @pytest.mark.parametrize(
        ("known", "reason"), [(900, None), (899, Reason("low_coverage")), (1_000, None)]
    )
    def test_where_too_little_of_the_gains_is_measured(
        self, known: int, reason: Reason | None
    ) -> None:
        growth = growth_of(video((24, 0), (48, known)), video((48, 1_000 - known)))
        assert growth.reason == reason
        assert growth.current == 1_000
        assert (growth.growth is None) is (reason is not None)
        assert growth.coverage == known / 1_000

    def test_published_videos_do_not_count_as_unknown(self) -> None:
        growth = growth_of(video((24, 1), (48, 2)), video((48, 1_000), published=30))
        assert (growth.growth, growth.coverage) == (1_001, 1.0)

    def test_not_where_a_video_is_listed_without_a_count(self) -> None:
        """So many that it matters make the capture a partial one."""
        kept = video((24, 800), (48, 810))
        growth = growth_of(kept, video((24, 200), may_carry=False, uncounted=True))
        assert (growth.growth, growth.coverage) == (10, 1.0)

    def test_not_of_videos_that_are_gone(self) -> None:
        growth = growth_of(video((24, 200), may_carry=False))
        assert growth.reason is None
        assert (growth.current, growth.growth, growth.percentage) == (0, 0, None)

    def test_a_total_of_zero_is_a_number(self) -> None:
        growth = growth_of(video((0, 0), (24, 0), (48, 0)))
        assert (growth.current, growth.growth, growth.percentage) == (0, 0, None)
        assert growth.is_increase is False


class TestEstimated:
    steady = video((0, 100_000), (24, 200_000), (48, 350_000))

    def test_is_not_said_of_nightly_readings_at_both_ends(self) -> None:
        assert growth_of(self.steady).estimated == ()

    def test_between_two_nights(self) -> None:
        assert growth_of(self.steady, where=window(12, 36)).estimated == ("interpolated",)

    def test_with_a_video_carried_forward(self) -> None:
        carried = video((24, 1_000_000), (40, 1_500_000))
        assert growth_of(self.steady, carried).estimated == ("carried",)
        little = video((24, 100_000), (40, 150_000))
        assert growth_of(self.steady, little).estimated == ()

    def test_with_a_partial_capture_since(self) -> None:
        history = replace(NIGHTLY, partial_since=True)
        estimated = growth_of(self.steady, history=history, where=window(12, 36)).estimated
        assert estimated == ("interpolated", "partial")
        assert growth_of(self.steady, history=history).estimated == ()

    @pytest.mark.parametrize(("gain", "estimated"), [(710, ()), (709, ("resolution",))])
    def test_where_half_the_range_is_above_a_tenth_of_the_growth(
        self, gain: int, estimated: tuple[str, ...]
    ) -> None:
        growth = growth_of(video((24, 20_000), (48, 20_000 + gain)), rounding=Rounding.WEB)
        assert growth.resolution == 100
        assert growth.estimated == estimated

    def test_where_many_counters_that_stand_still_hide_more_than_the_root_of_their_steps(
        self,
    ) -> None:
        moving = [video((24, 895_000), (48, 900_000))] * 30
        still = [video((24, 10_000), (48, 10_000))] * 1_000
        growth = growth_of(*moving, *still, rounding=Rounding.WEB)
        assert growth.growth == 150_000
        assert growth.resolution < 15_000
        assert growth.range is not None
        assert growth.range[1] > 200_000
        assert growth.estimated == ("resolution",)

    def test_a_change_below_the_resolution_is_not_zero(self) -> None:
        growth = growth_of(video((24, 2_000_000), (48, 2_000_000)), rounding=Rounding.WEB)
        assert (growth.growth, growth.resolution, growth.below_resolution) == (0, 100_000, True)

    def test_counters_that_stand_still_hide_no_more_than_such_videos_gain(self) -> None:
        moving = [video((24, 900_000), (48, 909_000))] * 20
        still = [video((24, 1_200_000), (48, 1_200_000))] * 12
        growth = growth_of(*moving, *still, rounding=Rounding.WEB)
        assert (growth.growth, growth.below_resolution) == (180_000, False)
        assert growth.high is not None
        assert 180_000 + 11_000 * 12 < growth.high < 180_000 + 16_000 * 12
        assert growth.estimated == ("resolution",)

    def test_an_exact_zero_is_not_below_anything(self) -> None:
        assert not growth_of(video((24, 5), (48, 5))).below_resolution


class TestStale:
    @pytest.mark.parametrize(("late", "stale"), [(2 * DAY, False), (2 * DAY + 1, True)])
    def test_is_older_than_two_cadences(self, late: int, stale: bool) -> None:
        assert is_stale(NIGHTLY, at(48) + late, DAY) is stale

    def test_cannot_be_said_without_a_capture(self) -> None:
        assert not is_stale(History(0, None, None), at(48), DAY)


class TestFollowers:
    SERIES = hours((0, 1_000), (24, 1_100), (48, 1_050))

    def test_may_fall(self) -> None:
        growth = follower_growth(measured(DAY_1), self.SERIES, Rounding.EXACT)
        assert (growth.current, growth.previous, growth.growth) == (1_050, 1_100, -50)
        assert growth.percentage == Decimal("-4.55")
        assert (growth.before, growth.change) == (100, Decimal("-150.00"))
        assert (growth.low, growth.high) == (-50, -50)
        assert growth.is_increase is False

    def test_have_no_ledger(self) -> None:
        assert follower_growth(measured(DAY_1), self.SERIES, Rounding.EXACT).ledger is None

    def test_are_interpolated_with_a_range(self) -> None:
        growth = follower_growth(measured(window(12, 36)), self.SERIES, Rounding.EXACT)
        assert (growth.growth, growth.estimated) == (1_075 - 1_050, ("interpolated",))
        assert (growth.low, growth.high) == (25 - 56, 25 + 56)  # 50 and 25, as squares

    def test_are_estimated_where_only_the_end_lies_between_readings(self) -> None:
        growth = follower_growth(Windows(window(24, 36)), self.SERIES, Rounding.EXACT)
        assert growth.estimated == ("interpolated",)

    def test_without_readings_are_null(self) -> None:
        growth = follower_growth(measured(DAY_1), [], Rounding.EXACT)
        assert (growth.current, growth.growth, growth.reason) == (None, None, Reason("not_counted"))

    def test_without_a_reading_at_the_end_keep_their_last_and_are_estimated(self) -> None:
        growth = follower_growth(measured(DAY_1), self.SERIES[:2], Rounding.EXACT)
        assert (growth.current, growth.growth, growth.estimated) == (1_100, 0, ("carried",))
        assert (growth.low, growth.high) == (-100, 100)  # as much as in the day before

    def test_long_without_a_reading_are_null(self) -> None:
        growth = follower_growth(measured(DAY_1), hours((-12, 9)), Rounding.EXACT)
        assert (growth.current, growth.reason) == (None, Reason("not_measured"))

    def test_without_a_reading_at_the_start_are_null(self) -> None:
        growth = follower_growth(measured(DAY_1), self.SERIES[2:], Rounding.EXACT)
        assert (growth.current, growth.reason) == (1_050, Reason("not_measured"))

    def test_wait_for_the_first_complete_capture(self) -> None:
        history = History(2, at(30), at(48))
        growth = follower_growth(measured(DAY_1, history), self.SERIES, Rounding.EXACT)
        assert growth.reason == Reason("not_ready", ready_at=at(54))

    def test_from_zero_have_no_percentage(self) -> None:
        growth = follower_growth(measured(DAY_1), hours((24, 0), (48, 9)), Rounding.EXACT)
        assert (growth.growth, growth.percentage) == (9, None)

    def test_of_a_source_that_rounds(self) -> None:
        series = hours((24, 1_000_000), (48, 1_100_000))
        growth = follower_growth(measured(DAY_1), series, Rounding.WEB)
        assert (growth.resolution, growth.estimated) == (100_000, ("resolution",))

    @pytest.mark.parametrize(("now", "gain"), [(1_230_000, 0), (1_240_000, 10_000)])
    def test_of_a_count_cut_to_three_digits(self, now: int, gain: int) -> None:
        series = hours((24, 1_230_000), (48, now))
        growth = follower_growth(measured(DAY_1), series, Rounding.THREE_DIGITS)
        assert (growth.growth, growth.resolution) == (gain, 10_000)
        assert (growth.low, growth.high) == (gain - 10_000, gain + 10_000)
        assert growth.below_resolution is (gain == 0)
        assert growth.estimated == ("resolution",)


def test_a_growth_carries_its_ledger_whole() -> None:
    growth = growth_of(video((24, 1_000), (36, 990), (48, 1_200)), video((30, 9), (48, 10)))
    assert isinstance(growth.ledger, Ledger)
    assert adds_up(growth.ledger)
    assert (growth.current, growth.previous) == (growth.ledger.current, growth.ledger.previous)
    assert growth.growth == growth.ledger.growth
    assert growth.window is not None
    assert growth.window.seconds == 24 * HOUR


class TestTheWindowOfAHistory:
    """Nightly captures come some seconds sooner or later; that must not hide a day's growth."""

    @staticmethod
    def after(seconds: int) -> Window | None:
        """The 24-hour window of two captures, a day and ``seconds`` apart."""
        return windows_of(History(2, at(0), at(24) + seconds), DAY_PERIOD, UTC).window

    def test_is_as_long_as_the_period(self) -> None:
        assert self.after(60) == Window(at(0) + 60, at(24) + 60)

    @pytest.mark.parametrize("early", [1, 5, 900])
    def test_begins_at_the_first_capture_if_that_came_just_after_its_start(
        self, early: int
    ) -> None:
        assert self.after(-early) == Window(at(0), at(24) - early)

    def test_is_not_cut_shorter_than_that(self) -> None:
        found = self.after(-901)
        assert found == Window(at(0) - 901, at(24) - 901)
        reason = windows_of(History(2, at(0), at(24) - 901), DAY_PERIOD, UTC).reason
        assert reason is not None
        assert (reason.code, reason.ready_at) == ("not_ready", at(24))

    def test_the_period_before_is_given_the_same_grace(self) -> None:
        history = History(3, at(0), at(48) - 5)
        assert windows_of(history, DAY_PERIOD, UTC).before == Window(at(0), at(24) - 5)

    def test_there_is_none_before_the_captures(self) -> None:
        assert windows_of(History(2, at(0), at(24)), DAY_PERIOD, UTC).before is None
