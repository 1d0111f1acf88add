"""A video is published when its platform says, but not after its first reading above 0."""

from functools import partial

import pytest
from sqlalchemy import select

from snapshot_core.growth.lines import LIKE_FOR_LIKE, PUBLISHED, lines
from snapshot_core.growth.rounding import EXACT
from snapshot_core.readings import ProfileReading, VideoReading
from snapshot_core.store.accounts import Account, add_account
from snapshot_core.store.brackets import load
from snapshot_core.store.database import Connection, Store
from snapshot_core.store.fold.publication import PUBLICATION
from snapshot_core.store.fold.write import refold
from snapshot_core.store.record_capture import Fetched, record
from snapshot_core.store.tables import videos
from snapshot_core.store.users import ensure_user
from snapshot_core.windows import DAY, HOUR, Window
from tests.support.readings import video_reading

NOON = 1_700_006_400 + 12 * HOUR
PREMIERE = NOON + 3 * DAY
"""Views are counted before it."""


@pytest.fixture
def account(store: Store) -> Account:
    def made(connection: Connection) -> Account:
        user = ensure_user(connection, "a@example.org", NOON)
        return add_account(connection, user.user_id, "a", "csv", NOON)

    return store.transact(made)


def take(
    store: Store, account: Account, at: int, views: int | None, published: int | None = PREMIERE
) -> None:
    listed: list[VideoReading] = [
        video_reading("old", 1_000, published_at=NOON - 400 * DAY),
        video_reading("premiere", views, published_at=published),
    ]
    fetched = Fetched(at, at, "nightly", "complete", True, ProfileReading(), listed)
    store.transact(partial(record, key=account.key, fetched=fetched))


def published(store: Store) -> int | None:
    with store.read() as connection:
        of_it = videos.c.platform_id == "premiere"
        at: int | None = connection.scalar(select(PUBLICATION).where(of_it))
    return at


def test_views_before_a_premiere_are_of_a_video_that_is_there(
    store: Store, account: Account
) -> None:
    for day, views in enumerate((0, 10, 50, 90, 700)):
        take(store, account, NOON + day * DAY, views)
    assert published(store) == NOON + DAY
    window = Window(NOON + 2 * DAY, NOON + 3 * DAY)
    day_of_first_views = Window(NOON, NOON + DAY)
    with store.read() as connection:
        both = [window, day_of_first_views]
        found = load(connection, account.key, both, now=NOON + 4 * DAY, rounding=EXACT)
    after, begun = lines(found, both)
    row = int(after.published.argmax())
    assert (after.line[0, row], after.end.count[0, row] - after.start.count[0, row]) == (
        LIKE_FOR_LIKE,
        90 - 50,
    )
    assert (begun.line[0, row], begun.end.count[0, row]) == (PUBLISHED, 10)


def test_what_is_listed_without_views_begins_when_it_is_published(
    store: Store, account: Account
) -> None:
    for day in range(3):
        take(store, account, NOON + day * DAY, 0 if day else None)
    assert published(store) == PREMIERE
    take(store, account, PREMIERE + DAY, 70)
    assert published(store) == PREMIERE


def test_a_source_that_repeats_it_changes_nothing(store: Store, account: Account) -> None:
    for day in (1, 2, 4, 5):
        take(store, account, NOON + day * DAY, 10 * day)
        assert published(store) == NOON + DAY
    take(store, account, NOON + 6 * DAY, 70, NOON - DAY)
    assert published(store) == NOON - DAY  # it says earlier: that may be
    take(store, account, NOON + 7 * DAY, 80)
    assert published(store) == NOON + DAY


def test_it_is_learned_late(store: Store, account: Account) -> None:
    """Of a video whose publication nobody knew the readings are looked at when it is said."""
    for day in (1, 2):
        take(store, account, NOON + day * DAY, 10 * day, None)
    assert published(store) is None
    take(store, account, NOON + 4 * DAY, 70)
    assert published(store) == NOON + DAY


def test_a_reading_that_comes_in_late_counts(store: Store, account: Account) -> None:
    take(store, account, NOON + 4 * DAY, 70)
    assert published(store) == PREMIERE
    take(store, account, NOON + 2 * DAY, 5)
    assert published(store) == NOON + 2 * DAY
    take(store, account, NOON + DAY, 0)
    assert published(store) == NOON + 2 * DAY


def test_folding_again_settles_what_was_stored_before_the_rule(
    store: Store, account: Account
) -> None:
    for day in (1, 2, 4):
        take(store, account, NOON + day * DAY, 10 * day)
    with store.write() as connection:
        stale = videos.update().where(videos.c.platform_id == "premiere")
        connection.execute(stale.values(counted_at=None))
        refold(connection, account.key)
    assert published(store) == NOON + DAY
