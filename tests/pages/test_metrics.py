"""A metric that no account shown can have is left out; one that any of them can have stays."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from snapshot_core.metrics import COUNTERS, VIDEO_METRICS
from snapshot_core.sources.registry import SOURCES
from snapshot_core.store.database import Store
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from snapshot_core.windows import DAY
from tests.pages.conftest import ROUTER, Open, html_of
from tests.support.readings import video_reading
from tests.support.staged import NOON, Hands
from tests.support.stock import capture, make_account
from ui.login import CLOCK


def given_by(*sources: str, more: str = "") -> list[str]:
    """What these sources give together, and one ``more``, in the order of the table."""
    given = {more}.union(*(SOURCES[source].metrics for source in sources))
    return [name for name in COUNTERS if name in given]


OF_YOUTUBE = given_by("youtube")


@pytest.fixture
def channel(store: Store) -> Store:
    """A YouTube channel with ten nights of one video."""
    store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
    nights_of(store, "channel", "youtube")
    return store


def nights_of(store: Store, name: str, source: str, **counts: int) -> None:
    account = make_account(store, name, source)
    for night in range(10):
        video = video_reading(f"{name}-1", views=100 * night, likes=night, comments=night, **counts)
        capture(store, account, NOON - (9 - night) * DAY, {f"{name}-1": video}, followers=night)


def cards_of(at: AppTest) -> list[str]:
    assert not at.exception, at.exception
    return re.findall(r'data-counter="(\w+)"', html_of(at))


def choices_of(at: AppTest, key: str) -> list[str]:
    return [option.lower() for option in at.segmented_control(key=key).options]


def test_cards_and_the_choice_of_a_metric_are_what_the_source_gives(
    channel: Store, open_page: Open
) -> None:
    at = open_page()
    assert "shares" not in OF_YOUTUBE
    assert cards_of(at) == choices_of(at, "counter") == OF_YOUTUBE
    assert f"--cards:{len(OF_YOUTUBE)}" in html_of(at)


def test_one_account_that_gives_a_metric_is_enough(channel: Store, open_page: Open) -> None:
    nights_of(channel, "clips", "tiktok")
    assert cards_of(open_page()) == given_by("youtube", "tiktok")
    assert cards_of(open_page(account="channel")) == OF_YOUTUBE


def test_a_metric_that_is_known_all_the_same_stays(store: Store, open_page: Open) -> None:
    store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
    nights_of(store, "channel", "youtube", shares=3)
    assert cards_of(open_page()) == given_by("youtube", more="shares")


def test_an_account_of_files_has_what_its_files_have_given(store: Store, open_page: Open) -> None:
    store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
    nights_of(store, "mine", "csv")
    assert cards_of(open_page()) == ["views", "likes", "comments", "followers"]


def test_the_sample_adds_no_metric_to_those_of_real_accounts(store: Store, open_page: Open) -> None:
    store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
    nights_of(store, "invented", "sample", shares=3)
    account = make_account(store, "mine", "csv")
    for night in range(10):
        capture(store, account, NOON - (9 - night) * DAY, {"v1": 100 * night})
    assert cards_of(open_page()) == ["views"]


def test_a_choice_that_another_account_cannot_have_falls_back(
    channel: Store, open_page: Open
) -> None:
    nights_of(channel, "clips", "tiktok")
    at = open_page()
    at.segmented_control(key="counter").set_value("Shares").run()
    assert "Shares gained" in html_of(at)
    at.selectbox(key="account").set_value("channel").run()
    assert cards_of(at) == OF_YOUTUBE
    assert "Views gained" in html_of(at)


def test_an_account_of_an_unknown_source_may_have_them_all(store: Store, open_page: Open) -> None:
    store.transact(lambda connection: ensure_user(connection, LOCAL_EMAIL, 0))
    nights_of(store, "later", "of-a-later-version")
    assert cards_of(open_page()) == list(COUNTERS)


def test_tables_and_the_page_of_a_video_have_the_same_metrics(
    channel: Store, open_page: Open, clock: Hands
) -> None:
    of_videos = [name for name in VIDEO_METRICS if name in OF_YOUTUBE]
    (table,) = re.findall(
        r'<table class="tg-table tg-videos">.*?</table>', html_of(open_page("videos.py")), re.S
    )
    heads = re.sub(r"<[^>]+>", " ", table[: table.index("</thead>")]).lower().split()
    # The other interactions stand in the engagement.
    assert [name for name in VIDEO_METRICS if name in heads] == ["views", "likes"]
    assert "Engagement: likes and comments per view" in html_of(open_page("videos.py"))
    at = AppTest.from_file(ROUTER, default_timeout=20).switch_page("videos.py")
    at.session_state[CLOCK] = clock
    at.query_params["video"] = re.findall(r"video=(\d+)", html_of(open_page()))[0]
    at.run()
    assert cards_of(at) == [*of_videos, "engagement"]
    assert choices_of(at, "metric") == of_videos
    columns = at.dataframe[0].value.columns
    assert [name for name in columns if name in VIDEO_METRICS] == of_videos
