"""A day on which a platform redefined a counter: said beside the number, marked on the charts."""

from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from snapshot_core.periods import PERIODS, Period
from snapshot_core.sources.definitions import breaks_in
from snapshot_core.store.accounts import Account
from snapshot_core.store.database import Store
from snapshot_core.store.videos import find_video
from snapshot_core.view.documents.days import Daily
from snapshot_core.view.documents.fields import json_object
from snapshot_core.view.documents.growth import Growth
from snapshot_core.view.overview import Overview, overview
from snapshot_core.view.video import VideoView, video_view
from snapshot_core.view.videos_table import video_table
from snapshot_core.view.wording.growth import doubts
from snapshot_core.windows import DAY, Window, instant
from tests.support.readings import video_reading
from tests.support.stock import capture, local_accounts, make_account, stocked
from ui.overview import charts as overview_charts
from ui.overview.cards import growth_cards
from ui.overview.gain_chart import gain_chart
from ui.video import charts as video_charts

UTC = ZoneInfo("UTC")
DAY_PERIOD, WEEK, MONTH = PERIODS
ALL_FORMATS = date(2026, 8, 27)
SHORTS = date(2025, 3, 31)
SENTENCE = (
    "since 27 Aug 2026 YouTube counts every start of any video as a view, so not all of this is "
    "growth"
)


def midnight(day: date) -> int:
    return instant(datetime(day.year, day.month, day.day, tzinfo=UTC))


BREAK = midnight(ALL_FORMATS)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    with stocked(sqlite_url) as made:
        yield made


