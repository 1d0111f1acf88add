"""How far rounding hides the truth of the growth of an account."""

from math import sqrt

import numpy as np
import pytest

from snapshot_core.growth.expected import Expectation
from snapshot_core.growth.listing import Counts
from snapshot_core.growth.margins import RoundingMargin, rounding_margin

HALF = 50_000
STEP = 2 * HALF
NOTHING_TELLS = Expectation(np.full(1, np.inf), 1.0, 1.0)


def of(*counts: int) -> Counts:
    return np.array(counts, np.int64)


def rounded(
    gains: list[int], expected: list[float], half: int = HALF, own: float = 1.0, shared: float = 0.0
) -> RoundingMargin:
    steps = np.full(len(gains), half)
    hidden = Expectation(np.array(expected), own, shared)
    return rounding_margin((steps, steps), (steps, steps), of(*gains), hidden)


def test_where_nothing_tells_both_ends_add_as_squares() -> None:
    margin = rounded([1_000_000], [np.inf])
    assert margin.shift == 0
    assert sqrt(margin.below) == pytest.approx(HALF * sqrt(2))
    assert margin.above == margin.below
    assert sqrt(margin.blur) == pytest.approx(STEP)
    assert margin.believed.tolist() == [1]


def test_different_videos_add_as_squares() -> None:
    margin = rounded([1_000_000] * 8, [np.inf] * 8)
    assert sqrt(margin.below) == pytest.approx(HALF * 4)


def test_a_counter_that_stands_still_gains_about_what_such_videos_gain() -> None:
    margin = rounded([0, 0], [1_000.0, 2_000.0])
    assert margin.shift == pytest.approx(3_000, rel=0.02)
    assert sqrt(margin.above) == pytest.approx(sqrt(3) * 1_000 * sqrt(5), rel=0.02)
    assert margin.read == 0


def test_a_full_step_is_hardly_believed_where_little_is_expected() -> None:
    margin = rounded([STEP], [5_000.0])
    assert margin.shift == pytest.approx(-0.95 * STEP, rel=0.06)
    assert margin.believed[0] == pytest.approx(0.1, abs=0.02)
    assert margin.read == STEP


def test_one_step_of_many_that_gain_little_is_about_what_they_gain() -> None:
    margin = rounded([STEP, *[0] * 9], [STEP / 10] * 10)
    assert margin.shift == pytest.approx(0, abs=1)
    assert sqrt(margin.below) < 0.6 * STEP


def test_a_gain_of_many_steps_is_believed_whatever_is_expected() -> None:
    margin = rounded([50 * STEP], [30.0 * STEP])
    assert abs(margin.shift) < STEP / 10
    assert sqrt(margin.below) == pytest.approx(HALF * sqrt(2), rel=0.01)
    assert margin.believed[0] == pytest.approx(1, abs=0.01)


def test_a_pace_that_is_not_sure_is_an_error_of_all() -> None:
    sure, unsure = (rounded([0] * 9, [1_000.0] * 9, shared=shared) for shared in (0, 0.25))
    assert unsure.above - sure.above == pytest.approx(3 * 0.25 * 9_000**2, rel=0.02)
    assert unsure.blur - sure.blur == pytest.approx(2 * 3 * 0.25 * 9_000**2, rel=0.02)


def test_a_fall_tells_by_its_readings_alone() -> None:
    margin = rounded([-STEP], [1_000.0])
    assert margin.shift == 0
    assert sqrt(margin.above) == pytest.approx(HALF * sqrt(2))


def test_a_counter_cut_down_is_a_whole_step_off_at_either_end() -> None:
    cut = of(0), of(100)
    margin = rounding_margin(cut, cut, of(500), NOTHING_TELLS)
    assert (sqrt(margin.below), sqrt(margin.above)) == (100, 100)


def test_exact_counters_have_none() -> None:
    margin = rounded([0, 12], [5.0, 5.0], half=0)
    assert (margin.shift, margin.below, margin.above, margin.blur) == (0, 0, 0, 0)
    assert margin.believed.tolist() == [1, 1]


def test_the_largest_counts_there_are_do_not_wrap() -> None:
    margin = rounded([2**62, 2**62], [np.inf, np.inf])
    assert margin.read == 2.0**63
    cut = of(0), of(10**16)
    assert rounding_margin(cut, cut, of(1), NOTHING_TELLS).blur == pytest.approx(1e32)


@pytest.mark.parametrize("ratio", [0.02, 0.1, 0.5, 2.0, 10.0])
def test_nine_of_ten_lie_inside_whatever_the_gains_are_to_the_step(ratio: float) -> None:
    """Exact counts of accounts of 30 videos, rounded as TikTok rounds."""
    random = np.random.default_rng(7)
    inside = []
    for _ in range(400):
        expected = random.uniform(0.5, 1.5, 30) * ratio * STEP
        truth = random.exponential(expected)
        begin = random.uniform(2e6, 9e6, 30)
        read = [np.rint(counts / STEP).astype(np.int64) * STEP for counts in (begin, begin + truth)]
        margin = rounded((read[1] - read[0]).tolist(), expected.tolist())
        error = float(truth.sum() - (read[1] - read[0]).sum())
        low, high = min(margin.shift, 0.0), max(margin.shift, 0.0)
        inside.append(low - sqrt(margin.below) <= error <= high + sqrt(margin.above))
    assert 0.88 <= np.mean(inside) <= 0.985
