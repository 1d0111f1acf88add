"""90 days, a year, all there is, and days of one's own: over captures that do not end with them."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from snapshot_core.growth.history import Reason
from snapshot_core.periods import ALL, LONGER_PERIODS, PERIODS, Period, dates, period
from snapshot_core.store.accounts import Account
from snapshot_core.store.database import Store
from snapshot_core.view.documents.growth import Growth
from snapshot_core.view.overview import Overview, overview
from snapshot_core.view.video import video_view
from snapshot_core.view.videos_table import video_table
from snapshot_core.view.wording.growth import reason
from snapshot_core.windows import DAY, HOUR, Window, midnight
from tests.support.readings import video_reading
from tests.support.stock import capture, local_accounts, make_account, stocked

BERLIN = ZoneInfo("Europe/Berlin")
FIRST_DAY = date(2025, 3, 1)
FIRST = midnight(FIRST_DAY, BERLIN)
QUARTER, YEAR = LONGER_PERIODS
A_DAY = 24
"""Views that a video of these accounts gains each day, one an hour."""


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    with stocked(sqlite_url) as made:
        yield made


def see(store: Store, chosen: Period, account: Account | None = None) -> Overview:
    accounts = local_accounts(store)
    with store.read() as connection:
        return overview(connection, accounts, account, chosen, FIRST + 500 * DAY, BERLIN)


def steady(store: Store, name: str, nights: int, begun: int = FIRST, each: int = 1) -> Account:
    """An account read at the same hour of UTC on one of ``each`` nights, from ``begun`` on."""
    account = make_account(store, name)
    for night in range(0, nights, each):
        capture(store, account, begun + night * DAY, {"a": A_DAY * night}, followers=A_DAY * night)
    return account


class TestOfOneAccount:
    @pytest.mark.parametrize(("chosen", "days"), [(QUARTER, 90), (YEAR, 365)])
    def test_whole_days_begin_at_a_midnight(self, store: Store, chosen: Period, days: int) -> None:
        account = steady(store, "one", 381, FIRST - HOUR, each=5)  # 23:00, in summer midnight
        view = see(store, chosen, account)
        assert view.window is not None
        hours = (view.window.end - view.window.start) / HOUR
        assert days * 24 <= hours <= days * 24 + 24
        for counter in ("views", "followers"):
            growth = view.cards[counter].growth
            assert growth.growth == hours
            assert growth.reason is None
        assert len(view.cards["views"].days) == days + 1

    def test_days_of_ones_own_are_measured_from_midnight_to_midnight(self, store: Store) -> None:
        account = steady(store, "one", 60, FIRST + 9 * HOUR)
        chosen = dates(date(2025, 3, 20), date(2025, 4, 2))  # with a day of 23 hours
        view = see(store, chosen, account)
        begin = midnight(date(2025, 3, 20), BERLIN)
        assert view.window == Window(begin, midnight(date(2025, 4, 3), BERLIN))
        views = view.cards["views"].growth
        assert (views.growth, views.before) == (14 * A_DAY - 1, 14 * A_DAY)
        assert views.low is not None
        assert views.high is not None
        assert views.low <= 14 * A_DAY - 1 <= views.high
        assert [day.growth for day in view.cards["views"].days if day.hours == 23] == [23]
        assert sum(day.growth or 0 for day in view.cards["views"].days) == views.growth
        assert view.curves["views"].now[-1] == (view.window.end, views.growth)
        assert not view.stale  # what is past does not grow old

    def test_all_there_is_says_since_when(self, store: Store) -> None:
        account = steady(store, "one", 60)
        views = see(store, ALL, account).cards["views"].growth
        assert views.window == Window(FIRST, FIRST + 59 * DAY)
        assert (views.growth, views.before, views.reason) == (59 * A_DAY, None, None)

    def test_of_a_single_capture_there_is_none(self, store: Store) -> None:
        views = see(store, ALL, steady(store, "one", 1)).cards["views"].growth
        assert views.reason == Reason("one_capture")

    @pytest.mark.parametrize("days", [10, 40])
    def test_what_is_not_ready_says_when_and_what_is_known(self, store: Store, days: int) -> None:
        account = steady(store, "one", days)
        growth = see(store, YEAR, account).cards["views"].growth
        assert growth.reason == Reason("not_ready", midnight(date(2026, 3, 1), BERLIN))
        assert growth.since_tracking is not None
        assert growth.since_tracking.growth == (days - 1) * A_DAY

    def test_days_before_tracking_are_never_ready_but_tell_what_is_known(
        self, store: Store
    ) -> None:
        account = steady(store, "one", 20)
        view = see(store, dates(date(2025, 2, 1), date(2025, 3, 10)), account)
        growth = view.cards["views"].growth
        assert growth.reason == Reason("before_tracking")
        assert growth.since_tracking is not None
        assert growth.since_tracking.window == Window(FIRST, midnight(date(2025, 3, 11), BERLIN))
        assert reason(growth, view.period, BERLIN, view.now) == (
            "Tracking began later. Choose a later start. +240 since tracking began, 10 days."
        )

    def test_days_to_come_have_no_snapshot_yet(self, store: Store) -> None:
        view = see(store, dates(date(2026, 2, 1)), steady(store, "one", 20))
        assert view.cards["views"].growth.reason == Reason("not_reached")
        assert Growth.of(view).growth.views.message == (
            "There is no complete snapshot from then on yet."
        )

    def test_days_of_the_past_know_nothing_of_later_videos(self, store: Store) -> None:
        account = make_account(store, "account")
        for night in range(20):
            videos = {"old": video_reading("old", views=A_DAY * night)}
            if night > 10:
                begun = FIRST + 10 * DAY
                videos["later"] = video_reading("later", views=night, published_at=begun)
            capture(store, account, FIRST + night * DAY, videos)
        chosen, now = dates(date(2025, 3, 3), date(2025, 3, 6)), FIRST + 20 * DAY
        growths = see(store, chosen, account).cards
        assert growths["views"].growth.growth == 4 * A_DAY
        # What the source never gave is unknown then as now.
        assert growths["saves"].growth.reason == Reason("not_counted")
        with store.read() as connection:
            table = video_table(connection, [account], chosen, now, BERLIN)
            latest = video_table(connection, [account], PERIODS[0], now, BERLIN)
            (later,) = (row for row in latest.rows if row.about.platform_id == "later")
            view = video_view(connection, account, later.about.video_id, chosen, now, BERLIN)
        assert [row.about.platform_id for row in table.rows] == ["old"]
        assert table.count("published") == 0
        assert view.growth["views"].reason == Reason("not_published")

    def test_a_gap_of_more_than_15_days_is_not_guessed_over(self, store: Store) -> None:
        account = make_account(store, "one")
        for day in (0, 1, 18, 19, 40):
            capture(store, account, FIRST + day * DAY, {"a": day * A_DAY})
        chosen = dates(date(2025, 3, 10), date(2025, 4, 1))
        assert see(store, chosen, account).cards["views"].growth.growth is None


class TestComparison:
    def test_with_the_same_days_a_year_before(self, store: Store) -> None:
        account = make_account(store, "one")
        for night in (*range(30), *range(360, 380)):
            count = night if night < 30 else 3 * night
            capture(store, account, FIRST + night * DAY, {"a": count})
        view = see(store, PERIODS[1].compared("year"), account)
        assert view.window is not None
        views = view.cards["views"].growth
        assert (views.growth, views.before) == (21, 7)
        assert str(views.change) == "200.00"
        assert view.curves["views"].before[-1] == (view.window.end, 7)

    def test_with_nothing(self, store: Store) -> None:
        view = see(store, PERIODS[0].compared("none"), steady(store, "one", 9))
        views = view.cards["views"].growth
        assert (views.growth, views.before, views.change) == (A_DAY, None, None)
        assert not view.curves["views"].before


class TestOfSeveralAccounts:
    def test_all_there_is_of_each_adds_up(self, store: Store) -> None:
        steady(store, "old", 60)
        steady(store, "young", 10, FIRST + 50 * DAY)
        view = see(store, ALL)
        assert view.cards["views"].growth.growth == (59 + 9) * A_DAY
        assert view.left_out == []

    def test_an_account_that_began_within_the_days_is_named(self, store: Store) -> None:
        steady(store, "old", 60)
        steady(store, "young", 10, FIRST + 50 * DAY)
        view = see(store, dates(date(2025, 4, 15), date(2025, 4, 28)))
        assert view.cards["views"].growth.growth == 14 * A_DAY
        assert [(each.account, each.reason.code) for each in view.left_out] == [
            ("young", "before_tracking")
        ]


def test_on_either_database(database_url: str) -> None:
    with stocked(database_url) as store:
        account = steady(store, "one", 100, FIRST + 9 * HOUR, each=4)
        views = see(store, dates(date(2025, 3, 20), date(2025, 4, 2)), account).cards["views"]
        assert views.growth.growth == 14 * A_DAY - 1
        assert see(store, QUARTER, account).cards["views"].growth.growth == 90 * A_DAY + 9


@pytest.mark.parametrize("name", ["90d", "all", "2025-03-05..2025-04-04"])
def test_the_videos_say_the_same(store: Store, name: str) -> None:
    account = steady(store, "one", 121, FIRST + 3 * HOUR, each=3)
    chosen, now = period(name), FIRST + 121 * DAY
    with store.read() as connection:
        table = video_table(connection, [account], chosen, now, BERLIN)
        (row,) = table.rows
        story = video_view(connection, account, row.about.video_id, chosen, now, BERLIN)
    views = see(store, chosen, account).cards["views"].growth
    assert views.growth is not None
    assert row.growth["views"].growth == story.growth["views"].growth == views.growth
