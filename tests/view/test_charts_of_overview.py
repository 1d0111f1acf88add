"""What the charts of the Overview are drawn from: curves, bars, publications."""

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapshot_core.growth.charts.bars import bars
from snapshot_core.growth.charts.curves import unread_stretches
from snapshot_core.growth.gain_line import GainLine
from snapshot_core.growth.several_accounts import sum_of_curves
from snapshot_core.store.database import Store
from snapshot_core.view.documents.growth import Growth
from snapshot_core.view.wording.sentence.overview import overview_sentence
from snapshot_core.windows import DAY, HOUR, Window
from tests.support.readings import video_reading
from tests.support.stock import capture, local_accounts, make_account, stocked
from tests.view.test_overview import DAY_PERIOD, FIRST, UTC, WEEK, nights, see


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with stocked(database_url) as made:
        yield made


class TestUnreadStretches:
    def test_a_day_between_two_nights_is_unread(self, store: Store) -> None:
        account = make_account(store, "one")
        nights(store, account, *range(100, 110))
        view = see(store, account, DAY_PERIOD)
        assert view.window is not None
        assert view.curves["views"].unread == [view.window]

    def test_in_a_week_only_a_missed_night_is(self, store: Store) -> None:
        account = make_account(store, "one")
        for night in range(12):
            if night != 8:
                capture(store, account, FIRST + night * DAY, {"a": 100 + night})
        unread = see(store, account, WEEK).curves["views"].unread
        assert unread == [Window(FIRST + 7 * DAY, FIRST + 9 * DAY)]

    def test_six_hours_of_a_day_are_not(self, store: Store) -> None:
        account = make_account(store, "one")
        for quarter in range(9):
            capture(store, account, FIRST + quarter * DAY // 4, {"a": 100 + quarter})
        assert see(store, account, DAY_PERIOD).curves["views"].unread == []

    def test_of_two_accounts_the_one_that_gained_decides(self) -> None:
        hourly = [(hour * HOUR, 100 * hour) for hour in range(25)]
        window = Window(0, DAY)
        for gain, unread in ((10, []), (5_000, [window])):
            nightly = [(0, 0), (DAY, gain)]
            curves = [hourly, nightly]
            assert unread_stretches(curves, sum_of_curves(curves), window) == unread

    def test_a_broken_line_is_not_dashed_as_well(self) -> None:
        broken = [(0, 0), (5 * DAY, None), (10 * DAY, 100)]
        assert unread_stretches([broken], broken, Window(0, 10 * DAY)) == []

    @given(st.lists(st.integers(1, 90), min_size=1, max_size=30), st.integers(1, 3))
    def test_lie_in_the_curve_in_order_and_end_on_its_points(
        self, hours: list[int], count: int
    ) -> None:
        at, points = 0, [(0, 0)]
        for number, length in enumerate(hours):
            at += length * HOUR
            points.append((at, number * number))
        curves = [points] * count
        stretches = unread_stretches(curves, sum_of_curves(curves), Window(0, at))
        ends = {instant for instant, _ in points}
        assert all({each.start, each.end} <= ends for each in stretches)
        assert all(a.end <= b.start for a, b in pairwise(stretches))
        limit = min(36 * HOUR, at // 3)
        assert bool(stretches) == (max(hours) * HOUR > limit)


class TestBars:
    def test_the_day_that_the_period_begins_in_is_split(self, store: Store) -> None:
        account = make_account(store, "one")
        for quarter in range(4 * 9 + 3):  # up to 18:00 … 00:00, 06:00, 12:00
            capture(store, account, FIRST + quarter * DAY // 4, {"a": 1_000 + 10 * quarter})
        card = see(store, account, WEEK).cards["views"]
        shown = [bar for bar in card.bars if bar.day.growth is not None]
        # The week began at 12:00 of a day; of the first there are 12 hours before it.
        assert [(bar.before, bar.inside) for bar in shown] == [
            *[(40, 0)] * 2, (20, 20), *[(0, 40)] * 6, (0, 20),
        ]  # fmt: skip
        assert sum(bar.inside or 0 for bar in shown) == card.growth.growth == 280
        assert [bar.day for bar in card.bars] == list(card.days)

    def test_a_day_that_is_not_known_has_neither_part(self, store: Store) -> None:
        account = make_account(store, "one")
        for night in (0, 1, 2, 6, 7, 8, 9):
            capture(store, account, FIRST + night * DAY, {"a": 100 + night})
        shown = see(store, account, WEEK).cards["views"].bars
        assert {(bar.before, bar.inside) for bar in shown if bar.day.growth is None} == {
            (None, None)
        }

    @given(
        st.lists(st.integers(-50, 200), min_size=20, max_size=40),
        st.integers(0, 6 * 24),
    )
    def test_the_parts_of_all_days_are_what_the_line_rises_in_the_period(
        self, gains: list[int], later: int
    ) -> None:
        points, total = [(0, 0)], 0
        for number, gain in enumerate(gains, 1):
            total += gain
            points.append((number * 8 * HOUR, total))
        line, end = GainLine(points), points[-1][0]
        days = line.days(0, end, UTC)
        window = Window(later * HOUR, end)
        first, last = line.at(window.start, DAY), line.at(end, DAY)
        assert first is not None
        assert last is not None
        parts = [bar.inside or 0 for bar in bars(days, [line], window, UTC)]
        assert sum(parts) == last.count - first.count


class TestPublications:
    def test_are_those_in_the_period_with_their_titles(self, store: Store) -> None:
        account = make_account(store, "one")
        nights(store, account, *range(100, 104))
        fresh = video_reading("d", views=500, published_at=FIRST + 3 * DAY + HOUR, title="Fresh")
        old = video_reading("e", views=500, published_at=FIRST - DAY, title="Old")
        capture(store, account, FIRST + 4 * DAY, {"a": 104, "b": 1_000, "d": fresh, "e": old})
        (mark,) = see(store, account).publications
        assert (mark.at, mark.title) == (FIRST + 3 * DAY + HOUR, "Fresh")


class TestANewAccount:
    @pytest.fixture
    def view_of(self, store: Store) -> Store:
        account = make_account(store, "new")
        for hours, count in ((0, 1_000), (3, 1_100), (11, 1_300), (19, 1_412)):
            reading = video_reading("a", views=count, title="Tram 28")
            capture(store, account, FIRST + hours * HOUR, {"a": reading, "b": 50})
        return store

    def test_has_curve_bars_and_videos_of_what_is_known(self, view_of: Store) -> None:
        (account,) = local_accounts(view_of)
        view = see(view_of, account, WEEK, now=FIRST + 20 * HOUR)
        growth = view.cards["views"].growth
        assert growth.growth is None
        assert growth.known.growth == 412
        curve = view.curves["views"]
        assert curve.now == [
            (FIRST, 0), (FIRST + 3 * HOUR, 100), (FIRST + 11 * HOUR, 300), (FIRST + 19 * HOUR, 412)
        ]  # fmt: skip
        assert curve.unread == [
            Window(FIRST + 3 * HOUR, FIRST + 11 * HOUR),
            Window(FIRST + 11 * HOUR, FIRST + 19 * HOUR),
        ]
        assert view.shown_window("views") == Window(FIRST, FIRST + 19 * HOUR)
        assert [bar.inside for bar in view.cards["views"].bars if bar.inside] == [412]
        (top,) = view.top_videos
        assert (top.about.title, top.growth["views"].growth) == ("Tram 28", 412)
        assert overview_sentence(view).text == (
            "+412 views since tracking began, 19 h ago. Tram 28 made all of it."
        )
        # The period itself stays unknown.
        assert Growth.of(view).growth.views.growth is None

    def test_is_not_in_the_numbers_of_all(self, view_of: Store) -> None:
        nights(view_of, make_account(view_of, "old"), *range(100, 110))
        view = see(view_of, None, WEEK, now=FIRST + 9 * DAY + HOUR)
        assert view.cards["views"].growth.accounts == 1
        assert {row.account.name for row in view.top_videos} <= {"old"}
