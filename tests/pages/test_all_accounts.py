"""All accounts together in every state they can be in: page, API and shell say the same."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from api.app import create as create_api
from snapshot_core.cli import main
from snapshot_core.identity.api_tokens import create
from snapshot_core.metrics import COUNTERS
from snapshot_core.readings import ProfileReading, VideoReading
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.accounts import Account, add_account, note_attempt
from snapshot_core.store.database import Store
from snapshot_core.store.keys import of
from snapshot_core.store.record_capture import Fetched, record, record_failure
from snapshot_core.store.tables import accounts
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from snapshot_core.view.wording.numbers import UNKNOWN_TEXT
from snapshot_core.windows import DAY, HOUR, local_days
from tests.pages.conftest import Open, html_of
from tests.support.readings import video_reading
from tests.support.staged import NOON, Hands, Staged


class Accounts:
    """Makes accounts and their captures, a line each."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.user = store.transact(lambda c: ensure_user(c, LOCAL_EMAIL, NOON)).user_id

    def add(self, name: str, *, rounded: bool = False, zone: str | None = None) -> Account:
        made = self.store.transact(
            lambda c: add_account(c, self.user, name, "staged", 0, rounded=rounded)
        )
        values = update(accounts).where(of(accounts, made.key)).values(time_zone=zone)
        self.store.transact(lambda c: c.execute(values))
        return made

    def take(self, account: Account, at: int, views: int, **counts: int | None) -> None:
        """A complete capture of two videos: one with ``views``, one that stands still."""
        followers = counts.pop("followers", 500)
        videos = [
            video_reading(f"{account.name}-1", views=views, **counts),
            video_reading(f"{account.name}-2", views=1_000, **counts),
        ]
        self.record(account, at, videos, followers)

    def record(
        self, account: Account, at: int, videos: list[VideoReading], followers: int | None
    ) -> None:
        profile = ProfileReading(followers=followers, videos=len(videos))
        fetched = Fetched(at, at, "nightly", "complete", True, profile, videos)
        self.store.transact(lambda c: record(c, account.key, fetched))

    def cut_short(self, account: Account, at: int) -> None:
        """A capture that broke off, so that it does not count."""
        seen, profile = [video_reading(f"{account.name}-1", views=5)], ProfileReading(videos=9)
        fetched = Fetched(at, at, "nightly", "complete", False, profile, seen)
        self.store.transact(lambda c: record(c, account.key, fetched))

    def nights(self, name: str, *numbers: int, gain: int = 100, **more: Any) -> Account:
        """An account read at noon of these days before today."""
        account = self.add(name, **more)
        for number in numbers:
            self.take(account, NOON - number * DAY, 10_000 - gain * number)
        return account

    def fails(self, account: Account, at: int) -> None:
        failed = Fetched(at, at, "nightly", "complete", False, ProfileReading(), [], "It is away.")
        self.store.transact(lambda c: record_failure(c, account.key, failed))
        self.store.transact(lambda c: note_attempt(c, account.key, at, "It is away."))


TEN_NIGHTS = range(9, -1, -1)


@dataclass
class Told:
    """What a scenario has to come to, with the views of 7 days."""

    growth: int | None
    accounts: int
    left_out: Mapping[str, str] = field(default_factory=dict)
    """The reasons by account."""
    since_tracking: str | None = None
    note: str = ""
    """On the card of some counter."""


def one_capture(accounts: Accounts) -> Told:
    accounts.nights("old", *TEN_NIGHTS)
    accounts.nights("new", 0)
    return Told(700, 1, {"new": "one_capture"})


def two_captures_minutes_apart(accounts: Accounts) -> Told:
    accounts.nights("old", *TEN_NIGHTS)
    new = accounts.add("new")
    accounts.take(new, NOON - 7 * 60, 5_000)
    accounts.take(new, NOON, 5_412)
    return Told(
        700, 1, {"new": "not_ready"}, since_tracking="+412 views since tracking began, 7 min"
    )


def nobody_is_ready(accounts: Accounts) -> Told:
    for name, first, gain in (("one", 19, 400), ("two", 5, 12)):
        account = accounts.add(name)
        accounts.take(account, NOON - first * HOUR, 5_000)
        accounts.take(account, NOON, 5_000 + gain)
    return Told(
        None,
        2,
        {"one": "not_ready", "two": "not_ready"},
        since_tracking="+412 since tracking began, up to 19 h",
    )


