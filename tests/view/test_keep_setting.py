"""A period that a setting never lets be ready says how long numbers would have to be kept."""

from collections.abc import Iterator

import pytest

from snapshot_core.maintenance.retention import keep_to_policy
from snapshot_core.periods import PERIODS, Days
from snapshot_core.session import Session, open_session
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.database import Store
from snapshot_core.view.documents.growth import Growth
from snapshot_core.view.overview import Overview, overview
from snapshot_core.view.video import video_view
from snapshot_core.view.videos_table import video_table
from snapshot_core.view.wording.growth import reason_sentence
from snapshot_core.windows import DAY
from tests.support.stock import capture, make_account, stocked
from ui.overview.cards import growth_cards

FIRST = 1_700_006_400
NIGHTS = 70
NOW = FIRST + (NIGHTS - 1) * DAY + 600
DAY_PERIOD, WEEK, MONTH = PERIODS
SENTENCE = (
    "Growth in 30 days takes numbers of 61 days, and this installation keeps the platform's for "
    "fewer. Set its KEEP_DAYS to 61 or more, where the platform allows it."
)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with stocked(database_url) as made:
        yield made


def kept(store: Store, days: str, source: str = "youtube") -> Session:
    """Seventy nights, each followed by what the job removes by the setting."""
    account = make_account(store, "one", source)
    settings = load_settings({"TRUEGROWTH_YOUTUBE_KEEP_DAYS": days, "TZ": "UTC"}, None)
    for night in range(NIGHTS):
        at = FIRST + night * DAY
        capture(store, account, at, {"a": 1_000 + 10 * night}, followers=500 + night)
        keep_to_policy(store, settings, at + 300)
    return open_session(settings, store, lambda: NOW)


def see(session: Session, period: Days) -> Overview:
    with session.store.read() as connection:
        zone = session.zone()
        return overview(connection, session.accounts, None, period, session.now, zone)


def test_the_reason_names_the_days_on_every_face(store: Store) -> None:
    session = kept(store, "30")
    (account,) = session.accounts
    view = see(session, MONTH)
    document = Growth.of(view)
    for counter in (document.growth.views, document.growth.followers):
        assert (counter.growth, counter.reason) == (None, "kept_too_short")
        assert str(counter.message).startswith(SENTENCE)
    cards = growth_cards(view)
    assert "Growth in 30 days takes numbers of 61 days" in cards
    assert "needs numbers kept longer" in cards
    zone = session.zone()
    with store.read() as connection:
        table = video_table(connection, session.accounts, MONTH, NOW, zone)
        video_id = table.rows[0].about.video_id
        video = video_view(connection, account, video_id, MONTH, NOW, zone).growth["views"]
    for reason in (table.reason, video.reason):
        assert reason is not None
        assert reason_sentence(reason, MONTH, zone, NOW) == SENTENCE


@pytest.mark.parametrize("period", [DAY_PERIOD, WEEK])
def test_shorter_periods_are_ready_all_the_same(store: Store, period: Days) -> None:
    growth = see(kept(store, "30"), period).cards["views"].growth
    assert growth.growth == 10 * period.days
    assert growth.before == 10 * period.days


@pytest.mark.parametrize(("days", "before"), [("31", None), ("61", 300), ("0", 300)])
def test_as_many_days_as_it_says_are_enough(store: Store, days: str, before: int | None) -> None:
    growth = see(kept(store, days), MONTH).cards["views"].growth
    assert (growth.growth, growth.before) == (300, before)


def test_what_other_platforms_gave_is_kept_for_ever(store: Store) -> None:
    assert see(kept(store, "30", "tiktok"), MONTH).cards["views"].growth.growth == 300


def test_a_week_may_be_forbidden_too(store: Store) -> None:
    growth = see(kept(store, "7"), WEEK).cards["views"].growth
    assert growth.reason is not None
    assert (growth.reason.code, growth.reason.days) == ("kept_too_short", 15)
