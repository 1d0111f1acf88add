"""Who may come in, tried in a browser with a real OpenID Connect provider on loopback."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from snapshot_core.identity.cookie_secret import cookie_secret
from snapshot_core.sources.registry import load_settings
from tests.browser.conftest import Complaints, Dashboard, keep, started
from tests.support.oidc import SECRET, Provider, provider
from tests.support.ports import free_port
from tests.support.waiting import PATIENCE_SECONDS

ANNA, BORIS, STRANGER = "anna@agency.example", "boris@creators.example", "eve@elsewhere.example"
ALLOWED = f"{ANNA}, @creators.example"
DEEP_LINKS = ("/", "/videos", "/accounts", "/health", "/settings", "/installation", "/guide")
LINKS = "a:not([href='#stMain'])"
"""All but Streamlit's own way past the navigation."""
LOGIN, LOG_OUT = "Log in to see how much your videos really grew.", "Log out"
ENDED = "Your login has ended."


@pytest.fixture(scope="module")
def oidc() -> Iterator[Provider]:
    with provider(free_port()) as one:
        one.person("anna", email=ANNA)
        one.person("boris", email=BORIS)
        one.person("eve", email=STRANGER)
        one.person("unsure", email=BORIS, email_verified=False)
        yield one


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def dashboard(oidc: Provider, folder: Path) -> Iterator[Dashboard]:
    """An installation with logins; Anna is its administrator."""
    port = free_port()
    with started(folder, port, **oidc.settings(port, ALLOWED, TRUEGROWTH_ADMINS=ANNA)) as one:
        yield one


@contextmanager
def visitor(browser: Browser, dashboard: Dashboard, oidc: Provider) -> Iterator[Page]:
    """A browser of one's own, that asks nobody but the dashboard and the provider."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_SECONDS * 1_000)
    ours = (dashboard.address, oidc.address)

    def only_ours(route: Route) -> None:
        # The provider's own pages name a style sheet of another host.
        (route.continue_ if route.request.url.startswith(ours) else route.abort)()

    context.route("**/*", only_ours)
    page = context.new_page()
    yield page
    context.close()


@pytest.fixture
def page(browser: Browser, dashboard: Dashboard, oidc: Provider) -> Iterator[Page]:
    with visitor(browser, dashboard, oidc) as one:
        yield one


def log_in(page: Page, dashboard: Dashboard, subject: str) -> None:
    """Through the provider's form, until the dashboard has drawn something."""
    authorize(page, dashboard, subject)
    page.get_by_role("button", name=LOG_OUT).wait_for()


def authorize(page: Page, dashboard: Dashboard, subject: str) -> None:
    """Through the provider's form."""
    page.goto(dashboard.address)
    page.get_by_role("button", name="Log in").click()
    page.get_by_placeholder("sub").fill(subject)
    page.get_by_role("button", name="Authorize").click()
    page.wait_for_url(f"{dashboard.address}/**")


def log_out(page: Page, dashboard: Dashboard) -> None:
    page.get_by_role("button", name=LOG_OUT).click()
    # The provider asks before it ends its own session, and then sends the browser back.
    page.get_by_role("button", name="End session").click()
    page.wait_for_url(f"{dashboard.address}/**")


def test_nothing_is_shown_before_a_login(page: Page, dashboard: Dashboard) -> None:
    complaints = Complaints(dashboard.address)
    complaints.listen_to(page)
    for path in DEEP_LINKS:
        page.goto(dashboard.address + path)
        expect(page.get_by_text(LOGIN)).to_be_visible()
        expect(page.get_by_role("button")).to_have_count(1)
        expect(page.locator(LINKS)).to_have_count(0)
    assert complaints.heard == []


def test_who_is_on_the_list_comes_in_and_starts_with_nothing(
    page: Page, dashboard: Dashboard
) -> None:
    log_in(page, dashboard, "boris")
    expect(page.get_by_text("Whose growth do you want to see?")).to_be_visible()
    expect(page.get_by_text("Sample account")).to_have_count(0)
    expect(page.get_by_role("link", name="Installation")).to_have_count(0)
    page.goto(f"{dashboard.address}/installation")
    expect(page.get_by_text("with something stale")).to_have_count(0)


def test_a_login_holds_for_the_next_tab_and_ends_with_log_out(
    page: Page, dashboard: Dashboard
) -> None:
    log_in(page, dashboard, "boris")
    page.goto(f"{dashboard.address}/settings")
    expect(page.get_by_role("heading", name="API tokens")).to_be_visible()
    log_out(page, dashboard)
    expect(page.get_by_text(LOGIN)).to_be_visible()
    assert not [one for one in page.context.cookies() if one["name"].startswith("_streamlit_user")]
    page.goto(f"{dashboard.address}/settings")
    expect(page.get_by_text(LOGIN)).to_be_visible()


