"""Listings that miss too much, or lack their counts, are not believed for being repeated."""

from collections.abc import Iterator
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from snapshot_core.growth.growth import Growth
from snapshot_core.periods import PERIODS
from snapshot_core.readings import VideoReading
from snapshot_core.store.accounts import Account
from snapshot_core.store.captures import history_of
from snapshot_core.store.database import Store
from snapshot_core.store.fold.missing_videos import MissingVideos, confirm_gone, missing_videos
from snapshot_core.store.fold.write import refold
from snapshot_core.store.keys import of
from snapshot_core.store.tables import captures
from snapshot_core.view.overview import overview
from snapshot_core.windows import DAY
from tests.support.readings import video_reading
from tests.support.stock import capture, local_accounts, make_account, stocked
from tests.support.video_readings import adds_up

MIDNIGHT = 1_700_006_400
UTC = ZoneInfo("UTC")


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with stocked(database_url) as made:
        yield made


@pytest.fixture
def account(store: Store) -> Account:
    return make_account(store, "one", "tiktok")


def night(store: Store, account: Account, number: int, videos: int, **more: bool | None) -> None:
    views = {f"v{n:02}": 1_000 * (n + 1) + 10 * number for n in range(videos)}
    capture(store, account, MIDNIGHT + number * DAY, views, **more)


def statuses(store: Store, account: Account) -> list[str]:
    """Of all captures, oldest first; live and folded anew they are the same."""
    statement = select(captures.c.status).where(of(captures, account.key))
    ordered = statement.order_by(captures.c.captured_at)
    with store.read() as connection:
        live = list(connection.scalars(ordered))
    store.transact(lambda connection: refold(connection, account.key))
    with store.read() as connection:
        assert list(connection.scalars(ordered)) == live
    return live


def doubted(store: Store, account: Account, now: int = MIDNIGHT + 90 * DAY) -> MissingVideos | None:
    with store.read() as connection:
        return missing_videos(connection, account, now)


def views(store: Store, account: Account) -> Growth:
    with store.read() as connection:
        seen = overview(
            connection, local_accounts(store), account, PERIODS[0], MIDNIGHT + 90 * DAY, UTC
        )
    return seen.cards["views"].growth


class TestLessThanHalf:
    def test_is_never_believed_for_being_repeated(self, store: Store, account: Account) -> None:
        for number, videos in enumerate((60, 60, 20, 20, 20)):
            night(store, account, number, videos)
        assert statuses(store, account) == ["complete"] * 2 + ["partial"] * 3
        growth = views(store, account)
        assert (growth.growth, growth.current) == (600, 1_830_600)

    def test_does_not_confirm_a_longer_one(self, store: Store, account: Account) -> None:
        for number, videos in enumerate((60, 20, 32, 34)):
            night(store, account, number, videos)
        assert statuses(store, account) == ["complete", "partial", "partial", "complete"]

    def test_is_believed_at_its_users_word(self, store: Store, account: Account) -> None:
        for number, videos in enumerate((60, 60, 20, 20)):
            night(store, account, number, videos)
        missing = doubted(store, account)
        assert missing == MissingVideos(account, MIDNIGHT + 3 * DAY, 40, 60)
        assert not missing.believed_if_repeated
        assert store.transact(partial(confirm_gone, chosen=[missing])) == 1
        assert doubted(store, account) is None
        assert statuses(store, account) == ["complete", "complete", "partial", "complete"]
        growth = views(store, account)
        assert (growth.growth, growth.current, growth.estimated) == (200, 210_600, ())
        # The next night is judged by what is left.
        night(store, account, 4, 20)
        assert statuses(store, account)[-1] == "complete"
        assert store.transact(partial(confirm_gone, chosen=[missing])) == 0

    def test_of_which_more_came_back_is_not_what_was_confirmed(
        self, store: Store, account: Account
    ) -> None:
        for number, videos in enumerate((60, 20, 60)):
            night(store, account, number, videos)
        assert doubted(store, account) is None

    def test_of_which_all_come_back_gains_no_lifetime(self, store: Store, account: Account) -> None:
        for number, videos in enumerate((60, 20)):
            night(store, account, number, videos)
        missing = doubted(store, account)
        assert missing is not None
        store.transact(partial(confirm_gone, chosen=[missing]))
        night(store, account, 2, 60)
        assert statuses(store, account) == ["complete"] * 3
        growth = views(store, account)
        assert growth.ledger is not None
        assert (growth.ledger.growth, growth.ledger.published) == (600, 0)
        assert adds_up(growth.ledger)

    def test_an_empty_list_wipes_no_account_out(self, store: Store, account: Account) -> None:
        for number, videos in enumerate((60, 60, 0, 0)):
            night(store, account, number, videos)
        assert statuses(store, account) == ["complete"] * 2 + ["partial"] * 2
        assert views(store, account).current == 1_830_600


