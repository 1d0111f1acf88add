"""Dated notes: whose they are, what they may hold, and how long they stay."""

from collections.abc import Iterator
from datetime import date

import pytest

from snapshot_core.errors import InputError, NotFound
from snapshot_core.store.accounts import remove_account
from snapshot_core.store.annotations.notes import (
    MAX_NOTE_CHARACTERS,
    Note,
    add_note,
    notes_of,
    remove_note,
)
from snapshot_core.store.database import Store
from snapshot_core.store.users import ensure_user
from tests.support.stock import local_accounts, make_account, stocked

DAY = date(2026, 11, 20)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with stocked(database_url) as made:
        yield made


def write(store: Store, text: str, account: str | None = None, day: date = DAY) -> Note:
    named = next((each for each in local_accounts(store) if each.name == account), None)
    return store.transact(lambda c: add_note(c, 1, named, day, text, 7))


def listed(store: Store, account: str | None = None, **days: date) -> list[str]:
    named = next((each for each in local_accounts(store) if each.name == account), None)
    with store.read() as connection:
        return [note.text for note in notes_of(connection, 1, named, **days)]


def test_are_listed_by_day_for_their_account_and_for_all(store: Store) -> None:
    for name in ("one", "two"):
        make_account(store, name)
    write(store, "later", "one", date(2026, 11, 22))
    note = write(store, "new camera", "one")
    write(store, "moved house")
    assert (note.note_id, note.account, note.day, note.created_at) == (2, "one", DAY, 7)
    assert listed(store) == ["new camera", "moved house", "later"]
    assert listed(store, "one") == ["new camera", "moved house", "later"]
    assert listed(store, "two") == ["moved house"]
    assert listed(store, first=DAY, last=DAY) == ["new camera", "moved house"]


def test_are_one_line_of_what_can_be_seen(store: Store) -> None:
    assert write(store, "  a\n\tb\x00 \u202ec ").text == "a b c"
    write(store, "x" * MAX_NOTE_CHARACTERS)
    for bad in ("", " \n", "\x00", "x" * (MAX_NOTE_CHARACTERS + 1)):
        with pytest.raises(InputError):
            write(store, bad)
    assert write(store, "of old", day=date(1, 1, 1)).day == date(1, 1, 1)


def test_a_removed_one_is_gone_and_another_user_has_none_of_them(store: Store) -> None:
    note = write(store, "new camera")
    stranger = store.transact(lambda c: ensure_user(c, "b@example.com", 0))
    with store.read() as connection:
        assert notes_of(connection, stranger.user_id) == []
    with pytest.raises(NotFound):
        store.transact(lambda c: remove_note(c, stranger.user_id, note.note_id))
    assert store.transact(lambda c: remove_note(c, 1, note.note_id)).text == "new camera"
    assert listed(store) == []
    with pytest.raises(NotFound, match="no note 1"):
        store.transact(lambda c: remove_note(c, 1, note.note_id))


def test_go_with_their_account_and_the_others_stay(store: Store) -> None:
    account = make_account(store, "one")
    write(store, "of it", "one")
    write(store, "of all")
    store.transact(lambda c: remove_account(c, account.key))
    assert listed(store) == ["of all"]


def test_what_was_drawn_of_their_accounts_is_drawn_anew(store: Store) -> None:
    for name in ("one", "two"):
        make_account(store, name)

    def revisions() -> list[int]:
        return [account.revision for account in local_accounts(store)]

    before = revisions()
    note = write(store, "of it", "one")
    assert [after > was for after, was in zip(revisions(), before, strict=True)] == [True, False]
    before = revisions()
    write(store, "of all")
    store.transact(lambda c: remove_note(c, 1, note.note_id))
    assert all(after > was for after, was in zip(revisions(), before, strict=True))
