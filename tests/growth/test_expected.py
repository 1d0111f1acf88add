"""What videos are expected to have gained, and the part of a growth that is measured."""

from math import log

import numpy as np
import pytest

from snapshot_core.growth.expected import coverage, expectation, expected_gains, missed_gains
from snapshot_core.growth.value import NEVER
from snapshot_core.windows import DAY, HOUR, Window

WINDOW = Window(100 * DAY, 101 * DAY)


def of(*counts: int) -> np.typing.NDArray[np.int64]:
    return np.array(counts, np.int64)


def expected(
    counts: list[int], gains: list[int], measured: list[bool], ages: list[int | None]
) -> list[float]:
    published = of(*(NEVER if age is None else WINDOW.end - age for age in ages))
    return expected_gains(of(*counts), of(*gains), np.array(measured), published, WINDOW).tolist()


def test_videos_of_one_age_gain_by_their_counts() -> None:
    ages: list[int | None] = [50 * DAY] * 3
    assert expected([1_000, 500, 4_000], [10, 99, 0], [True, False, False], ages) == pytest.approx(
        [10, 5, 40]
    )


def test_older_ones_gain_less() -> None:
    young, old = 2 * DAY, 99 * DAY
    gains = expected([1_000, 1_000], [300, 0], [True, False], [young, old])
    assert gains == pytest.approx([300, 300 * part_of_last_day(old) / part_of_last_day(young)])


def part_of_last_day(age: int) -> float:
    hours = age / HOUR
    return log((hours + 1) / (hours - 23)) / log(hours + 1)


def test_of_unknown_age_they_gain_as_the_others_on_average() -> None:
    assert expected([1_000, 1_000], [10, 0], [True, False], [9 * DAY, None]) == pytest.approx(
        [10, 10]
    )
    assert expected([1_000, 400], [10, 0], [True, False], [None, None]) == pytest.approx([10, 4])


def test_nothing_is_expected_where_nothing_is_measured() -> None:
    assert expected([5], [1], [False], [None]) == [np.inf]


def test_what_is_expected_is_off_by_what_measured_videos_are_off() -> None:
    counts, ages = of(1_000, 1_000, 1_000), of(*[NEVER] * 3)
    measured = np.array([True, True, False])
    told = expectation(counts, of(10, 30, 0), measured, ages, WINDOW)
    assert told.gains.tolist() == [20, 20, 20]
    # Two errors of a half, and one more video that is off by all.
    assert told.own == pytest.approx((2 * 0.5**2 + 1) / 2)
    assert told.shared == pytest.approx(told.own / 2)


def test_a_video_that_tells_the_pace_alone_may_be_off_by_all_of_it() -> None:
    told = expectation(of(1_000, 500), of(10, 0), np.array([True, False]), of(NEVER, NEVER), WINDOW)
    assert (told.own, told.shared) == (1, 1)


def test_falls_are_no_gains() -> None:
    assert expected([1_000, 1_000], [-10, 0], [True, False], [None, None]) == [0, 0]


@pytest.mark.parametrize(
    ("gained", "missed", "part"), [(90.0, 10.0, 0.9), (0.0, 0.0, 1.0), (0.0, 1.0, 0.0)]
)
def test_coverage_is_the_part_that_is_measured(gained: float, missed: float, part: float) -> None:
    assert coverage(gained, missed) == part


@pytest.mark.parametrize(("hours", "gain"), [(2.9, 77.0), (3, 80.0), (12, 20.0)])
def test_newly_tracked_videos_tell_for_themselves_after_three_hours(
    hours: float, gain: float
) -> None:
    first_at = of(int(WINDOW.end - hours * HOUR))
    gains = missed_gains(of(110), of(100), first_at, np.array([77.0]), WINDOW)
    assert gains.tolist() == [pytest.approx(gain)]


def test_newly_tracked_videos_that_lost_gained_nothing() -> None:
    assert missed_gains(of(90), of(100), of(WINDOW.start), np.array([7.0]), WINDOW).tolist() == [0]