def nights(store: Store, account: Account, first: int, count: int, *, extra: str = "") -> None:
    """A night each; ``extra`` is published on the last day but one."""
    for night in range(count):
        at = first + night * DAY
        listed = {"a": 1_000 + 100 * night}
        if extra and night >= count - 1:
            made = video_reading(extra, 70, published_at=at - DAY // 2)
            capture(store, account, at, {**listed, extra: made})
        else:
            capture(store, account, at, listed)


def see(store: Store, account: Account | None, period: Period, now: int) -> Overview:
    accounts = local_accounts(store)
    with store.read() as connection:
        return overview(connection, accounts, account, period, now, UTC)


def story(store: Store, account: Account, video: str, period: Period, now: int) -> VideoView:
    with store.read() as connection:
        video_id = find_video(connection, account.key, video)
        return video_view(connection, account, video_id, period, now, UTC)


class TestTable:
    @pytest.mark.parametrize(
        ("platform", "metric", "days"),
        [
            ("youtube", "views", [SHORTS, ALL_FORMATS]),
            ("youtube", "likes", []),
            ("public", "views", []),
        ],
    )
    def test_names_the_days_of_a_platform_and_counter(
        self, platform: str, metric: str, days: list[date]
    ) -> None:
        always = Window(midnight(date(2020, 1, 1)), midnight(date(2030, 1, 1)))
        assert [each.day for each in breaks_in(platform, metric, always)] == days

    @pytest.mark.parametrize(
        ("start", "end", "crossed"),
        [
            (BREAK - 9 * DAY, BREAK, False),
            (BREAK + 2 * DAY, BREAK + 9 * DAY, False),
            (BREAK - DAY, BREAK + 2 * DAY, True),
            # Nobody knows the instant: a window that ends or begins on the day is in doubt.
            (BREAK - DAY, BREAK + DAY // 2, True),
            (BREAK + DAY // 2, BREAK + 2 * DAY, True),
        ],
    )
    def test_a_window_crosses_the_day_as_a_whole(self, start: int, end: int, crossed: bool) -> None:
        assert bool(breaks_in("youtube", "views", Window(start, end))) is crossed


class TestNumber:
    def test_across_the_day_is_estimated_and_says_so(self, store: Store) -> None:
        account = make_account(store, "one", "youtube")
        nights(store, account, BREAK - 20 * DAY, 24)
        now = BREAK + 3 * DAY
        seen = see(store, account, WEEK, now)
        growth = seen.cards["views"].growth
        assert (growth.growth, growth.estimated, growth.before) == (700, ("definition",), None)
        beside = doubts(growth, now)
        assert beside is not None
        assert SENTENCE in beside.sentence
        told = json_object(Growth.of(seen))["growth"]
        assert told["views"]["estimated"] == ["definition"]
        assert told["views"]["breaks"][0]["day"] == "2026-08-27"
        assert SENTENCE in told["views"]["texts"]["doubts"]
        assert told["likes"]["breaks"] == []
        # A day later than the day itself is of one ruler, and is compared with nothing before it.
        day = see(store, account, DAY_PERIOD, now).cards["views"].growth
        assert (day.growth, day.estimated) == (100, ())

    def test_a_period_after_it_is_not_compared_with_one_across_it(self, store: Store) -> None:
        account = make_account(store, "one", "youtube")
        nights(store, account, BREAK - 10 * DAY, 20)
        growth = see(store, account, WEEK, BREAK + 9 * DAY).cards["views"].growth
        assert (growth.growth, growth.estimated) == (700, ())
        assert (growth.before, growth.change) == (None, None)
        # On the card, too: there is something earlier, but it was counted differently.
        together = see(store, None, WEEK, BREAK + 9 * DAY)
        views, likes = growth_cards(together).split("data-counter=")[1:3]
        assert "counted differently before" in views
        assert "counted differently before" not in likes

    def test_of_several_accounts_is_that_of_the_one_that_crosses_it(self, store: Store) -> None:
        for source in ("youtube", "public"):
            nights(store, make_account(store, source, source), BREAK - 20 * DAY, 24)
        now = BREAK + 3 * DAY
        assert see(store, None, WEEK, now).cards["views"].growth.estimated == ("definition",)
        _, public = local_accounts(store)
        assert see(store, public, WEEK, now).cards["views"].growth.estimated == ()

    def test_a_video_published_after_it_does_not_cross_it(self, store: Store) -> None:
        account = make_account(store, "one", "youtube")
        nights(store, account, BREAK - 20 * DAY, 24, extra="new")
        now = BREAK + 3 * DAY
        assert story(store, account, "a", WEEK, now).growth["views"].estimated == ("definition",)
        assert story(store, account, "new", WEEK, now).growth["views"].estimated == ()
        with store.read() as connection:
            rows = video_table(connection, local_accounts(store), WEEK, now, UTC).rows
        by_name = {row.about.platform_id: row.growth["views"].estimated for row in rows}
        assert by_name == {"a": ("definition",), "new": ()}


class TestCharts:
    def test_mark_the_day(self, store: Store) -> None:
        account = make_account(store, "one", "youtube")
        nights(store, account, BREAK - 20 * DAY, 24)
        now = BREAK + 3 * DAY
        seen = see(store, account, WEEK, now)
        pages = story(store, account, "a", WEEK, now)
        gained = gain_chart(seen, "views")
        daily = overview_charts.daily_chart(seen, "views")
        total = video_charts.history_chart(pages, "views")
        of_video = video_charts.daily_chart(pages, "views")
        for chart in (gained, daily, total, of_video):
            lines = [shape for shape in chart.figure.layout.shapes if shape.type == "line"]
            assert len(lines) == 1
            assert "27 Aug 2026: YouTube counts every start" in chart.heading
        assert gained.figure.layout.shapes[0].x0 == "2026-08-27T07:00:00"
        assert daily.figure.layout.shapes[0].x0 == "2026-08-26T12:00:00"
        # The day itself is no growth that could be read.
        days = {day.date: day.views.estimated for day in Daily.of(seen).days}
        assert days[ALL_FORMATS]
        assert not days[date(2026, 8, 25)]

    def test_name_each_day_once_however_few_there_are(self, store: Store) -> None:
        account = make_account(store, "one", "youtube")
        nights(store, account, BREAK, 3)
        pages = story(store, account, "a", WEEK, BREAK + 3 * DAY)
        total = video_charts.history_chart(pages, "views").figure.layout.xaxis
        assert total.tickformat == "%H:%M\n%-d %b"  # the day only where it changes
        for nightly in (3, 24):
            nights(store, account, BREAK + (nightly - 3) * DAY, nightly)
            pages = story(store, account, "a", WEEK, BREAK + 30 * DAY)
            axis = video_charts.daily_chart(pages, "views").figure.layout.xaxis
            assert axis.dtick % 86_400_000 == 0
        assert video_charts.history_chart(pages, "views").figure.layout.xaxis.tickformat == "%-d %b"

    def test_of_other_counters_and_sources_have_no_mark(self, store: Store) -> None:
        account = make_account(store, "one", "public")
        nights(store, account, BREAK - 20 * DAY, 24)
        seen = see(store, account, WEEK, BREAK + 3 * DAY)
        for chart in (
            gain_chart(seen, "views"),
            overview_charts.daily_chart(seen, "views"),
        ):
            assert not chart.figure.layout.shapes
            assert "tg-break" not in chart.heading
