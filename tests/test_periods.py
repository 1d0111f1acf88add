"""Periods that roll are elapsed seconds; longer ones and dates of one's own follow the calendar."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshot_core.periods import (
    ALL,
    LONGER_PERIODS,
    PERIOD_NAMES,
    PERIODS,
    Days,
    Period,
    dates,
    period,
)
from snapshot_core.windows import DAY, HOUR, Window, instant, midnight

BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"))
DAYS = st.dates(date(2020, 1, 1), date(2027, 12, 31))
INSTANTS = st.integers(1_577_836_800, 1_830_000_000)


def berlin(text: str) -> int:
    return instant(datetime.fromisoformat(text).replace(tzinfo=BERLIN))


class TestNames:
    @pytest.mark.parametrize(
        ("name", "days"),
        [("24h", 1), ("7d", 7), ("30d", 30), (1, 1), ("7", 7), ("90", 90), (365, 365)],
    )
    def test_are_days_too(self, name: str | int, days: int) -> None:
        named = period(name)
        assert isinstance(named, Days)
        assert named.days == days

    @pytest.mark.parametrize("name", ["", "2", 0, "24", "1d", True, -7, "None", "ALL"])
    def test_of_others_are_told(self, name: str | int) -> None:
        with pytest.raises(ValueError, match="use 24h, 7d, 30d, 90d, 1y or all"):
            period(name)

    @pytest.mark.parametrize("name", [*PERIOD_NAMES, "2026-01-01..2026-01-31", "2026-01-01.."])
    def test_lead_back_to_the_period(self, name: str) -> None:
        assert period(name).label == name

    @pytest.mark.parametrize(
        ("name", "wrong"),
        [
            ("2026-02-30..2026-03-01", "'2026-02-30' is not a day"),
            ("..2026-03-01", "'' is not a day"),
            ("2026-03-01..yesterday", "'yesterday' is not a day"),
            ("2026-03-02..2026-03-01", "2026-03-01 is before 2026-03-02"),
            ("0001-01-01..", "0001-01-01 is no day of ours"),
            ("2026-01-01..9999-12-31", "9999-12-31 is no day of ours"),
        ],
    )
    def test_of_wrong_days_are_told(self, name: str, wrong: str) -> None:
        with pytest.raises(ValueError, match=wrong):
            period(name)

    def test_are_said_as_people_say_them(self) -> None:
        said = [f"{each.phrase}; {each.compared_words}" for each in (*PERIODS, *LONGER_PERIODS)]
        assert said == [
            "in 24 hours; the 24 hours before",
            "in 7 days; the 7 days before",
            "in 30 days; the 30 days before",
            "in 90 days; the 90 days before",
            "in 365 days; the 365 days before",
        ]
        january = dates(date(2026, 1, 1), date(2026, 1, 31))
        assert january.phrase == "from 2026-01-01 to 2026-01-31"
        assert january.compared_words == "the 31 days before"
        assert january.compared("year").compared_words == "the same time a year before"
        assert dates(date(2026, 1, 1)).phrase == "since 2026-01-01"
        assert ALL.phrase == "since tracking began"


class TestThoseThatRoll:
    @pytest.mark.parametrize("change", ["2025-03-30T12:00", "2025-10-26T12:00"])
    @pytest.mark.parametrize("length", PERIODS, ids=lambda each: each.label)
    def test_are_as_long_as_ever_across_a_change_of_the_clocks(
        self, change: str, length: Days
    ) -> None:
        end = berlin(change)
        assert length.window(0, end, BERLIN) == Window(end - length.days * DAY, end)

    @given(end=INSTANTS, zone=ZONES, length=st.sampled_from(PERIODS))
    def test_are_compared_with_as_much_time_before(self, end: int, zone: str, length: Days) -> None:
        window = length.window(0, end, ZoneInfo(zone))
        assert length.window_compared(window, ZoneInfo(zone)) == window.before


class TestWholeDays:
    def test_begin_at_a_local_midnight_and_end_now(self) -> None:
        end = berlin("2026-05-01T15:30")
        quarter, year = LONGER_PERIODS
        assert quarter.window(0, end, BERLIN) == Window(berlin("2026-01-31T00:00"), end)
        assert year.window(0, end, BERLIN) == Window(berlin("2025-05-01T00:00"), end)

    @given(end=INSTANTS, zone=ZONES, length=st.sampled_from(LONGER_PERIODS))
    def test_are_so_many_days_and_what_there_is_of_today(
        self, end: int, zone: str, length: Days
    ) -> None:
        window = length.window(0, end, ZoneInfo(zone))
        begin, last = (datetime.fromtimestamp(at, ZoneInfo(zone)) for at in (window.start, end))
        assert (begin.hour, begin.minute, begin.second) == (0, 0, 0)
        assert (last.date() - begin.date()).days == length.days


class TestAll:
    def test_is_from_the_first_capture_to_the_last_and_compared_with_nothing(self) -> None:
        assert ALL.window(5, 500, BERLIN) == Window(5, 500)
        assert ALL.window_compared(Window(5, 500), BERLIN) is None


class TestDates:
    MARCH = dates(date(2026, 3, 1), date(2026, 3, 31))

    def test_run_from_midnight_to_midnight(self) -> None:
        window = self.MARCH.window(0, berlin("2026-06-01T00:00"), BERLIN)
        assert window == Window(berlin("2026-03-01T00:00"), berlin("2026-04-01T00:00"))
        assert window.seconds == 31 * DAY - HOUR  # the clocks went forward

    def test_end_at_the_last_capture_where_that_comes_sooner(self) -> None:
        last = berlin("2026-03-09T20:00")
        assert self.MARCH.window(0, last, BERLIN) == Window(berlin("2026-03-01T00:00"), last)
        assert dates(date(2026, 3, 1)).window(0, last, BERLIN) == Window(
            berlin("2026-03-01T00:00"), last
        )

    def test_are_none_where_they_begin_after_the_last_capture(self) -> None:
        assert self.MARCH.window(0, berlin("2026-03-01T00:00"), BERLIN) is None

    def test_are_compared_with_as_many_days_before(self) -> None:
        window = self.MARCH.window(0, berlin("2026-06-01T00:00"), BERLIN)
        assert window is not None
        before = Window(berlin("2026-01-29T00:00"), berlin("2026-03-01T00:00"))
        assert self.MARCH.window_compared(window, BERLIN) == before

    def test_that_are_not_over_are_compared_with_as_much_time_before(self) -> None:
        window = self.MARCH.window(0, berlin("2026-03-09T20:00"), BERLIN)
        assert window is not None
        assert self.MARCH.window_compared(window, BERLIN) == window.before

    @given(since=DAYS, length=st.integers(1, 400), zone=ZONES)
    def test_name_whole_days_in_any_zone(self, since: date, length: int, zone: str) -> None:
        chosen = dates(since, since + timedelta(length - 1))
        place = ZoneInfo(zone)
        window = chosen.window(0, 2_000_000_000, place)
        assert window == Window(midnight(since, place), midnight(since + timedelta(length), place))
        before = chosen.window_compared(window, place)
        assert before == Window(midnight(since - timedelta(length), place), window.start)


class TestComparedWithAYearAgo:
    @pytest.mark.parametrize(
        ("at", "year_before"),
        [
            ("2026-05-01T15:30", "2025-05-01T15:30"),
            ("2024-02-29T12:00", "2023-02-28T12:00"),
            ("2026-03-29T12:00", "2025-03-29T12:00"),  # other sides of the change of the clocks
        ],
    )
    def test_is_the_same_clock_on_the_same_date(self, at: str, year_before: str) -> None:
        length = PERIODS[0].compared("year")
        window = length.window(0, berlin(at), BERLIN)
        compared = length.window_compared(window, BERLIN)
        assert compared is not None
        assert compared.end == berlin(year_before)

    @given(
        end=INSTANTS, chosen=st.sampled_from((*PERIODS, *LONGER_PERIODS, dates(date(2019, 12, 1))))
    )
    def test_never_overlaps_what_it_is_compared_with_by_more_than_the_days_do(
        self, end: int, chosen: Period
    ) -> None:
        window = chosen.window(0, end, BERLIN)
        assert window is not None
        compared = chosen.compared("year").window_compared(window, BERLIN)
        assert compared is not None
        assert 364 * DAY < window.end - compared.end < 367 * DAY
        assert abs(compared.seconds - window.seconds) <= DAY + 2 * HOUR

    def test_or_with_nothing(self) -> None:
        nothing = PERIODS[0].compared("none")
        assert nothing.window_compared(Window(0, DAY), BERLIN) is None
