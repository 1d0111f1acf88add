"""Which videos a table shows, in which order, and what they add up to."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from zoneinfo import ZoneInfo

import pytest

from snapshot_core.periods import PERIODS
from snapshot_core.readings import VideoReading
from snapshot_core.store.annotations.video_tags import add_tag
from snapshot_core.store.database import Store
from snapshot_core.view.overview import overview
from snapshot_core.view.video_selection import (
    SORT_KEYS,
    Selection,
    count_shown,
    select_rows,
    tag_totals,
)
from snapshot_core.view.videos_table import VideoTable, video_table
from snapshot_core.windows import DAY
from tests.support.readings import video_reading
from tests.support.staged import NOON
from tests.support.stock import capture, local_accounts, make_account, stocked

UTC = ZoneInfo("UTC")
DAYS, LONG_AGO = 8, NOON - 90 * DAY
LINK = "https://video.example/@me/video/"
GAINS = {"big": 900, "small": 100, "young": 50}
"""Views a day."""
TAGS = {"big": ("birds", "fern series"), "small": ("birds",), "gone": ("kitchen",)}


def reading(name: str, day: int) -> VideoReading:
    views = 10_000 + GAINS.get(name, 0) * day
    title, link = {"big": "The Pigeon came back"}.get(name, f"Title of {name}"), f"{LINK}{name}"
    published = NOON - 3 * DAY if name == "young" else LONG_AGO
    counts = {"views": views, "likes": views // 10, "comments": views // 100}
    return video_reading(name, **counts, title=title, share_url=link, published_at=published)


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Store]:
    with stocked(sqlite_url) as made:
        account = make_account(made, "one")
        for day in range(DAYS + 1):
            names = {"big", "small"} | ({"young"} if day > 5 else set())
            names |= {"gone"} if day < 4 else set()
            listed = {name: reading(name, day) for name in sorted(names)}
            capture(made, account, NOON - (DAYS - day) * DAY, listed)
        for row in table(made).rows:
            for tag in TAGS.get(row.about.platform_id, ()):
                video_id = row.about.video_id
                made.transact(partial(add_tag, key=account.key, video_id=video_id, tag=tag))
        yield made


def table(store: Store) -> VideoTable:
    with store.read() as connection:
        return video_table(connection, local_accounts(store), PERIODS[1], NOON, UTC)


def shown(store: Store, **chosen: object) -> list[str]:
    rows = select_rows(table(store), Selection(**chosen))  # type: ignore[arg-type]
    return [row.about.platform_id for row in rows]


def test_the_videos_that_gained_most_come_first(store: Store) -> None:
    # The young one has all its views from this week.
    assert shown(store) == ["young", "big", "small"]
    assert shown(store, ascending=True) == ["small", "big", "young"]


@pytest.mark.parametrize("sort", SORT_KEYS)
def test_every_order_shows_every_video(store: Store, sort: str) -> None:
    orders = [shown(store, sort=sort, ascending=ascending) for ascending in (False, True)]
    assert sorted(orders[0]) == sorted(orders[1]) == ["big", "small", "young"]


def test_what_is_unknown_comes_last(store: Store) -> None:
    names = {"saves": ["young", "big", "small"], "shares": ["young", "big", "small"]}
    for sort, order in names.items():  # no video has them: the order of before stays
        assert shown(store, sort=sort) == shown(store, sort=sort, ascending=True) == order


def test_removed_ones_are_a_list_of_their_own(store: Store) -> None:
    assert shown(store, show="removed") == ["gone"]
    assert count_shown(table(store), "removed") == 1


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("pigeon  BACK", ["big"]),
        ("bird", ["big", "small"]),
        ("series pigeon", ["big"]),
        ("small", ["small"]),
        (f"{LINK}young", ["young"]),
        (f"{LINK}young?is_from_webapp=1", ["young"]),
        ("nothing like it", []),
    ],
)
def test_titles_tags_and_links_are_searched(store: Store, search: str, names: list[str]) -> None:
    assert sorted(shown(store, search=search)) == names


def test_filters_join(store: Store) -> None:
    assert shown(store, show="new") == ["young"]
    assert shown(store, tag="birds") == ["big", "small"]
    assert shown(store, tag="birds", search="title") == ["small"]
    assert shown(store, show="new", tag="birds") == []


def test_all_rows_together_are_the_account(store: Store) -> None:
    view = table(store)
    together = view.totals(view.rows)
    with store.read() as connection:
        account, now = local_accounts(store)[0], NOON
        card = overview(connection, [account], account, PERIODS[1], now, UTC).cards["views"].growth
    views = together.growth["views"]
    assert (views.growth, views.current, views.percentage) == (
        card.growth,
        card.current,
        card.percentage,
    )
    assert together.videos == 3
    assert together.share == Decimal("100.00")


def test_a_tag_has_what_its_videos_have(store: Store) -> None:
    tags = {each.tag: each.totals for each in tag_totals(table(store))}
    assert list(tags) == ["birds", "fern series", "kitchen"]
    birds = tags["birds"]
    assert birds.videos == 2
    assert birds.growth["views"].growth == 7 * (900 + 100)
    assert birds.growth["views"].current == 20_000 + 8 * (900 + 100)
    assert birds.engagement == Decimal("11.00")
    assert birds.share == Decimal("40.23")
    assert tags["kitchen"].videos == 0, "removed"
    assert tags["kitchen"].growth["views"].growth is None
    assert tags["kitchen"].share is None