def different_zones(accounts: Accounts) -> Told:
    """Each is read at its own midnight, so no two windows are the same."""
    for name in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe"):
        account = accounts.add(name, zone=name)
        for number, day in enumerate(local_days(NOON - 9 * DAY, NOON, ZoneInfo(name))):
            accounts.take(account, day.start, 10_000 + 100 * number)
    return Told(2_100, 3)


def one_of_sixty_has_a_single_capture(accounts: Accounts) -> Told:
    for number in range(59):
        accounts.nights(f"account {number}", 8, 7, 1, 0)
    accounts.nights("fresh", 0)
    return Told(59 * 700, 59, {"fresh": "one_capture"})


def one_lags(accounts: Accounts) -> Told:
    accounts.nights("old", *TEN_NIGHTS)
    accounts.nights("behind", *range(20, 6, -1))
    return Told(700, 1, {"behind": "lagging"})


def one_lags_by_less_than_the_period(accounts: Accounts) -> Told:
    accounts.nights("old", *TEN_NIGHTS)
    accounts.nights("behind", *range(20, 5, -1))
    return Told(1_400, 2)


def one_fails_for_weeks(accounts: Accounts) -> Told:
    accounts.nights("old", *TEN_NIGHTS)
    failing = accounts.nights("failing", *range(40, 20, -1))
    for number in range(20, -1, -1):
        accounts.fails(failing, NOON - number * DAY)
    return Told(700, 1, {"failing": "lagging"})


def one_source_gives_neither_likes_nor_followers(accounts: Accounts) -> Told:
    for name, likes, followers in (("full", 100, 500), ("bare", None, None)):
        account = accounts.add(name)
        for number in TEN_NIGHTS:
            counted = {"likes": None if likes is None else likes - number, "followers": followers}
            accounts.take(account, NOON - number * DAY, 10_000 - 100 * number, **counted)
    return Told(1_400, 2, note="1 of 2 accounts: without bare (not counted)")


def one_is_below_its_resolution(accounts: Accounts) -> Told:
    rounded = accounts.add("rounded", rounded=True)
    for number in TEN_NIGHTS:
        accounts.take(rounded, NOON - number * DAY, 2_500_000)
    accounts.nights("old", *TEN_NIGHTS)
    return Told(700, 2)


def one_was_hardly_measured(accounts: Accounts) -> Told:
    accounts.nights("old", *TEN_NIGHTS)
    patchy = accounts.add("patchy")
    for number in TEN_NIGHTS:
        seen = range(10) if number < 3 else range(2)
        videos = [video_reading(f"p{n}", views=10_000 - 100 * number) for n in seen]
        accounts.record(patchy, NOON - number * DAY, videos, 500)
    return Told(700, 1, note="1 of 2 accounts: without patchy (too few measured)")


def one_was_always_cut_short(accounts: Accounts) -> Told:
    accounts.nights("old", *TEN_NIGHTS)
    broken = accounts.add("broken")
    for number in range(3):
        accounts.cut_short(broken, NOON - number * DAY)
    return Told(700, 1, {"broken": "no_complete"})


def all_were_always_cut_short(accounts: Accounts) -> Told:
    for name in ("one", "two"):
        accounts.cut_short(accounts.add(name), NOON)
    return Told(None, 2, {"one": "no_complete", "two": "no_complete"})


SCENARIOS = [
    one_was_always_cut_short,
    all_were_always_cut_short,
    one_capture,
    two_captures_minutes_apart,
    nobody_is_ready,
    different_zones,
    one_of_sixty_has_a_single_capture,
    one_lags,
    one_lags_by_less_than_the_period,
    one_fails_for_weeks,
    one_source_gives_neither_likes_nor_followers,
    one_is_below_its_resolution,
    one_was_hardly_measured,
]


def text_of(html: str) -> str:
    return re.sub(r"[ \n]+", " ", unescape(re.sub(r"<[^>]+>", " ", html))).strip()