class TestOffered:
    def test_is_what_the_next_listing_would_settle_too(
        self, store: Store, account: Account
    ) -> None:
        for number, videos in enumerate((60, 40)):
            night(store, account, number, videos)
        missing = doubted(store, account)
        assert missing is not None
        assert (missing.missing, missing.believed_if_repeated) == (20, True)

    def test_is_no_listing_that_was_cut_short(self, store: Store, account: Account) -> None:
        night(store, account, 0, 60)
        night(store, account, 1, 20, walked_to_end=False)
        assert doubted(store, account) is None

    def test_is_none_ahead_of_the_clock(self, store: Store, account: Account) -> None:
        for number, videos in enumerate((60, 20)):
            night(store, account, number, videos)
        assert doubted(store, account, MIDNIGHT) is None

    def test_is_none_where_nothing_is_complete(self, store: Store, account: Account) -> None:
        night(store, account, 0, 60, walked_to_end=False)
        assert doubted(store, account) is None


class TestOneMissing:
    def test_of_a_small_account_is_complete(self, store: Store, account: Account) -> None:
        for number, videos in enumerate((4, 3, 3)):
            night(store, account, number, videos)
        assert statuses(store, account) == ["complete"] * 3

    def test_that_was_all_there_was_is_not(self, store: Store, account: Account) -> None:
        for number, videos in enumerate((1, 0, 0)):
            night(store, account, number, videos)
        assert statuses(store, account) == ["complete", "partial", "partial"]


class TestCountsThatVanish:
    def read(self, store: Store, account: Account, number: int, *each: VideoReading) -> None:
        capture(
            store, account, MIDNIGHT + number * DAY, {video.platform_id: video for video in each}
        )

    def test_leave_the_numbers_of_the_night_before(self, store: Store, account: Account) -> None:
        for number in (0, 1):
            night(store, account, number, 5)
        for number in (2, 3):
            self.read(store, account, number, *(video_reading(f"v{n:02}") for n in range(5)))
        assert statuses(store, account) == ["complete", "complete", "partial", "partial"]
        with store.read() as connection:
            history = history_of(connection, account.key, MIDNIGHT + 9 * DAY)
        assert history.last_complete == MIDNIGHT + DAY
        growth = views(store, account)
        assert (growth.growth, growth.current) == (50, 15_050)
        assert doubted(store, account) is None  # nothing that a user could settle

    def test_of_views_alone_do_too(self, store: Store, account: Account) -> None:
        for number in (0, 1):
            self.read(store, account, number, *(video_reading(f"v{n}", 10, 5) for n in range(5)))
        self.read(store, account, 2, *(video_reading(f"v{n}", None, 6) for n in range(5)))
        assert statuses(store, account)[-1] == "partial"

    def test_of_likes_that_an_owner_hides_do_not(self, store: Store, account: Account) -> None:
        for number in (0, 1):
            self.read(store, account, number, *(video_reading(f"v{n}", 10, 5) for n in range(5)))
        self.read(store, account, 2, *(video_reading(f"v{n}", 12) for n in range(5)))
        assert statuses(store, account)[-1] == "complete"

    def test_of_one_video_are_its_own_matter(self, store: Store, account: Account) -> None:
        night(store, account, 0, 5)
        others = (video_reading(f"v{n:02}", 9_000) for n in range(1, 5))
        self.read(store, account, 1, video_reading("v00"), *others)
        assert statuses(store, account) == ["complete", "complete"]

    def test_that_never_were_there_are_nothing_new(self, store: Store, account: Account) -> None:
        for number in range(3):
            self.read(store, account, number, *(video_reading(f"v{n}") for n in range(5)))
        assert statuses(store, account) == ["complete"] * 3
