"""What the Videos page says: the table of a period, and one video's story, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from snapshot_core.errors import NotFound
from snapshot_core.growth.day_gains import SPARK_DAYS
from snapshot_core.growth.history import Reason
from snapshot_core.growth.rounding import EXACT, WEB
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.periods import PERIODS, Period
from snapshot_core.readings import VideoReading
from snapshot_core.store.accounts import Account
from snapshot_core.store.database import Store
from snapshot_core.store.record_capture import record, record_failure
from snapshot_core.view.account_growth import account_growth
from snapshot_core.view.overview import overview
from snapshot_core.view.video import VideoView, owner, video_view
from snapshot_core.view.videos_table import VideoRow, VideoTable, video_table
from snapshot_core.windows import DAY, HOUR
from tests.store.histories import AccountHistory, users
from tests.support.readings import video_reading
from tests.support.stock import capture, local_accounts, make_account, stocked

UTC = ZoneInfo("UTC")
FIRST = 1_700_006_400
"""2023-11-15T00:00:00Z, a midnight."""
LATER = FIRST + 3_000 * DAY
"""Later than all that is captured here."""
DAY_PERIOD, WEEK, MONTH = PERIODS


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with stocked(database_url) as made:
        yield made


def video(name: str, views: int | None, published: int | None = None) -> VideoReading:
    """A video whose other counters follow from its views; shares are never given."""
    some = views if views is not None and views > 0 else None
    likes, comments = (None, None) if some is None else (some // 10, some // 100)
    title = f"Title of {name}"
    return video_reading(name, views, likes, comments, None, title=title, published_at=published)


def night(store: Store, account: Account, number: int, *videos: VideoReading) -> None:
    """A complete capture at the midnight after ``number`` nights."""
    capture(
        store, account, FIRST + number * DAY, {reading.platform_id: reading for reading in videos}
    )


def table(store: Store, period: Period = DAY_PERIOD) -> VideoTable:
    with store.read() as connection:
        return video_table(connection, local_accounts(store), period, LATER, UTC)


def row(view: VideoTable, name: str) -> VideoRow:
    return next(one for one in view.rows if one.about.platform_id == name)


def days_of(video: VideoRow) -> list[int | None]:
    """What its last whole days brought, from the first that is known on."""
    gains = [day.gain for day in video.sparkline]
    assert len(gains) == SPARK_DAYS
    return gains[next(n for n, gain in enumerate(gains) if gain is not None) :]


def story(store: Store, name: str, period: Period = DAY_PERIOD) -> VideoView:
    rows = [one for length in PERIODS for one in table(store, length).rows]
    (video_id,) = {one.about.video_id for one in rows if one.about.platform_id == name}
    with store.read() as connection:
        account = owner(connection, local_accounts(store), video_id)
        return video_view(connection, account, video_id, period, LATER, UTC)


@pytest.fixture
def lively(store: Store) -> Store:
    """Eight nights of an account in which everything happens, and one more account."""
    account, other = make_account(store, "one"), make_account(store, "two")
    for number in range(9):
        videos = [
            video("steady", 10_000 + 500 * number, FIRST - 90 * DAY),
            video("uncounted", None),
            video("corrected", 9_000 - (300 if number > 5 else 0) + number, FIRST - 50 * DAY),
        ]
        if number < 6:
            videos.append(video("gone", 4_000 + number, FIRST - 40 * DAY))
        if number > 4:
            videos.append(video("new", 1_000 * number, FIRST + 4 * DAY + 5 * HOUR))
        if number > 6:
            videos.append(video("found", 700 + number, FIRST - 400 * DAY))
        night(store, account, number, *videos)
        night(store, other, number, video("elsewhere", 100 + 9 * number, FIRST - 70 * DAY))
    return store


class TestTheTable:
    def test_names_the_line_of_every_video(self, lively: Store) -> None:
        lines = {one.about.platform_id: one.line for one in table(lively, WEEK).rows}
        assert lines == {
            "steady": "like_for_like",
            "corrected": "like_for_like",
            "elsewhere": "like_for_like",
            "new": "published",
            "found": "newly_tracked",
            "gone": "removed",
        }

    def test_growth_and_totals_are_exact(self, lively: Store) -> None:
        view = table(lively, WEEK)
        steady = row(view, "steady").growth
        assert {metric: growth.growth for metric, growth in steady.items()} == {
            **dict.fromkeys(VIDEO_METRICS), "views": 3_500, "likes": 350, "comments": 35,
        }  # fmt: skip
        assert steady["views"].current == 14_000
        new = row(view, "new").growth["views"]
        assert new.growth == new.current == 8_000
        assert row(view, "corrected").growth["views"].growth == 7 - 300

    def test_percentage_is_of_the_count_at_the_start(self, lively: Store) -> None:
        view = table(lively, WEEK)
        assert row(view, "steady").growth["views"].percentage == Decimal("33.33")
        assert row(view, "new").growth["views"].percentage is None
        assert row(view, "found").growth["views"].percentage is None

    def test_what_is_unknown_is_none_and_never_zero(self, lively: Store) -> None:
        view = table(lively, WEEK)
        for name in ("found", "gone"):
            assert row(view, name).growth["views"].growth is None
        assert row(view, "gone").growth["views"].current is None
        assert {one.growth["shares"].current for one in view.rows} == {None}

    def test_the_best_is_first_and_the_unknown_last(self, lively: Store) -> None:
        names = [one.about.platform_id for one in table(lively, WEEK).rows]
        assert names == ["new", "steady", "elsewhere", "corrected", "found", "gone"]

    def test_counts_its_lines(self, lively: Store) -> None:
        view = table(lively, WEEK)
        counts = [view.count(line) for line in ("published", "newly_tracked", "removed")]
        assert counts == [1, 1, 1]

    def test_before_it_is_ready_it_says_when(self, lively: Store) -> None:
        view = table(lively, MONTH)
        assert not view.ready
        assert view.reason is not None
        assert view.reason.ready_at == FIRST + 30 * DAY
        assert {one.line for one in view.rows} == {None}
        steady = row(view, "steady").growth["views"]
        assert (steady.current, steady.growth, steady.reason) == (14_000, None, view.reason)

    def test_without_a_capture_it_is_empty(self, store: Store) -> None:
        make_account(store, "one")
        view = table(store)
        assert (view.rows, view.windows) == ([], {})
        assert view.reason is not None
        assert view.reason.code == "no_capture"

    def test_its_sparkline_shows_no_two_days_as_one(self, store: Store) -> None:
        account = make_account(store, "one")
        for number in (0, 1, 2, 5, 6):
            night(store, account, number, video("a", 100 * number))
        assert days_of(row(table(store), "a")) == [100, 100, None, None, None, 100]

    def test_its_sparkline_says_which_days_are_estimated(self, store: Store) -> None:
        account = make_account(store, "one")
        for number in (0, 1, 3, 4):
            night(store, account, number, video("a", 100 * number))
        days = row(table(store), "a").sparkline[-4:]
        assert days == [(100, False), (100, True), (100, True), (100, False)]

    def test_its_sparkline_leaves_today_out(self, store: Store) -> None:
        account = make_account(store, "one")
        for number in range(3):
            night(store, account, number, video("a", 100 * number))
        capture(store, account, FIRST + 2 * DAY + 9 * HOUR, {"a": video("a", 205)})
        assert days_of(row(table(store), "a")) == [100, 100]

    def test_its_sparkline_leaves_out_what_is_not_believed(self, store: Store) -> None:
        account = make_account(store, "one")
        for number, views in enumerate((100, 200, 0, 300, 10)):
            night(store, account, number, video("a", views), video("b", 1_000))
        assert days_of(row(table(store), "a")) == [100, None, None, None]

    @pytest.mark.parametrize("period", PERIODS[:2], ids=lambda period: period.label)
    def test_its_sum_is_the_growth_on_the_overview(self, lively: Store, period: Period) -> None:
        accounts = local_accounts(lively)
        with lively.read() as connection:
            seen = overview(connection, accounts, None, period, FIRST + 9 * DAY, UTC)
        rows = table(lively, period).rows
        for metric in ("views", "likes", "comments"):
            gained = sum(one.growth[metric].growth or 0 for one in rows)
            assert gained == seen.cards[metric].growth.growth, metric
        assert seen.cards["shares"].growth.growth is None


@settings(max_examples=60)
@given(users(most_accounts=1))
def test_the_sum_over_videos_is_the_growth_of_the_account(histories: list[AccountHistory]) -> None:
    (history,) = histories
    with TemporaryDirectory() as folder, stocked(f"sqlite:///{Path(folder) / 'x.db'}") as store:
        account = make_account(store, "one", rounded=history.rounded)
        for kind, fetched in history.captures:
            save = record_failure if kind == "failed" else record
            with store.write() as connection:
                save(connection, account.key, fetched)
        for period in PERIODS:
            with store.read() as connection:
                told = account_growth(
                    connection, account.key, period, LATER, UTC, WEB if account.rounded else EXACT
                )
            view = table(store, period)
            for metric in VIDEO_METRICS if view.ready else ():
                gained = sum(one.growth[metric].growth or 0 for one in view.rows)
                assert gained == told.now[metric].growth, (metric, period.label)


class TestOneVideo:
    def test_has_every_reading_and_its_line(self, lively: Store) -> None:
        seen = story(lively, "steady", WEEK)
        assert [reading.counts[0] for reading in seen.readings][:2] == [10_000, 10_500]
        assert len(seen.readings) == 9
        growth = seen.growth["views"]
        assert (growth.line, growth.growth) == ("like_for_like", 3_500)
        assert seen.growth["shares"].reason == Reason("not_read")
        assert seen.gone_since is None

    def test_its_growth_is_that_of_its_row(self, lively: Store) -> None:
        for period in PERIODS:
            for one in table(lively, period).rows:
                growths = story(lively, one.about.platform_id, period).growth
                for metric in VIDEO_METRICS:
                    alone, among = replace(growths[metric], ledger=None), one.growth[metric]
                    if among.reason is not None and among.reason.ready_at is not None:
                        alone = replace(alone, current=among.current)  # its page reads no window
                    assert alone == among, (one.about.platform_id, metric)

    def test_a_night_without_a_snapshot_breaks_the_line(self, store: Store) -> None:
        account = make_account(store, "one")
        for number in (0, 1, 3, 4):
            night(store, account, number, video("a", 100 + number))
        counts = [count for _, count in story(store, "a").curve("views")]
        assert counts == [100, 101, None, 103, 104]

    def test_corrections_are_dated_by_the_reading_that_fell(self, lively: Store) -> None:
        assert story(lively, "corrected").corrections["views"] == [(FIRST + 6 * DAY, 299)]

    def test_readings_not_believed_stand_aside(self, store: Store) -> None:
        account = make_account(store, "one")
        for number, views in enumerate((100, 0, 120, -5, 130, 20)):
            night(store, account, number, video("a", views), video("b", 1_000))
        seen = story(store, "a")
        at = [FIRST + number * DAY for number in range(6)]
        assert seen.doubtful("views") == [(at[1], 0, "rejected"), (at[5], 20, "held")]
        assert seen.readings[3].doubts["views"] == "negative"
        assert [count for _, count in seen.accepted["views"]] == [100, 120, 130]
        assert seen.growth["views"].estimated == ("carried",)

    def test_a_removed_video_says_since_when(self, lively: Store) -> None:
        seen = story(lively, "gone", WEEK)
        assert seen.gone_since == FIRST + 6 * DAY  # one video less is believed at once
        growth = seen.growth["views"]
        assert (growth.line, growth.reason) == ("removed", Reason("removed"))

    def test_a_video_removed_before_the_period_is_not_said_to_be_read_again(
        self, lively: Store
    ) -> None:
        view = story(lively, "gone", PERIODS[0])
        assert view.window is not None
        assert view.gone_since is not None
        assert view.gone_since < view.window.start
        assert view.growth["views"].reason == Reason("removed")

    def test_the_day_of_publication_counts_from_nothing(self, lively: Store) -> None:
        days = story(lively, "new").days["views"]
        assert days[0].growth is not None
        assert sum(day.growth or 0 for day in days) <= 8_000

    def test_the_day_of_publication_is_there_though_it_was_first_read_at_midnight(
        self, store: Store
    ) -> None:
        account = make_account(store, "one")
        for number in range(4):
            views = [video("old", 1_000)]
            if number > 1:
                views.append(video("new", 5_000 * (number - 1), FIRST + DAY + 18 * HOUR))
            night(store, account, number, *views)
        days = story(store, "new").days["views"]
        assert [day.growth for day in days] == [5_000, 5_000]
        assert days[0].date == date(2023, 11, 16)

    def test_before_the_period_is_ready_it_says_why(self, lively: Store) -> None:
        seen = story(lively, "steady", MONTH)
        reasons = {growth.reason for growth in seen.growth.values()}
        assert [reason and reason.code for reason in reasons] == ["not_ready"]
        assert {growth.growth for growth in seen.growth.values()} == {None}

    def test_is_not_found_under_another_account(self, lively: Store) -> None:
        one, two = local_accounts(lively)
        stranger = row(table(lively), "elsewhere").about.video_id
        with lively.read() as connection:
            assert owner(connection, [one, two], stranger) == two
            with pytest.raises(NotFound):
                owner(connection, [one], stranger)
            with pytest.raises(NotFound):
                video_view(connection, one, stranger, WEEK, LATER, UTC)
            with pytest.raises(NotFound):
                owner(connection, [], stranger)


def test_a_table_that_is_not_ready_says_why_however_the_accounts_overlap(store: Store) -> None:
    """Of two accounts one began early and one ends late: only together do they reach back."""
    early, late = make_account(store, "early"), make_account(store, "late")
    night(store, early, 0, video("a", 10))
    for number in (5, 8):
        night(store, late, number, video("b", 10 * number))
    with store.read() as connection:
        view = video_table(connection, [early, late], WEEK, LATER, UTC)
    assert not view.ready
    assert view.reason is not None