def card_of(html: str, counter: str) -> str | None:
    pattern = rf'<section[^>]*data-counter="{counter}".*?</section>'
    (card,) = re.findall(pattern, html, re.DOTALL) or [None]
    return None if card is None else text_of(card)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.__name__)
def test_page_api_and_shell_say_the_same(
    scenario: Callable[[Accounts], Told],
    store: Store,
    staged: Staged,
    open_page: Open,
    clock: Hands,
    capsys: pytest.CaptureFixture[str],
) -> None:
    told = scenario(Accounts(store))
    clock.now = NOON + 60
    settings = load_settings()
    token = store.transact(lambda c: create(c, 1, "test", ("read",), clock.now, days=None))[1]
    app = create_api(settings, store, clock)
    with TestClient(app, "http://127.0.0.1", headers={"Authorization": f"Bearer {token}"}) as api:
        document = api.get("/api/growth/7").raise_for_status().json()
    shell = shell_of(capsys, settings, clock, "growth", "--period", "7")
    assert (
        json.loads(shell_of(capsys, settings, clock, "growth", "--period", "7", "--json"))
        == document
    )

    views = document["growth"]["views"]
    assert (views["growth"], views["accounts"]) == (told.growth, told.accounts)
    assert {each["account"]: each["reason"] for each in document["left_out"]} == told.left_out

    page = html_of(open_page())
    prose, words = text_of(page), re.sub(r"[ \n]+", " ", shell).strip()
    for counter in COUNTERS:
        growth, card = document["growth"][counter], card_of(page, counter)
        if card is None:  # no account shown can have it
            assert (growth["growth"], growth["current"]) == (None, None)
            continue
        texts = [growth["message"], growth["texts"]["doubts"], growth["texts"]["no_percentage"]]
        for sentence in filter(None, texts):
            assert sentence in card, counter
            # The shell says once what several counters share, and beside it what each has.
            for part in sentence.removesuffix(".").split(". "):
                assert part in words, counter
        if growth["growth"] is not None:
            for figure in (growth["texts"]["gain"], growth["texts"]["percentage"]):
                assert figure in card, counter
                assert " ".join(figure.split()) in " ".join(words.split()), counter
        elif growth["current"] is None:
            assert UNKNOWN_TEXT in card
    for each in document["left_out"]:
        assert f"{each['account']} : {each['message']}" in prose
        assert f"{each['account']}: {each['message']}" in words
        assert (each["ready_at"] is None) == (each["reason"] in ("lagging", "no_complete"))
    if told.since_tracking:
        assert told.since_tracking in prose
        assert told.since_tracking in words
        known = [views, *document["left_out"]]
        assert told.since_tracking.replace(" views", "") in " ".join(
            each["since_tracking"]["text"] for each in known if each["since_tracking"]
        ).replace(" views", "")
    if told.note:
        assert f"{told.note}." in prose
        assert told.note in words


@pytest.mark.parametrize(
    "scenario",
    [nobody_is_ready, one_lags, all_were_always_cut_short],
    ids=lambda each: each.__name__,
)
def test_the_table_of_videos_and_its_api_say_the_same(
    scenario: Callable[[Accounts], Told],
    store: Store,
    staged: Staged,
    open_page: Open,
    clock: Hands,
) -> None:
    told = scenario(Accounts(store))
    clock.now = NOON + 60
    token = store.transact(lambda c: create(c, 1, "test", ("read",), clock.now, days=None))[1]
    app = create_api(load_settings(), store, clock)
    with TestClient(app, "http://127.0.0.1", headers={"Authorization": f"Bearer {token}"}) as api:
        document = api.get("/api/videos", params={"period": "7"}).raise_for_status().json()
    assert {each["account"]: each["reason"] for each in document["left_out"]} == told.left_out
    gained = {row["account"] for row in document["videos"] if row["growth"]["views"] is not None}
    assert not gained & told.left_out.keys()
    page = open_page("videos.py")
    prose = text_of(html_of(page))
    if document["message"]:
        assert document["message"] in prose
    else:
        assert f"{len(told.left_out)} account without growth" in prose


def shell_of(
    capsys: pytest.CaptureFixture[str], settings: Any, clock: Hands, *arguments: str
) -> str:
    capsys.readouterr()
    assert main(list(arguments), lambda: settings, clock) == 0
    return capsys.readouterr().out