def test_a_stranger_is_refused_and_can_log_out(page: Page, dashboard: Dashboard) -> None:
    log_in(page, dashboard, "eve")
    expect(page.get_by_role("alert")).to_contain_text(f"{STRANGER} may not log in here.")
    expect(page.locator(LINKS)).to_have_count(0)
    page.goto(f"{dashboard.address}/videos")
    expect(page.get_by_role("alert")).to_contain_text("may not log in here")
    log_out(page, dashboard)
    expect(page.get_by_text(LOGIN)).to_be_visible()


def test_an_e_mail_that_is_not_verified_counts_for_nothing(
    page: Page, dashboard: Dashboard
) -> None:
    log_in(page, dashboard, "unsure")
    expect(page.get_by_role("alert")).to_contain_text("has not verified")


def test_an_administrator_sees_how_all_stand_and_nothing_of_theirs(
    page: Page, dashboard: Dashboard
) -> None:
    log_in(page, dashboard, "anna")
    complaints = Complaints(dashboard.address)
    complaints.listen_to(page)
    page.get_by_role("link", name="Installation").click()
    expect(page.get_by_text("with stale or failing accounts")).to_be_visible()
    expect(page.get_by_role("row", name="creator@localhost")).to_be_visible()
    expect(page.get_by_text("Sample account")).to_have_count(0)
    assert complaints.heard == []
    keep(page, "installation")


def test_a_forged_cookie_is_nobodys(page: Page, dashboard: Dashboard) -> None:
    log_in(page, dashboard, "boris")
    (cookie,) = [one for one in page.context.cookies() if one["name"] == "_streamlit_user"]
    signed = cookie["value"]
    forged = signed[:-4] + ("aaaa" if not signed.endswith("aaaa") else "bbbb")
    page.context.add_cookies(
        [{"name": "_streamlit_user", "value": forged, "domain": cookie["domain"], "path": "/"}]
    )
    page.reload()
    expect(page.get_by_text(LOGIN)).to_be_visible()


def test_the_same_person_is_the_same_user_whatever_their_e_mail(
    page: Page, dashboard: Dashboard, oidc: Provider, folder: Path
) -> None:
    oidc.person("carla", email="carla@creators.example")
    log_in(page, dashboard, "carla")
    expect(page.get_by_text("Whose growth do you want to see?")).to_be_visible()
    oidc.person("carla", email="carla.married@creators.example")
    log_out(page, dashboard)
    log_in(page, dashboard, "carla")
    expect(page.get_by_text("Whose growth do you want to see?")).to_be_visible()
    with sqlite3.connect(folder / "truegrowth.db") as database:
        known = database.execute("SELECT email FROM users WHERE subject = 'carla'").fetchall()
    assert known == [("carla.married@creators.example",)]


def test_no_secret_is_in_the_log(dashboard: Dashboard, folder: Path) -> None:
    """Of all the logins above; the log is what a self-hoster pastes into an issue."""
    log = (folder / "log").read_text()
    assert log
    for secret in (
        SECRET,
        cookie_secret(load_settings(dashboard.environ, None)),
        "_streamlit_user=",
        "eyJ",
    ):
        assert secret not in log


def is_open_at_health(page: Page, dashboard: Dashboard) -> bool:
    """Whether the page is drawn there before the login has ended."""
    ended = page.get_by_text(ENDED)
    page.get_by_role("button", name=LOG_OUT).or_(ended).wait_for()
    page.goto(f"{dashboard.address}/health")
    page.get_by_role("heading", name="Health", level=1).or_(ended).wait_for()
    return not ended.is_visible()


def test_a_login_ends_when_the_provider_said_and_the_open_page_goes(
    browser: Browser, dashboard: Dashboard, oidc: Provider
) -> None:
    # A busy machine may take longer to draw a page than a login lasts: then with a longer one.
    for seconds in (8, 16, 32, 64, 128):
        with visitor(browser, dashboard, oidc) as page:
            ends_at = int(time.time()) + seconds
            oidc.person("brief", email="brief@creators.example", exp=ends_at)
            authorize(page, dashboard, "brief")
            if not is_open_at_health(page, dashboard):
                continue
            # Nobody clicks: a part of the page that draws itself again finds out.
            page.get_by_text(ENDED).wait_for()
            assert time.time() >= ends_at
            expect(page.locator(LINKS)).to_have_count(0)
            page.goto(f"{dashboard.address}/videos")
            expect(page.get_by_text(ENDED)).to_be_visible()
            return
    raise AssertionError("no login lasted until its page was drawn")


def test_who_is_taken_off_the_list_is_out(browser: Browser, oidc: Provider, tmp_path: Path) -> None:
    port = free_port()
    with (
        started(tmp_path, port, **oidc.settings(port, ALLOWED)) as dashboard,
        visitor(browser, dashboard, oidc) as page,
    ):
        log_in(page, dashboard, "boris")
        expect(page.get_by_text("Whose growth do you want to see?")).to_be_visible()
        kept = page.context.storage_state()
    with started(tmp_path, port, **oidc.settings(port, ANNA)) as dashboard:
        context = browser.new_context(storage_state=kept)
        page = context.new_page()
        page.goto(dashboard.address)
        expect(page.get_by_role("alert")).to_contain_text(f"{BORIS} may not log in here.")
        context.close()
