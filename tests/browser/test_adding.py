"""From `make run` to one's own numbers in a real browser, counted in clicks; and the ways out."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Dashboard, Visit, keep, started
from tests.fakes.profile_pages import Pages, Profile, Video, profile_pages
from tests.fakes.tiktok import TikTok
from tests.fakes.tiktok_world import person
from tests.support.ports import free_port

pytestmark = pytest.mark.usefixtures("sample_alone")


@dataclass
class Login:
    """A TikTok that runs, and its address."""

    fake: TikTok
    base: str


@dataclass
class Hand:
    """Clicks and types, and counts both."""

    clicks: int = 0
    fields: set[str] = field(default_factory=set)

    def click(self, target: Locator) -> None:
        self.clicks += 1
        target.click()

    def type(self, target: Locator, text: str) -> None:
        self.fields.add(str(target))
        target.fill(text)
        target.press("Enter")


def listed(count: int) -> list[Video]:
    made, now = [], int(time.time())
    for n in range(count):
        at = now - (n + 1) * 86_400
        stats = {"playCount": 900 + n, "diggCount": 90, "commentCount": 7, "shareCount": 3}
        made.append(Video(str(at << 32 | n), at, stats, title=f"Moss {n}"))
    return made


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    with profile_pages(Profile("mossandmint", listed(28))) as served:
        yield served


@pytest.fixture(scope="module")
def login() -> Iterator[Login]:
    fake = TikTok(time.time, person(1, now=int(time.time()), videos=24))
    with fake.running() as base:
        yield Login(fake, base)


@pytest.fixture(scope="module")
def dashboard(
    pages: Pages, login: Login, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    port = free_port()
    login.fake.redirect_uris = {f"http://127.0.0.1:{port}/connect"}
    with started(
        tmp_path_factory.mktemp("adding"),
        port,
        HTTPS_PROXY=f"http://127.0.0.1:{pages.port}",
        NO_PROXY="127.0.0.1,localhost",
        SSL_CERT_FILE=str(pages.authority),
        REQUESTS_CA_BUNDLE=str(pages.authority),
        TRUEGROWTH_TIKTOK_CLIENT_KEY=login.fake.client_key,
        TRUEGROWTH_TIKTOK_CLIENT_SECRET=login.fake.client_secret,
        TRUEGROWTH_TIKTOK_API_BASE=login.base,
        TRUEGROWTH_TIKTOK_AUTH_BASE=login.base,
    ) as one:
        yield one


@pytest.fixture
def platforms(login: Login) -> tuple[str, ...]:
    return (login.base,)


def box(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Handle or link")


def start(page: Page) -> Locator:
    return page.get_by_role("button", name="Start tracking")


def test_a_public_profile_takes_two_clicks_and_one_field(visit: Visit, pages: Pages) -> None:
    page, hand = visit(), Hand()
    hand.click(page.get_by_role("button", name="Add your account"))
    expect(start(page)).to_be_disabled()
    keep(page, "adding-1-box")
    hand.type(box(page), "tiktok.com/@mossandmint")
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("28 videos")
    keep(page, "adding-2-found")
    hand.click(start(page))
    expect(page.locator("[data-counter=views]").first).to_contain_text(re.compile(r"25[.,]\d"))
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert "account=mossandmint" in page.url
    keep(page, "adding-3-numbers")
    assert hand.clicks <= 4
    assert len(hand.fields) == 1


def test_a_tiktok_login_takes_four_clicks_and_no_field(visit: Visit) -> None:
    """The redirect address is that of this very browser: no setting names it."""
    page, hand = visit(), Hand()
    hand.click(page.get_by_role("button", name="Add your account"))
    hand.click(page.get_by_role("button", name="Sign in with TikTok"))
    hand.click(page.get_by_role("link", name="Go to TikTok"))
    hand.click(page.get_by_role("button", name="Allow"))
    expect(page.locator(".tg-card").first).to_be_visible()
    assert "account=Mara" in page.url
    keep(page, "adding-login-numbers")
    assert hand.clicks <= 4


@pytest.mark.parametrize(("size", "scheme"), [("phone", "dark"), ("desktop", "light")])
def test_each_step_can_be_cancelled_and_leaves_nothing_behind(
    visit: Visit, pages: Pages, size: str, scheme: str
) -> None:
    held = Event()
    asked = pages.answer
    page = visit(size=size, scheme=scheme)
    page.get_by_role("button", name="Add your account").click()

    def hold(address: str) -> tuple[int, bytes] | None:
        held.wait(60)
        return asked(address)

    def hold_list(_page: int) -> None:
        held.wait(60)

    try:
        pages.answer = hold  # type: ignore[method-assign]
        box(page).fill("@mossandmint")
        box(page).press("Enter")
        expect(page.get_by_text("gives up after 15 s")).to_be_visible()
        keep(page, f"adding-asking-{size}-{scheme}")
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("alert")).to_contain_text("Cancelled.")
        expect(box(page)).to_have_value("@mossandmint")
        expect(start(page)).to_be_disabled()
    finally:
        held.set()
        pages.answer = asked  # type: ignore[method-assign]
    page.get_by_role("button", name="Try again").click()
    expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("28 videos")
    expect(page.get_by_role("alert")).to_have_count(0)

    held.clear()
    pages.before_list = hold_list
    try:
        start(page).click()
        expect(page.get_by_text("asking for the videos")).to_be_visible()
        keep(page, f"adding-first-snapshot-{size}-{scheme}")
        page.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("dialog").get_by_role("status")).to_contain_text("28 videos")
        expect(start(page)).to_be_enabled()
    finally:
        held.set()
        pages.before_list = lambda _page: None
    page.keyboard.press("Escape")
    page.goto(page.url.partition("?")[0])
    page.get_by_role("link", name="Accounts").click()
    expect(page.get_by_role("link", name="Manage Sample account")).to_be_visible()
    expect(page.get_by_text("mossandmint")).to_have_count(0)
