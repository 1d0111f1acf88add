"""The rhythm of an account by the hours of its local clock."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshot_core.growth.rhythms.rhythm import (
    FLOOR,
    HourlyGains,
    hourly_gains,
    learn,
    learn_without,
    normal,
    pool,
)
from snapshot_core.growth.shape import Rhythm, Shares
from snapshot_core.windows import DAY, HOUR, instant
from tests.growth import shape_oracle

BERLIN = ZoneInfo("Europe/Berlin")
MIDNIGHT = instant(datetime(2025, 6, 1, tzinfo=BERLIN))

Bracket = tuple[int, int, int]


def by_hour(brackets: list[Bracket], zone: ZoneInfo) -> HourlyGains:
    begins, ends, gains = np.array(brackets, np.int64).reshape(-1, 3).T
    return hourly_gains(begins, ends, gains, zone)


def learned(brackets: list[Bracket], zone: ZoneInfo, pooled: Shares | None = None) -> Rhythm | None:
    return learn(by_hour(brackets, zone), zone, pooled)


def every_three_hours(days: int, gain_of_hour: int = 30) -> list[Bracket]:
    """Readings every 3 h from midnight; the second half of each day gains three times as much."""
    return [
        (at, at + 3 * HOUR, gain_of_hour * (9 if (at - MIDNIGHT) % DAY >= DAY // 2 else 3))
        for at in range(MIDNIGHT, MIDNIGHT + days * DAY, 3 * HOUR)
    ]


def test_is_the_gain_an_hour_beside_the_mean() -> None:
    rhythm = learned(every_three_hours(2), BERLIN)
    assert rhythm is not None
    # Of each hour in two days: (30 + 30 + 60 / 4) / 2.25 before noon, (90 + 90 + 60 / 4) / 2.25.
    assert rhythm.hours[:12] == pytest.approx(100 / 3 / 60)
    assert rhythm.hours[12:] == pytest.approx(260 / 3 / 60)


def test_the_pooled_rhythm_stands_in_for_a_quarter_of_each_hour() -> None:
    pooled = normal(np.arange(24.0))
    few, many = (learned(every_three_hours(days), BERLIN, pooled) for days in (2, 60))
    assert few is not None
    assert many is not None
    assert few.hours[23] > many.hours[23] > many.hours[12] > few.hours[12]
    assert many.hours[12:].mean() == pytest.approx(1.5, abs=0.01)


@pytest.mark.parametrize(("hours", "known"), [(39, False), (42, True)])
def test_needs_forty_hours(hours: int, known: bool) -> None:
    assert (learned(every_three_hours(2)[: hours // 3], BERLIN) is not None) is known


def test_needs_every_hour_of_the_clock() -> None:
    brackets = every_three_hours(30)
    assert learned([b for b in brackets if (b[0] - MIDNIGHT) % DAY], BERLIN) is None


def test_needs_a_gain() -> None:
    assert learned(every_three_hours(3, gain_of_hour=0), BERLIN) is None
    assert learned([], BERLIN) is None


def test_brackets_wider_than_a_quarter_past_three_hours_tell_nothing() -> None:
    brackets = every_three_hours(3)
    wide = [(b[0], b[0] + 3 * HOUR + 901, 10**9) for b in brackets]
    with_wide, without = learned(brackets + wide, BERLIN), learned(brackets, BERLIN)
    assert with_wide is not None
    assert without is not None
    assert with_wide.hours.tolist() == without.hours.tolist()


def test_the_pooled_rhythm_is_taken_where_too_little_was_read() -> None:
    pooled = normal(np.arange(24.0))
    rhythm = learned(every_three_hours(1), BERLIN, pooled)
    assert rhythm is not None
    assert rhythm.hours.tolist() == pooled.tolist()


def test_accounts_are_pooled_by_their_medians() -> None:
    usual = every_three_hours(3)
    viral = [(begin, end, gain + 10**6 * (begin == MIDNIGHT)) for begin, end, gain in usual]
    popular = [(begin, end, 100 * gain) for begin, end, gain in usual]
    gains = [by_hour(brackets, BERLIN) for brackets in (usual, popular, viral)]
    pooled, alone = pool(gains), pool(gains[:1])
    assert pooled is not None
    assert alone is not None
    assert pooled == pytest.approx(alone)
    assert pool([]) is None


def test_a_rhythm_can_be_tried_on_what_it_was_not_learned_from() -> None:
    days = every_three_hours(4)
    odd = [(begin, end, gain + 10**6) for begin, end, gain in days[-8:-7]]
    whole, part = by_hour(days[:-8] + odd, BERLIN), by_hour(odd, BERLIN)
    tried, expected = learn_without(whole, part, BERLIN), learned(days[:-8], BERLIN)
    assert tried is not None
    assert expected is not None
    assert tried.hours == pytest.approx(expected.hours)


def test_no_rhythm_is_tried_where_none_is_learned() -> None:
    little = by_hour(every_three_hours(1), BERLIN)
    assert learn_without(little, little, BERLIN) is None


def test_no_hour_is_without_gain() -> None:
    nights = [(b[0], b[1], b[2] * ((b[0] - MIDNIGHT) % DAY > 0)) for b in every_three_hours(60)]
    rhythm = learned(nights, BERLIN)
    assert rhythm is not None
    assert rhythm.hours.min() == FLOOR


def test_two_videos_of_a_bracket_are_one_gain() -> None:
    whole = every_three_hours(2)
    halves = [(begin, end, gain // 2) for begin, end, gain in whole for _ in range(2)]
    expected, rhythm = learned(whole, BERLIN), learned(halves, BERLIN)
    assert expected is not None
    assert rhythm is not None
    assert rhythm.hours == pytest.approx(expected.hours)


@settings(max_examples=25, deadline=None)
@given(
    zone=st.sampled_from(("UTC", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu")),
    start=st.sampled_from(((2025, 3, 29), (2025, 10, 25), (2026, 4, 4))),
    steps=st.lists(
        st.tuples(st.integers(600, 13_000), st.integers(-50, 5_000)), min_size=2, max_size=40
    ),
    pooled=st.none() | st.lists(st.floats(0.05, 4), min_size=24, max_size=24),
)
def test_is_what_the_minutes_add_up_to(
    zone: str,
    start: tuple[int, int, int],
    steps: list[tuple[int, int]],
    pooled: list[float] | None,
) -> None:
    at, brackets = instant(datetime(*start, tzinfo=UTC)), []
    for seconds, gain in steps:
        brackets.append((at, at + seconds, gain))
        at += seconds
    place = ZoneInfo(zone)
    prior = None if pooled is None else np.array(pooled)
    rhythm = learned(brackets, place, prior)
    expected = shape_oracle.learned(brackets, place, pooled) or pooled
    assert (rhythm is None) is (expected is None)
    if rhythm is not None:
        assert rhythm.hours == pytest.approx(expected, rel=1e-9)
