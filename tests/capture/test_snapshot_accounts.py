"""Snapshots of several accounts, what each found, and that all faces say it alike."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import event

from snapshot_core.capture.snapshot_accounts import (
    Outcome,
    accounts_to_take,
    snapshot_accounts,
)
from snapshot_core.errors import NotFound, SourceError, StoreError
from snapshot_core.readings import ProfileReading, VideoReading, video_counts
from snapshot_core.session import Session, open_session
from snapshot_core.settings.loading import load
from snapshot_core.sources.contract import AccountRef, Listing, Source
from snapshot_core.sources.registry import SOURCES
from snapshot_core.store.accounts import set_paused
from snapshot_core.store.database import Store
from snapshot_core.view.documents.snapshot import Snapshot
from snapshot_core.view.wording.snapshot import snapshot_news, snapshot_sentence
from tests.support.staged import NOON, Hands, Staged, added, installed, set_zone


class Counting(Staged):
    """A source whose counters a test sets."""

    views, followers, walked_to_end = 100, 10, True

    def read(self, account: AccountRef, scope: Any, now: int) -> Listing:
        if (error := self.errors.get(account.name)) is not None:
            raise error
        videos = [
            VideoReading("v1", video_counts(views=self.views, likes=7)),
            VideoReading("v2", video_counts(views=50)),
        ]
        return Listing(ProfileReading(self.followers), iter(videos), self.walked_to_end)


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    made = installed(database_url)
    yield made
    made.close()


@pytest.fixture
def source(monkeypatch: pytest.MonkeyPatch) -> Counting:
    counting: Source = Counting()
    monkeypatch.setitem(SOURCES, "staged", counting)
    assert isinstance(counting, Counting)
    return counting


def session(store: Store, now: int = NOON) -> Session:
    settings = load((), {"TRUEGROWTH_TIME_ZONE": "UTC"}, None)
    return open_session(settings, store, Hands(now))


def taken(store: Store, now: int = NOON) -> list[Outcome]:
    opened = session(store, now)
    return list(snapshot_accounts(opened, accounts_to_take(opened)))


def test_each_account_tells_what_it_gained_since_the_complete_one_before(
    store: Store, source: Counting
) -> None:
    one = added(store)
    (first,) = taken(store)
    assert (first.status, first.videos, first.captured_at) == ("complete", 2, NOON)
    assert (first.since, first.differences, first.error) == (None, {}, None)
    source.views, source.followers = 160, 8
    source.walked_to_end = False
    (cut_short,) = taken(store, NOON + 600)
    assert (cut_short.status, cut_short.since, cut_short.differences) == ("partial", None, {})
    source.walked_to_end = True
    (second,) = taken(store, NOON + 1_200)
    assert second.account.key == one.key
    assert second.since == NOON
    # Of v2 no likes are known, and of v1 they are the same.
    assert {name: gained for name, gained in second.differences.items() if gained} == {
        "views": 60,
        "followers": -2,
    }
    opened = session(store, NOON + 1_200)
    words = "+60 views, −2 followers since 22 Nov, 12:00"
    news = snapshot_news(second, opened.zone(), opened.now)
    assert news == words
    assert snapshot_sentence(second, opened.zone(), opened.now) == (
        f"complete snapshot of 2 videos; {words}"
    )
    document = Snapshot.of([second], opened.zone(), opened.now)
    assert document.message == f"creator_01: complete snapshot of 2 videos; {words}."
    (difference,) = document.differences
    assert (difference.account, difference.since) == ("creator_01", NOON)
    assert (difference.views, difference.likes, difference.followers) == (60, 0, -2)


def test_nothing_changed_is_said_and_the_same_second_is_told(
    store: Store, source: Counting
) -> None:
    added(store)
    taken(store)
    (second,) = taken(store, NOON + 60)
    opened = session(store, NOON + 60)
    assert snapshot_news(second, opened.zone(), opened.now).startswith("nothing changed since")
    (again,) = taken(store, NOON + 60)
    assert (again.status, again.since, again.error) == (None, None, None)
    assert "this very second" in snapshot_sentence(again, opened.zone(), opened.now)


def test_one_that_fails_does_not_stop_the_others(store: Store, source: Counting) -> None:
    for name in ("away", "well", "of tomorrow"):
        added(store, name, source="tomorrow" if name == "of tomorrow" else "staged")
    source.errors["away"] = SourceError("The platform is away.")
    away, well, unknown = taken(store)
    assert isinstance(away.error, SourceError)
    assert (well.status, well.error) == ("complete", None)
    assert isinstance(unknown.error, NotFound)
    assert "Update Truegrowth" in str(unknown.error)


def test_of_all_are_taken_neither_paused_ones_nor_files_nor_the_sample(
    store: Store, source: Counting
) -> None:
    asleep, mine = added(store, "asleep"), added(store, "mine")
    added(store, "file", source="csv")
    added(store, "sample", source="sample")
    store.transact(lambda connection: set_paused(connection, asleep.key, True))
    opened = session(store)
    assert [one.key for one in accounts_to_take(opened)] == [mine.key]
    paused = opened.account("asleep")
    assert accounts_to_take(opened, paused) == [paused]


def test_a_database_that_is_away_is_the_outcome_of_each(store: Store, source: Counting) -> None:
    added(store, "mine"), added(store, "other")
    opened = session(store)
    away = Store("postgresql+psycopg://nobody@127.0.0.1:1/nothing?connect_timeout=2")
    lost = replace(opened, store=away)
    outcomes = list(snapshot_accounts(lost, opened.accounts))
    assert [type(outcome.error) for outcome in outcomes] == [StoreError, StoreError]
    away.close()


def test_one_that_is_stored_is_none_that_failed_though_the_database_goes_away_then(
    store: Store, source: Counting
) -> None:
    added(store)
    opened = session(store)
    list(snapshot_accounts(opened, opened.accounts))
    [account] = opened.accounts
    later = replace(opened, clock=Hands(NOON + 60))

    written: list[str] = []

    def fail(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if written:
            raise StoreError("disk I/O error")

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if statement.startswith("INSERT INTO captures"):
            written.append(statement)

    event.listen(store.writer, "after_cursor_execute", note)
    event.listen(store.reader, "before_cursor_execute", fail)
    [outcome] = snapshot_accounts(later, [account])
    assert (outcome.status, outcome.since, outcome.error) == ("complete", None, None)
    assert written


def test_a_session_knows_its_accounts_and_their_zones(store: Store) -> None:
    own, plain = added(store, "own", zone="Asia/Tokyo"), added(store, "plain")
    wrong = added(store, "wrong", zone="Mars/Olympus")
    opened = session(store)
    assert opened.zone().key == "UTC"
    assert [opened.zone(one).key for one in (own, plain, wrong)] == ["Asia/Tokyo", "UTC", "UTC"]
    set_zone(store, "Europe/Rome")
    opened = session(store)
    assert opened.zone().key == "Europe/Rome"
    zones = [opened.zone(one).key for one in (own, plain, wrong)]
    assert zones == ["Asia/Tokyo", "Europe/Rome", "Europe/Rome"]
    assert opened.account("own").key == own.key
    with pytest.raises(NotFound, match="Accounts: 'own', 'plain', 'wrong'"):
        opened.account("nobody's")
