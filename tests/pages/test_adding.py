"""The box that takes a handle or a link: what each try comes to, and how it ends."""

import time
from collections.abc import Callable
from threading import Event
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from snapshot_core.errors import NoSuchProfile, SourceError
from snapshot_core.readings import ProfileReading
from snapshot_core.sources.contract import Address, AddressSource, Identity, SourceContext
from snapshot_core.sources.registry import SOURCES
from snapshot_core.sources.youtube.settings import YouTubeSettings
from snapshot_core.sources.youtube.source import SOURCE as YOUTUBE
from snapshot_core.store.accounts import Account, accounts_of
from snapshot_core.store.database import Store
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from tests.pages.conftest import Open, html_of
from tests.support.staged import NOON, Hands, Staged, captures_of
from tests.support.waiting import PATIENCE_SECONDS
from ui.accounts import lookup
from ui.login import CLOCK

HANDLE = "@mossandmint"


class Platform(Staged, AddressSource):
    """A platform whose every answer a test says."""

    def __init__(self, name: str, platform: str) -> None:
        super().__init__(name=name, label=platform)
        self.platform, self.about = platform, ""
        self.answer: Callable[[], Identity] = self.nobody
        self.lacks: str | None = None
        self.asked = 0

    def nobody(self) -> Identity:
        raise NoSuchProfile(f"There is no {self.platform} profile of that name.")

    def has(self, *, videos: int | None = None, followers: int | None = None) -> None:
        profile = ProfileReading(followers=followers, videos=videos)
        self.answer = lambda: Identity(f"{self.name}-1", "mossandmint", "Moss & Mint", profile)

    def fails(self, why: str) -> None:
        def answer() -> Identity:
            raise SourceError(why)

        self.answer = answer

    def missing(self, settings: Any) -> str | None:
        return self.lacks

    def recognise(self, text: str) -> Address | None:
        certain = text.startswith(f"{self.name}.com/")
        if not certain and "/" in text:
            return None
        return Address(text.removeprefix(f"{self.name}.com/"), certain)

    def look_up(self, address: str, context: SourceContext) -> Identity:
        self.asked += 1
        return self.answer()


@pytest.fixture
def tiktok(monkeypatch: pytest.MonkeyPatch) -> Platform:
    source = Platform("public", "TikTok")
    monkeypatch.setitem(SOURCES, "public", source)
    return source


@pytest.fixture
def youtube(monkeypatch: pytest.MonkeyPatch) -> Platform:
    source = Platform("youtube", "YouTube")
    monkeypatch.setitem(SOURCES, "youtube", source)
    return source


@pytest.fixture
def page(store: Store, tiktok: Platform, youtube: Platform, open_page: Open) -> AppTest:
    """The Overview of somebody without an account."""
    store.transact(lambda c: ensure_user(c, LOCAL_EMAIL, NOON))
    return healthy(open_page())


def healthy(at: AppTest) -> AppTest:
    assert not at.exception, [each.message for each in at.exception]
    return at


def typed(at: AppTest, text: str) -> AppTest:
    return healthy(at.text_input[0].set_value(text).run())


def press(at: AppTest, key: str) -> AppTest:
    return healthy(at.button(key=key).click().run())


def problem(at: AppTest) -> str:
    """The one message of a try that came to nothing."""
    (shown,) = [e.proto.body for e in at.get("html") if "tg-add-problem" in e.proto.body]
    assert at.button(key="tg-start").disabled
    return shown


def mine(store: Store) -> list[Account]:
    with store.read() as connection:
        return accounts_of(connection, 1)


def test_an_empty_page_is_the_box_itself(page: AppTest) -> None:
    assert "Whose growth do you want to see?" in html_of(page)
    assert page.button(key="tg-start").disabled
    assert [each.label for each in page.button][-4:] == [
        "Start tracking", "Sign in with TikTok", "Import a file", "Look at sample data",
    ]  # fmt: skip


def test_a_link_asks_its_platform_alone_and_shows_whom_it_found(
    page: AppTest, store: Store, tiktok: Platform, youtube: Platform
) -> None:
    tiktok.has(videos=28, followers=12_345)
    at = typed(page, "public.com/@mossandmint")
    words = html_of(at)
    for part in (
        "Moss &amp; Mint",
        ">TikTok<",
        "@mossandmint · 28 videos · 12.3K followers",
        ">M<",
    ):
        assert part in words, part
    assert (tiktok.asked, youtube.asked) == (1, 0)
    assert mine(store) == []
    at = press(at, "tg-start")
    (account,) = mine(store)
    assert (account.name, account.source, account.handle) == (
        "Moss & Mint", "public", "mossandmint",
    )  # fmt: skip
    assert len(captures_of(store, account.key)) == 1
    assert at.title[0].value == "Growth"
    assert "tg-card" in html_of(at)


