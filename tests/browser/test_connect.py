"""Connecting a TikTok account in a real browser, against a platform that speaks its protocol."""

import time
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Dashboard, Visit, keep, started
from tests.fakes.tiktok import TikTok
from tests.fakes.tiktok_world import Video, person
from tests.support.ports import free_port

pytestmark = pytest.mark.usefixtures("sample_alone")


@dataclass
class Platform:
    """A TikTok that runs, and its address."""

    fake: TikTok
    base: str


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    fake = TikTok(time.time, person(1, now=int(time.time()), videos=24))
    with fake.running() as base:
        yield Platform(fake, base)


@pytest.fixture(scope="module")
def dashboard(platform: Platform, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    port = free_port()
    back = f"http://127.0.0.1:{port}/connect"
    platform.fake.redirect_uris = {back}
    with started(
        tmp_path_factory.mktemp("connect"),
        port,
        TRUEGROWTH_TIKTOK_CLIENT_KEY=platform.fake.client_key,
        TRUEGROWTH_TIKTOK_CLIENT_SECRET=platform.fake.client_secret,
        TRUEGROWTH_TIKTOK_REDIRECT_URI=back,
        TRUEGROWTH_TIKTOK_API_BASE=platform.base,
        TRUEGROWTH_TIKTOK_AUTH_BASE=platform.base,
    ) as one:
        yield one


@pytest.fixture(autouse=True)
def as_it_was(platform: Platform) -> Iterator[None]:
    """Leave the platform's only person as others expect her."""
    mara = platform.fake.people[0]
    videos = list(mara.videos)
    yield
    mara.videos[:], mara.target = videos, True


@pytest.fixture
def platforms(platform: Platform) -> tuple[str, ...]:
    return (platform.base, "https://p16.example/")  # covers are where the platform keeps them


def to_tiktok(page: Page) -> None:
    """From the Accounts page to the platform's consent page."""
    page.get_by_role("button", name="Add an account").click()
    page.get_by_role("button", name="Sign in with TikTok").click()
    page.get_by_role("link", name="Go to TikTok").click()
    expect(page.get_by_role("heading", name="Mara 1 wants to allow")).to_be_visible()


def with_mara(visit: Visit) -> Page:
    """The Accounts page with her on it."""
    page = visit("/accounts")
    to_tiktok(page)
    page.get_by_role("button", name="Allow").click()
    expect(page.locator(".tg-card").first).to_be_visible()
    page.get_by_role("link", name="Accounts").click()
    expect(page.get_by_role("link", name="Manage Mara 1")).to_be_visible()
    return page


def told(page: Page) -> str:
    """Why it was not connected, as the Accounts page says it."""
    alert = page.get_by_role("alert").filter(has_text="Not connected.")
    expect(alert).to_be_visible()
    assert "/accounts" in page.url
    assert "code=" not in page.url
    expect(page.get_by_role("link", name="Manage Mara 1")).to_have_count(0)
    return alert.inner_text()


def test_an_unticked_box(visit: Visit) -> None:
    page = visit("/accounts")
    to_tiktok(page)
    page.get_by_label("video.list").uncheck()
    page.get_by_role("button", name="Allow").click()
    assert "leave it ticked" in told(page)
    keep(page, "connect-refused")


def test_no_permission(visit: Visit) -> None:
    page = visit("/accounts")
    to_tiktok(page)
    page.get_by_role("button", name="Cancel").click()
    assert "did not allow" in told(page)


def test_an_account_that_the_sandbox_does_not_know(visit: Visit, platform: Platform) -> None:
    platform.fake.people[0].target = False
    page = visit("/accounts")
    page.get_by_role("button", name="Add an account").click()
    page.get_by_role("button", name="Sign in with TikTok").click()
    page.get_by_role("link", name="Go to TikTok").click()
    assert "target users" in told(page)


def test_a_wrong_state(visit: Visit, dashboard: Dashboard) -> None:
    page = visit("/connect?code=abc&state=of-somebody-else&scopes=video.list")
    assert "begun here" in told(page)


def test_a_token_call_that_says_no_with_http_200(visit: Visit, platform: Platform) -> None:
    platform.fake.script("oauth/token", "invalid_client")
    page = visit("/accounts")
    to_tiktok(page)
    page.get_by_role("button", name="Allow").click()
    assert "does not know your app" in told(page)


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_from_the_accounts_page_to_cards(visit: Visit, platform: Platform, size: str) -> None:
    page = visit("/accounts", size=size)
    to_tiktok(page)
    page.get_by_role("button", name="Allow").click()
    expect(
        page.get_by_text("first snapshot taken, 24 videos")
        .or_(page.get_by_text("since", exact=False))
        .first
    ).to_be_visible()
    assert "code=" not in page.url
    expect(page.locator(".tg-card").first).to_be_visible()
    keep(page, f"connected-{size}")
    page.get_by_role("link", name="Accounts").click()
    expect(page.get_by_role("link", name="Manage Mara 1")).to_be_visible()
    expect(page.get_by_text("first snapshot taken").locator("visible=true").first).to_be_visible()
    keep(page, f"accounts-{size}")


def test_a_code_that_was_used_already(visit: Visit, platform: Platform) -> None:
    page = visit("/accounts")
    to_tiktok(page)
    platform.fake.script("oauth/token", "invalid_grant")
    page.get_by_role("button", name="Allow").click()
    alert = page.get_by_role("alert").filter(has_text="Not connected.")
    expect(alert).to_contain_text("works once")


def test_an_account_that_was_taken_back_says_so_and_is_connected_again(
    visit: Visit, platform: Platform
) -> None:
    fake = platform.fake
    with_mara(visit)
    fake.end_consent(fake.people[0])
    page = visit("/?account=Mara+1")
    page.get_by_role("button", name="Take snapshot now").click()
    expect(page.get_by_role("alert").first).to_contain_text("Connect the account")
    page.get_by_role("link", name="Accounts").click()
    expect(page.locator(".tg-state").get_by_text("sign in again")).to_be_visible()
    keep(page, "accounts-stopped")
    now = int(time.time())
    fake.people[0].videos.append(Video(str(now << 32 | 7), now - 60, 3_000))
    page.get_by_role("link", name="Manage Mara 1").click()
    page.get_by_role("button", name="Sign in again").click()
    page.get_by_role("link", name="Go to TikTok").click()
    page.get_by_role("button", name="Allow").click()
    expect(page.locator(".tg-card").first).to_be_visible()
    page.get_by_role("link", name="Accounts").click()
    expect(page.get_by_role("link", name="Manage Mara 1")).to_be_visible()
    expect(page.locator(".tg-state").get_by_text("sign in again")).to_have_count(0)


def test_removing_asks_for_the_name(visit: Visit, platform: Platform) -> None:
    page = with_mara(visit)
    page.get_by_role("link", name="Manage Mara 1").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_text("Remove this account").click()
    button = dialog.get_by_role("button", name="Remove for good")
    expect(button).to_be_disabled()
    dialog.get_by_role("textbox").fill("Mara 1")
    dialog.get_by_role("textbox").press("Enter")
    expect(button).to_be_enabled()
    keep(page, "account-removal")
    button.click()
    expect(page.get_by_role("link", name="Manage Mara 1")).to_have_count(0)
    assert platform.fake.called("oauth/revoke")
