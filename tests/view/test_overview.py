"""What the Overview says, from captures to the view, on both databases."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from snapshot_core.metrics import COUNTERS
from snapshot_core.periods import PERIODS, Period
from snapshot_core.store.accounts import Account, remove_account, set_cadence
from snapshot_core.store.database import Store
from snapshot_core.view.documents.days import Daily
from snapshot_core.view.documents.fields import json_object
from snapshot_core.view.documents.growth import Growth
from snapshot_core.view.overview import Overview, overview
from snapshot_core.view.wording.growth import reason_sentence
from snapshot_core.windows import DAY, HOUR
from tests.support.readings import video_reading
from tests.support.stock import capture, local_accounts, make_account, stocked
from ui.overview.charts import daily_chart

UTC = ZoneInfo("UTC")
FIRST = 1_700_006_400
"""2023-11-15T00:00:00Z, a midnight."""
DAY_PERIOD, WEEK, MONTH = PERIODS


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with stocked(database_url) as made:
        yield made


def see(
    store: Store, account: Account | None, period: Period = DAY_PERIOD, now: int | None = None
) -> Overview:
    accounts = local_accounts(store)
    with store.read() as connection:
        return overview(connection, accounts, account, period, now or FIRST + 60 * DAY, UTC)


def nights(store: Store, account: Account, *views: int, followers: int | None = None) -> None:
    for night, count in enumerate(views):
        fans = None if followers is None else followers + night
        capture(store, account, FIRST + night * DAY, {"a": count, "b": 1_000}, followers=fans)


class TestAnAccount:
    def test_growth_is_what_was_gained_since_the_start_of_the_window(self, store: Store) -> None:
        account = make_account(store, "one")
        nights(store, account, 100, 150, 350)
        views = see(store, account).cards["views"].growth
        assert (views.growth, views.current, views.previous) == (200, 1_350, 1_150)
        assert views.percentage == Decimal("17.39")
        assert views.change == Decimal("300.00")
        assert views.estimated == ()

    def test_subscribers_that_stand_still_between_two_steps_are_not_said_to(
        self, store: Store
    ) -> None:
        account = make_account(store, "one", "youtube")
        for night in range(9):  # 1,230,100 to 1,239,900, as YouTube shows them
            capture(store, account, FIRST + night * DAY, {"a": 1}, followers=1_230_000)
        for period in (DAY_PERIOD, WEEK):
            seen = see(store, account, period)
            growth = Growth.of(seen).growth.followers
            assert growth.range == (-10_000, 10_000)
            assert (growth.resolution, growth.percentage) == (10_000, None)
            assert growth.texts.gain == "< 10K"
            assert "resolution" in growth.estimated
            # Nor is a day on which they stood still one without any.
            days = [day.followers for day in Daily.of(seen).days]
            assert {(day.growth, day.resolution) for day in days if day.growth is not None} == {
                (0, 10_000)
            }
            assert "< 10K" in str(daily_chart(seen, "followers").figure.data[0].customdata)
        # Nor are days told more exactly of a period that is not ready.
        month = see(store, account, MONTH)
        assert month.cards["followers"].growth.reason is not None
        assert {day.resolution for day in month.cards["followers"].days} == {10_000}
        assert "< 10K" in str(daily_chart(month, "followers").figure.data[0].customdata)
        # What YouTube does not round is exact.
        assert seen.cards["views"].growth.resolution == 0

    def test_unknown_counters_are_null_and_say_so(self, store: Store) -> None:
        account = make_account(store, "one")
        nights(store, account, 100, 150)
        likes = see(store, account).cards["likes"].growth
        assert (likes.growth, likes.current) == (None, None)
        assert likes.reason is not None
        assert likes.reason.code == "not_counted"

    def test_followers_have_a_change_and_no_ledger(self, store: Store) -> None:
        account = make_account(store, "one")
        nights(store, account, 1, 2, 3, followers=500)
        fans = see(store, account).cards["followers"].growth
        assert (fans.growth, fans.current, fans.ledger) == (1, 502, None)

    def test_before_the_window_can_be_filled_it_says_when(self, store: Store) -> None:
        account = make_account(store, "one")
        nights(store, account, 100, 150)
        week = see(store, account, WEEK).cards["views"].growth
        assert week.growth is None
        assert week.reason is not None
        sentence = reason_sentence(week.reason, WEEK, UTC, FIRST + DAY)
        assert sentence.startswith("7-day growth will be ready on 22 Nov, 00:00")

    def test_without_captures_it_is_empty(self, store: Store) -> None:
        account = make_account(store, "one")
        view = see(store, account)
        assert (view.window, view.videos, view.top_videos) == (None, 0, [])
        assert {card.growth.growth for card in view.cards.values()} == {None}

    def test_old_numbers_are_stale(self, store: Store) -> None:
        account = make_account(store, "one")
        nights(store, account, 100, 150)
        assert not see(store, account, now=FIRST + 3 * DAY).stale
        assert see(store, account, now=FIRST + 3 * DAY + 1).stale

    @pytest.mark.parametrize(
        ("cadence", "hours"), [("hourly", 2), ("adaptive", 12), ("nightly", 48)]
    )
    def test_how_old_is_too_old_depends_on_how_often_it_is_read(
        self, store: Store, cadence: str, hours: int
    ) -> None:
        account = make_account(store, "one")
        nights(store, account, 100, 150)
        store.transact(lambda connection: set_cadence(connection, account.key, cadence))
        (account,) = local_accounts(store)
        just_fresh = FIRST + DAY + hours * HOUR
        assert not see(store, account, now=just_fresh).stale
        assert see(store, account, now=just_fresh + 1).stale

    def test_a_partial_capture_does_not_move_the_window(self, store: Store) -> None:
        account = make_account(store, "one")
        nights(store, account, 100, 150)
        capture(store, account, FIRST + DAY + HOUR, {"a": 999}, walked_to_end=False)
        view = see(store, account)
        assert view.window is not None
        assert view.window.end == FIRST + DAY
        assert view.cards["views"].growth.growth == 50
        # It is exact, if of a while ago: what the window's end tells.
        assert view.cards["views"].growth.estimated == ()


class TestTheCurve:
    def test_ends_on_the_figure_of_its_card(self, store: Store) -> None:
        account = make_account(store, "one")
        nights(store, account, *(100 + night * night for night in range(20)))
        view = see(store, account, WEEK)
        for name in ("views",):
            curve, growth = view.curves[name], view.cards[name].growth
            assert curve.now[0][1] == 0
            assert curve.now[-1][1] == growth.growth
            assert curve.before[-1][1] == growth.before
            assert view.window is not None
            assert (curve.before[0][0], curve.before[-1][0]) == (view.window.start, view.window.end)

    def test_days_add_up_to_the_week(self, store: Store) -> None:
        account = make_account(store, "one")
        nights(store, account, *(100 + night * night for night in range(20)))
        card = see(store, account, WEEK).cards["views"]
        assert sum(day.growth or 0 for day in card.days[-7:]) == card.growth.growth

    def test_days_hold_what_a_video_gained_over_a_capture_without_it(self, store: Store) -> None:
        account = make_account(store, "one")
        for night in range(10):
            views = {f"{n}": 1_000 + 10 * night for n in range(20)}
            if night == 6:
                del views["7"]
            capture(store, account, FIRST + night * DAY, views)
        card = see(store, account, WEEK).cards["views"]
        assert [day.growth for day in card.days[-7:]] == [200] * 7
        assert card.growth.growth == 7 * 200

    def test_days_lose_nothing_to_a_capture_without_a_counter(self, store: Store) -> None:
        account = make_account(store, "one")
        for night in range(10):
            likes = None if night == 5 else 500 + night
            of_all = [video_reading(name, views=1_000, likes=likes) for name in "abc"]
            at = FIRST + night * DAY
            capture(store, account, at, {one.platform_id: one for one in of_all})
        view = see(store, account, WEEK)
        assert [day.growth for day in view.cards["likes"].days[-7:]] == [3] * 7
        assert [gain for _, gain in view.curves["likes"].now] == [0, 3, 6, 9, 12, 15, 18, 21]

    def test_followers_counted_between_the_captures_are_read_off_their_line(
        self, store: Store
    ) -> None:
        account = make_account(store, "one")
        for night in range(4):
            capture(store, account, FIRST + night * DAY, {"a": 100})
            noon = FIRST + night * DAY + DAY // 2
            fans = 1_000 + 100 * night
            capture(store, account, noon, {}, followers=fans, walked_to_end=False)
        card = see(store, account).cards["followers"]
        assert (card.growth.growth, card.days[-1].growth) == (100, 100)


class TestTopVideos:
    def test_are_the_videos_that_gained_best_first(self, store: Store) -> None:
        account = make_account(store, "one")
        capture(store, account, FIRST, {"a": 10, "b": 10, "c": 10})
        fresh = video_reading("d", views=500, published_at=FIRST + HOUR, title="Fresh")
        capture(store, account, FIRST + DAY, {"a": 30, "b": 10, "c": 110, "d": fresh})
        top = see(store, account).top_videos
        gained = [(row.about.platform_id, row.growth["views"].growth) for row in top]
        assert gained == [("d", 500), ("c", 100), ("a", 20)]
        assert (top[0].about.title, top[0].line) == ("Fresh", "published")


class TestAllAccounts:
    def test_add_up(self, store: Store) -> None:
        for name in ("one", "two"):
            nights(store, make_account(store, name), 100, 150, 350, followers=10)
        view = see(store, None)
        assert view.cards["views"].growth.growth == 400
        assert view.cards["followers"].growth.growth == 2
        assert view.videos == 4

    def test_are_stale_where_all_are_and_name_those_that_are(self, store: Store) -> None:
        for name, cadence in (("one", "hourly"), ("two", "nightly")):
            account = make_account(store, name)
            nights(store, account, 100, 150)
            store.transact(partial(set_cadence, key=account.key, cadence=cadence))
        view = see(store, None, now=FIRST + DAY + 3 * HOUR)
        assert (view.stale, view.stale_accounts) == (False, ["one"])
        assert view.cards["views"].growth.stale_since is None
        view = see(store, None, now=FIRST + 4 * DAY)
        assert (view.stale, view.stale_accounts) == (True, ["one", "two"])
        assert view.cards["views"].growth.stale_since == FIRST + DAY

    def test_leave_the_sample_out_once_there_is_a_real_one(self, store: Store) -> None:
        nights(store, make_account(store, "Sample account", "sample"), 0, 10**6)
        assert see(store, None).cards["views"].growth.growth == 10**6
        nights(store, make_account(store, "mine"), 100, 150)
        assert see(store, None).cards["views"].growth.growth == 50

    def test_a_young_account_is_left_out_and_named(self, store: Store) -> None:
        nights(store, make_account(store, "old"), *range(10_000, 10_009))
        young = make_account(store, "young")
        capture(store, young, FIRST + 8 * DAY, {"y": 300})
        view = see(store, None, WEEK, now=FIRST + 8 * DAY + HOUR)
        ledger = view.cards["views"].growth.ledger
        assert ledger is not None
        assert (ledger.growth, ledger.newly_tracked) == (7, 0)
        (left_out,) = view.left_out
        assert (left_out.account, left_out.reason.ready_at) == ("young", FIRST + 15 * DAY)
        assert (view.summed_accounts, view.videos) == (1, 2)

    def test_a_night_that_one_of_them_missed_is_unknown_for_all(self, store: Store) -> None:
        one, two = make_account(store, "one"), make_account(store, "two")
        for night in range(9):
            if not 3 <= night <= 5:
                capture(store, one, FIRST + night * DAY, {"a": 100 * night})
            capture(store, two, FIRST + night * DAY, {"b": 10 * night})
        days = see(store, None, WEEK).cards["views"].days
        assert [day.growth for day in days[-8:]] == [110, 110, None, None, None, None, 110, 110]

    def test_one_that_stopped_is_unknown_and_not_nothing(self, store: Store) -> None:
        one, two = make_account(store, "one"), make_account(store, "two")
        for night in range(-8, 9):
            if night < 5:
                capture(store, one, FIRST + night * DAY, {"a": 1_000 + 100 * night})
            capture(store, two, FIRST + night * DAY, {"b": 100 + 10 * night})
        days = see(store, None, WEEK).cards["views"].days
        assert [day.growth for day in days[-8:-1]] == [110] * 4 + [None] * 3
        assert (days[-1].growth, days[-1].so_far) == (10, True)

    @pytest.mark.parametrize("names", [("old", "young"), ("young", "old")])
    def test_followers_are_ready_when_the_first_of_them_is(
        self, store: Store, names: tuple[str, str]
    ) -> None:
        accounts = {name: make_account(store, name) for name in names}
        for night in range(6):
            for name, since in (("old", 0), ("young", 3)):
                if night >= since:
                    at = FIRST + night * DAY
                    capture(store, accounts[name], at, {"a": 1}, followers=10)
        reason = see(store, None, MONTH).cards["followers"].growth.reason
        assert reason is not None
        assert reason.ready_at == FIRST + 30 * DAY

    def test_removed_accounts_leave_nothing_behind(self, store: Store) -> None:
        account = make_account(store, "one")
        nights(store, account, 100, 150)
        store.transact(lambda connection: remove_account(connection, account.key))
        again = make_account(store, "two")
        nights(store, again, 7, 9)
        assert see(store, again).cards["views"].growth.growth == 2


class TestTheDocument:
    def test_has_the_keys_of_the_original_api_and_the_ledger(self, store: Store) -> None:
        account = make_account(store, "one")
        nights(store, account, 100, 150, 350, followers=10)
        found = json_object(Growth.of(see(store, account)))
        assert list(found["growth"]) == list(COUNTERS)
        assert found["period"] == 1
        assert found["account"] == "one"
        assert found["window"]["end"] == "2023-11-17T00:00:00Z"
        views = found["growth"]["views"]
        assert views["growth"] == 200
        assert views["percentage"] == 17.39
        assert views["isIncrease"] is True
        assert views["ledger"]["likeForLike"] == 200
        assert views["range"] == [200, 200]
        assert views["reason"] is None
        likes = found["growth"]["likes"]
        assert (likes["growth"], likes["reason"]) == (None, "not_counted")
        assert likes["message"]