def test_a_handle_that_exists_twice_is_asked_about(
    page: AppTest, store: Store, tiktok: Platform, youtube: Platform
) -> None:
    tiktok.has(videos=9)
    youtube.has(videos=412)
    at = typed(page, HANDLE)
    assert at.button(key="tg-start").disabled
    (choice,) = at.get("button_group")
    assert [option.content for option in choice.proto.options] == [
        r"TikTok · 9 videos", r"YouTube · 412 videos",
    ]  # fmt: skip
    at = healthy(at.pills(key=f"tg-which-{HANDLE}").set_value(1).run())
    press(at, "tg-start")
    assert [account.source for account in mine(store)] == ["youtube"]


def test_a_handle_that_nobody_has_says_what_to_try(page: AppTest) -> None:
    words = problem(typed(page, HANDLE))
    assert "No TikTok or YouTube account has this handle." in words
    assert "Check the spelling, or paste the link" in words
    assert "tg-retry" not in [each.key for each in page.button]


def test_a_platform_without_a_key_is_not_asked_and_its_setting_is_named(
    page: AppTest, tiktok: Platform, youtube: Platform
) -> None:
    youtube.lacks = YOUTUBE.missing(YouTubeSettings())
    why = f"YouTube was not asked: whoever runs this has to set it up. {youtube.lacks}"
    assert "Set TRUEGROWTH_YOUTUBE_API_KEY" in why
    words = problem(typed(page, HANDLE))
    assert "No TikTok account has this handle." in words
    assert why in words
    tiktok.has()
    assert why in html_of(typed(page, "@another"))
    assert why in problem(typed(page, "youtube.com/@creator"))
    assert youtube.asked == 0


@pytest.mark.parametrize(
    "why", ["TikTok cannot be reached. It will be tried again.", "The profile @x is private."]
)
def test_what_went_wrong_is_told_in_words_and_goes_with_the_next_try(
    page: AppTest, tiktok: Platform, youtube: Platform, why: str
) -> None:
    tiktok.fails(why)
    at = typed(page, HANDLE)
    words = problem(at)
    assert why.split(".")[0] in words
    assert "It will be tried again" not in words, "nobody tries again but whoever reads it"
    tiktok.has()
    at = press(at, "tg-retry")
    assert "tg-add-problem" not in html_of(at)
    assert not at.button(key="tg-start").disabled
    assert "tg-add-problem" not in html_of(typed(at, ""))


def test_a_platform_that_hangs_is_given_up(
    page: AppTest, tiktok: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lookup, "GIVE_UP_SECONDS", 1)
    ended = Event()
    tiktok.answer = lambda: (ended.wait(60), tiktok.nobody())[1]
    began = time.monotonic()
    words = problem(typed(page, "public.com/@mossandmint"))
    ended.set()
    assert "TikTok did not answer within 1 second." in words
    assert time.monotonic() - began < 30


def test_what_is_no_address_asks_nobody(page: AppTest, tiktok: Platform) -> None:
    assert "no link to a TikTok or YouTube account" in problem(typed(page, "https://x.com/creator"))
    assert tiktok.asked == 0


def test_an_account_that_is_here_already_is_shown_and_not_added_again(
    page: AppTest, store: Store, tiktok: Platform, clock: Hands
) -> None:
    tiktok.has()
    press(typed(page, HANDLE), "tg-start")

    def adding() -> None:
        from ui.accounts.add import choices
        from ui.session import open_session

        choices(open_session())

    at = AppTest.from_function(adding, default_timeout=PATIENCE_SECONDS)
    at.session_state[CLOCK] = clock
    at = typed(healthy(at.run()), HANDLE)
    assert "already tracked" in html_of(at)
    assert at.button(key="tg-start").label == "Show its growth"
    assert len(mine(store)) == 1


def test_sample_data_can_be_looked_at(page: AppTest, store: Store) -> None:
    at = press(page, "tg-by-sample")
    assert [account.source for account in mine(store)] == ["sample"]
    assert "tg-card" in html_of(at)


class TestRemovingTheSample:
    def test_it_can_be_undone(self, sample: Store, open_page: Open) -> None:
        before = mine(sample)
        captures = captures_of(sample, before[0].key)
        cards = html_of(healthy(open_page()))
        at = press(healthy(open_page()), "remove-sample")
        assert mine(sample) == []
        assert "The sample account was removed." in html_of(at)
        at = press(at, "tg-undo")
        assert mine(sample) == before
        assert captures_of(sample, before[0].key) == captures
        assert html_of(at) == cards
        assert "tg-undo" not in [each.key for each in at.button]

    def test_after_a_while_it_is_gone(self, sample: Store, open_page: Open, clock: Hands) -> None:
        at = press(healthy(open_page()), "remove-sample")
        clock.now += 601
        assert "tg-undo" not in [each.key for each in healthy(at.run()).button]
