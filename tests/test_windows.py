"""Windows are elapsed seconds; only calendar days follow the clock on the wall."""

from datetime import UTC, date, datetime, timedelta, timezone
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapshot_core.windows import DAY, HOUR, Window, instant, iso, local_date, local_days, midnight

BERLIN = ZoneInfo("Europe/Berlin")


def utc(text: str) -> int:
    return instant(datetime.fromisoformat(text))


def test_the_window_before_is_as_long_and_ends_where_this_one_starts() -> None:
    window = Window(1_000, 87_400)
    assert window.before == Window(1_000 - 86_400, 1_000)


@pytest.mark.parametrize(
    ("days", "max_gap"),
    [(1, 50 * HOUR), (2, 50 * HOUR), (7, 84 * HOUR), (30, 15 * DAY), (365, 15 * DAY)],
)
def test_max_gap_is_half_the_window_between_50_hours_and_15_days(days: int, max_gap: int) -> None:
    assert Window(0, days * DAY).max_gap == max_gap


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2025, 3, 30), 23),
        ("Europe/Berlin", date(2025, 10, 26), 25),
        ("Europe/Berlin", date(2025, 6, 1), 24),
        ("America/New_York", date(2025, 3, 9), 23),
        ("America/New_York", date(2025, 11, 2), 25),
        ("Australia/Lord_Howe", date(2025, 4, 6), 24.5),
        ("Africa/Cairo", date(2025, 4, 25), 23),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),
        ("America/Sao_Paulo", date(2018, 2, 17), 25),
        ("America/Havana", date(2025, 11, 2), 25),
        ("America/Nuuk", date(2025, 3, 29), 23),
        ("UTC", date(2025, 3, 30), 24),
    ],
)
def test_a_local_day_has_the_hours_that_its_clock_gives_it(
    zone: str, day: date, hours: float
) -> None:
    start = midnight(day, ZoneInfo(zone))
    (only,) = local_days(start, start + HOUR, ZoneInfo(zone))
    assert (only.date, only.hours) == (day, hours)


@pytest.mark.parametrize(
    ("zone", "day", "first"),
    [
        ("Africa/Cairo", date(2025, 4, 25), "2025-04-24T22:00:00Z"),  # 00:00 becomes 01:00
        ("America/Sao_Paulo", date(2018, 11, 4), "2018-11-04T03:00:00Z"),
        ("Asia/Beirut", date(2025, 3, 30), "2025-03-29T22:00:00Z"),
        ("America/Havana", date(2025, 11, 2), "2025-11-02T04:00:00Z"),  # midnight comes twice
    ],
)
def test_where_midnight_is_skipped_or_comes_twice_the_day_begins_at_its_first_moment(
    zone: str, day: date, first: str
) -> None:
    begin = midnight(day, ZoneInfo(zone))
    assert iso(begin) == first
    assert local_date(begin, ZoneInfo(zone)) == day
    assert local_date(begin - 1, ZoneInfo(zone)) == day - timedelta(days=1)


def test_a_day_that_never_was_is_left_out() -> None:
    apia = ZoneInfo("Pacific/Apia")
    days = list(local_days(utc("2011-12-29T12:00:00-10:00"), utc("2011-12-31T12:00+14:00"), apia))
    assert [day.date.day for day in days] == [29, 31]
    assert [day.hours for day in days] == [24, 24]


@settings(max_examples=1_000)
@given(
    zone=st.sampled_from(
        ["Europe/Berlin", "Africa/Cairo", "America/Sao_Paulo", "Australia/Lord_Howe", "UTC"]
    ),
    start=st.integers(utc("2015-01-01T00:00Z"), utc("2035-01-01T00:00Z")),
    length=st.integers(0, 40 * DAY),
)
def test_local_days_lie_end_to_end_and_cover_the_span(zone: str, start: int, length: int) -> None:
    days = list(local_days(start, start + length, ZoneInfo(zone)))
    assert days[0].start <= start < days[0].end
    assert days[-1].start <= start + length < days[-1].end
    assert all(one.end == following.start for one, following in pairwise(days))
    for day in days:
        assert local_date(day.start, ZoneInfo(zone)) == day.date
        assert local_date(day.end - 1, ZoneInfo(zone)) == day.date
        assert day.hours in (23, 23.5, 24, 24.5, 25)


@settings(max_examples=1_000)
@given(
    at=st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001
    offset=st.integers(-14 * 60, 14 * 60),
)
def test_an_instant_is_the_same_whatever_offset_it_is_told_in(at: datetime, offset: int) -> None:
    moment = at.replace(tzinfo=UTC)
    told = moment.astimezone(timezone(timedelta(minutes=offset)))
    assert instant(told) == instant(moment)
    assert utc(iso(instant(told))) == instant(told)


def test_the_fraction_of_a_second_is_cut_off() -> None:
    assert utc("2025-10-09T00:00:00.999999Z") == utc("2025-10-09T00:00:00Z")


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="no UTC offset"):
        instant(datetime(2025, 10, 9))  # noqa: DTZ001


def test_the_same_instant_is_another_day_elsewhere() -> None:
    at = utc("2025-10-09T23:30:00Z")
    assert local_date(at, ZoneInfo("UTC")) == date(2025, 10, 9)
    assert local_date(at, BERLIN) == date(2025, 10, 10)
