"""How far a growth may be from the truth."""

from math import sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshot_core.growth.shape import Rhythm
from snapshot_core.growth.uncertainty import (
    MIN_CASES,
    NO_CASES,
    Cases,
    Margin,
    carried_margin,
    cases,
    learned_factor,
    margins,
    spread,
    total_margin,
)
from snapshot_core.growth.value import NEVER
from snapshot_core.windows import DAY, HOUR

ODDS = st.floats(0, 1e12)
MARGINS = st.builds(Margin, ODDS, ODDS)


def no_rhythm(_left: int, _right: int) -> Rhythm | None:
    return None


def of(*counts: int) -> np.typing.NDArray[np.int64]:
    return np.array(counts, np.int64)


class TestMargin:
    @given(MARGINS, MARGINS, MARGINS)
    def test_adds_in_any_order(self, a: Margin, b: Margin, c: Margin) -> None:
        first, second = (a + b) + c, c + (b + a)
        assert first.below == pytest.approx(second.below)
        assert first.above == pytest.approx(second.above)
        assert a + Margin() == a

    def test_of_independent_errors_adds_as_squares(self) -> None:
        assert Margin(3, 5) + Margin(4, 12) == Margin(5, 13)

    def test_of_a_start_is_turned_round(self) -> None:
        assert -Margin(1, 2) == Margin(2, 1)

    def test_stays_inside_hard_bounds(self) -> None:
        assert Margin(10, 10).within(4, 30) == Margin(4, 10)
        assert Margin(10, 10).within(-1, 0) == Margin(0, 0)


class TestSpread:
    def test_half_a_day_from_both_readings_is_the_whole_gain(self) -> None:
        assert spread(of(800), np.array([0.5]), of(DAY)).tolist() == [800]

    def test_is_nothing_at_a_reading(self) -> None:
        assert spread(of(800, 800), np.array([0.0, 1.0]), of(DAY, DAY)).tolist() == [0, 0]

    def test_of_a_fall_is_as_wide(self) -> None:
        assert spread(of(-800), np.array([0.5]), of(DAY)).tolist() == [800]

    def test_weighs_chance_more_in_a_shorter_bracket(self) -> None:
        day, hours = spread(of(800, 100), np.array([0.5, 0.5]), of(DAY, DAY // 8)).tolist()
        assert hours == pytest.approx(day / 4)  # an eighth of the gain, and twice as uncertain


class TestMargins:
    def test_are_cut_at_the_readings(self) -> None:
        below, above = margins(1.0, np.array([50.0, 50.0]), of(110, 110), of(100, 0), of(200, 130))
        assert (below.tolist(), above.tolist()) == ([10, 50], [50, 20])

    def test_of_a_total_is_that_of_an_error_shared_by_all(self) -> None:
        spreads, counts = np.array([100.0, 300.0]), of(1_000, 2_000)
        total = total_margin(0.1, spreads, counts, counts - 500, counts + 500)
        assert total == Margin(40, 40)
        assert total_margin(9.0, spreads, counts, counts - 5, counts + 500) == Margin(10, 1_000)

    def test_of_carried_counts_is_what_was_missed(self) -> None:
        margin = carried_margin(of(1_000, 20), np.array([100.0, np.inf]), of(DAY // 4, HOUR), DAY)
        assert margin == Margin(0, 25 + 20)


class TestCases:
    def test_readings_of_a_straight_line_are_guessed_without_error(self) -> None:
        at = np.arange(0, 5 * DAY, 3 * HOUR)
        counts = np.stack((at // 60, at // 600), axis=1)
        learned = cases(at, counts, of(NEVER, NEVER), no_rhythm)
        assert learned.totals.max() == pytest.approx(0, abs=1e-9)
        assert learned.days == 5
        assert len(learned.videos) == 2 * len(learned.totals)

    def test_an_error_is_told_by_its_spread(self) -> None:
        counts = of(0, 300, 500, 750, 1_000)[:, None]  # 50 off after a quarter of a day
        learned = cases(np.arange(5) * DAY // 4, counts, of(NEVER), no_rhythm)
        assert learned.totals == pytest.approx([50 / (2_000 * sqrt(3 / 16)), 0, 0])

    def test_errors_of_several_videos_may_cancel_in_the_total(self) -> None:
        counts = np.array([[0, 0], [300, 200], [500, 500], [750, 750], [1_000, 1_000]])
        learned = cases(np.arange(5) * DAY // 4, counts, of(NEVER, NEVER), no_rhythm)
        assert learned.totals[0] == pytest.approx(0, abs=1e-9)
        assert learned.videos[:2].min() > 0

    def test_unread_and_falling_counters_tell_nothing(self) -> None:
        at = np.arange(5) * DAY // 4
        assert cases(at, np.full((5, 1), -1), of(NEVER), no_rhythm) == NO_CASES
        assert cases(at, of(9, 8, 7, 6, 5)[:, None], of(NEVER), no_rhythm) == NO_CASES

    def test_nights_alone_tell_nothing(self) -> None:
        nights = np.arange(40) * DAY
        assert cases(nights, nights[:, None], of(NEVER), no_rhythm) == NO_CASES

    def test_the_rhythm_is_asked_for_without_the_days_it_is_tried_on(self) -> None:
        asked = []

        def without(left: int, right: int) -> Rhythm | None:
            asked.append(right - left)
            return None

        at = np.arange(0, 2 * DAY, 6 * HOUR)
        cases(at, at[:, None], of(NEVER), without)
        assert asked == [DAY] * 4

    def test_nine_of_ten_lie_inside_the_factor(self) -> None:
        errors = np.abs(np.random.default_rng(1).normal(size=5_000))
        factor = learned_factor(errors, days=1_000)
        assert factor == pytest.approx(1.645, abs=0.05)

    def test_few_days_widen_it(self) -> None:
        ratios = np.ones(40)
        assert learned_factor(ratios, days=3) == pytest.approx(sqrt(4 / 3))

    def test_too_few_cases_give_none(self) -> None:
        assert learned_factor(np.ones(MIN_CASES - 1), days=4) is None
        assert learned_factor(np.ones(MIN_CASES), days=4) is not None

    def test_those_of_several_accounts_are_pooled(self) -> None:
        one = Cases(np.ones(3), np.ones(2), 1)
        both = one + NO_CASES + one
        assert (len(both.videos), len(both.totals), both.days) == (6, 4, 2)
