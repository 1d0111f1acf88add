"""Growth as a line over time: what charts and sparklines are drawn from."""

from datetime import date
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from snapshot_core.growth.gain_line import DAILY_GAP, GainLine
from snapshot_core.windows import DAY, HOUR, midnight
from tests.support.builders import at

BERLIN = ZoneInfo("Europe/Berlin")

totals = st.lists(
    st.tuples(st.integers(0, 10**9), st.integers(0, 10**6), st.integers(0, 10**6)),
    min_size=2,
    max_size=12,
)


def line(*rows: tuple[float, int, int, int]) -> GainLine:
    """From ``(hours, total, entered, left)``."""
    return GainLine.from_totals(
        (at(hour), total, entered, left) for hour, total, entered, left in rows
    )


class TestTheGainBetweenCaptures:
    def test_is_the_rise_of_the_total(self) -> None:
        assert line((0, 100, 0, 0), (24, 130, 0, 0)).points[-1] == (at(24), 30)

    def test_leaves_out_what_entered_with_a_past(self) -> None:
        assert line((0, 100, 0, 0), (24, 1_130, 1_000, 0)).points[-1] == (at(24), 30)

    def test_does_not_lose_what_left(self) -> None:
        assert line((0, 100, 0, 0), (24, 70, 0, 60)).points[-1] == (at(24), 30)

    def test_does_not_count_the_first_capture(self) -> None:
        assert line((0, 100, 100, 0)).points == [(at(0), 0)]

    @given(totals)
    def test_adds_up_to_the_change_of_the_total(self, rows: list[tuple[int, int, int]]) -> None:
        found = line(*((24 * n, *row) for n, row in enumerate(rows)))
        entered, left = sum(row[1] for row in rows[1:]), sum(row[2] for row in rows[1:])
        assert found.points[-1][1] == rows[-1][0] - rows[0][0] - entered + left


class TestTheGainSince:
    NIGHTS = line((0, 0, 0, 0), (24, 240, 0, 0), (48, 480, 0, 0))

    def test_begins_at_nothing_and_ends_at_the_gain(self) -> None:
        found = self.NIGHTS.since(at(12), at(48), DAY)
        assert found == [(at(12), 0), (at(24), 120), (at(48), 360)]

    def test_is_empty_where_the_start_is_unknown(self) -> None:
        assert self.NIGHTS.since(at(-1), at(48), DAY) == []

    def test_breaks_where_captures_are_missing(self) -> None:
        gappy = line((0, 0, 0, 0), (24, 240, 0, 0), (240, 999, 0, 0))
        gains = [gain for _, gain in gappy.since(at(0), at(240), 2 * DAY)]
        assert gains == [0, 240, None, 999]


class TestDays:
    def test_follow_the_local_midnight(self) -> None:
        first = midnight(date(2026, 11, 20), BERLIN)
        found = GainLine([(first - HOUR, 0), (first + 23 * HOUR, 240), (first + 47 * HOUR, 480)])
        day = found.days(first, first + 47 * HOUR, BERLIN)[0]
        assert (day.date, day.growth, day.hours) == (date(2026, 11, 20), 240, 24)

    def test_are_unknown_across_too_wide_a_gap(self) -> None:
        first = midnight(date(2026, 11, 20), BERLIN)
        found = GainLine([(first, 0), (first + DAILY_GAP + HOUR, 100)])
        days = found.days(first, first + DAILY_GAP, BERLIN)
        assert [day.growth for day in days] == [None, None, None]

    def test_today_counts_so_far(self) -> None:
        first = midnight(date(2026, 11, 20), BERLIN)
        found = GainLine([(first, 0), (first + DAY, 10), (first + DAY + HOUR, 13)])
        today = found.days(first, first + DAY + HOUR, BERLIN)[-1]
        assert (today.growth, today.so_far) == (3, True)

    def test_a_window_that_ends_at_midnight_has_no_day_after_it(self) -> None:
        first = midnight(date(2026, 11, 20), BERLIN)
        found = GainLine([(first, 0), (first + DAY, 10)])
        assert [day.growth for day in found.days(first, first + DAY, BERLIN)] == [10]

    def test_of_a_clock_change_have_their_own_length(self) -> None:
        change = midnight(date(2026, 10, 25), BERLIN)
        found = GainLine([(change, 0), (change + 25 * HOUR, 250)])
        assert found.days(change, change + 25 * HOUR, BERLIN)[0].hours == 25

    def test_read_off_far_from_a_capture_are_estimated(self) -> None:
        first = midnight(date(2026, 11, 20), BERLIN)
        noon = GainLine([(first - DAY // 2, 0), (first + DAY // 2, 24), (first + 3 * DAY // 2, 48)])
        assert noon.days(first, first + DAY, BERLIN)[0].estimated

    @given(st.lists(st.integers(0, 10**12), min_size=3, max_size=30))
    def test_add_up_to_the_whole_line(self, counts: list[int]) -> None:
        first = midnight(date(2026, 11, 1), ZoneInfo("UTC"))
        points = [(first + n * DAY, count) for n, count in enumerate(counts)]
        found = GainLine.from_readings(points).days(first, points[-1][0], ZoneInfo("UTC"))
        assert sum(day.growth or 0 for day in found) == counts[-1] - counts[0]
