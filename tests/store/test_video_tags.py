"""Tags of videos, as both databases keep them."""

from collections.abc import Iterator
from functools import partial

import pytest

from snapshot_core.errors import InputError
from snapshot_core.store.accounts import Account, remove_account
from snapshot_core.store.annotations.video_tags import add_tag, remove_tag, tags_of, tags_of_video
from snapshot_core.store.database import Store
from snapshot_core.store.retention import forget
from snapshot_core.store.users import ensure_user
from snapshot_core.store.videos import find_video
from snapshot_core.tags import MAX_TAGS_PER_VIDEO, tag_of
from snapshot_core.windows import DAY
from tests.support.staged import NOON
from tests.support.stock import capture, local_accounts, make_account, stocked


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with stocked(database_url) as made:
        yield made


@pytest.fixture
def account(store: Store) -> Account:
    made = make_account(store, "one")
    capture(store, made, NOON - DAY, {"first": 1, "second": 2})
    return made


def video(store: Store, account: Account, name: str) -> int:
    with store.read() as connection:
        return find_video(connection, account.key, name)


def add(store: Store, account: Account, name: str, *tags: str) -> None:
    video_id = video(store, account, name)
    for tag in tags:
        store.transact(partial(add_tag, key=account.key, video_id=video_id, tag=tag))


def tags(store: Store, account: Account) -> dict[int, tuple[str, ...]]:
    with store.read() as connection:
        return tags_of(connection, account.key)


def test_a_tag_is_added_once_and_removed(store: Store, account: Account) -> None:
    first, second = (video(store, account, name) for name in ("first", "second"))
    add(store, account, "first", "kitchen", "birds", "kitchen")
    add(store, account, "second", "birds")
    assert tags(store, account) == {first: ("birds", "kitchen"), second: ("birds",)}
    for _ in range(2):
        store.transact(lambda c: remove_tag(c, account.key, first, "birds"))
    assert tags(store, account) == {first: ("kitchen",), second: ("birds",)}
    with store.read() as connection:
        assert tags_of_video(connection, account.key, first) == ("kitchen",)


def test_a_change_puts_out_of_date_what_was_computed_before(store: Store, account: Account) -> None:
    before = local_accounts(store)[0].revision
    add(store, account, "first", "birds")
    added = local_accounts(store)[0].revision
    assert added > before
    store.transact(lambda c: remove_tag(c, account.key, video(store, account, "first"), "birds"))
    assert local_accounts(store)[0].revision > added


def test_a_video_has_so_many_and_no_more(store: Store, account: Account) -> None:
    add(store, account, "first", *(f"tag {number}" for number in range(MAX_TAGS_PER_VIDEO)))
    with pytest.raises(InputError, match="Remove one first"):
        add(store, account, "first", "one more")
    add(store, account, "first", "tag 0")
    add(store, account, "second", "one more")


def test_tags_go_with_their_video_and_with_their_account(store: Store, account: Account) -> None:
    add(store, account, "first", "birds")
    add(store, account, "second", "birds")
    capture(store, account, NOON, {"second": 3})
    store.transact(lambda connection: forget(connection, account.key, NOON))
    assert tags(store, account) == {video(store, account, "second"): ("birds",)}
    store.transact(lambda connection: remove_account(connection, account.key))
    assert tags(store, account) == {}


def test_another_users_video_of_the_same_id_keeps_its_own(store: Store, account: Account) -> None:
    other = store.transact(lambda c: ensure_user(c, "other@example.org", NOON)).user_id
    video_id = video(store, account, "first")
    add(store, account, "first", "birds")
    with store.read() as connection:
        assert tags_of_video(connection, (other, account.account_id), video_id) == ()
    store.transact(lambda c: remove_tag(c, (other, account.account_id), video_id, "birds"))
    assert tags(store, account) == {video_id: ("birds",)}


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("  Fern   Series ", "fern series"),
        ("#Birds", "birds"),
        ("ÉTÉ", "été"),
        ("ｆｅｒｎ", "fern"),
        ("before/after", "before/after"),
        ("🌱", "🌱"),
        ("مطبخ", "مطبخ"),
    ],
)
def test_what_people_type_in_different_ways_is_one_tag(text: str, tag: str) -> None:
    assert tag_of(text) == tag
    assert tag_of(tag) == tag


@pytest.mark.parametrize("text", ["", " ", "#", "a" * 41, "a,b", "a\x00b", "\u200b"])
def test_what_can_be_no_tag_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        tag_of(text)
