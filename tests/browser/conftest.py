"""A dashboard of one's own, started as `make run` starts it, and a Chromium to look at it."""

import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    expect,
    sync_playwright,
)

from snapshot_core.store.accounts import remove_account
from snapshot_core.store.database import Store
from tests.support.chromium import launch_arguments
from tests.support.ports import free_port
from tests.support.programs import ROOT, environment
from tests.support.stock import local_accounts
from tests.support.waiting import PATIENCE_SECONDS, wait_until

SCREENSHOTS = ROOT / ".screenshots"
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}

Visit = Callable[..., Page]

# A busy machine is slow, not wrong.
expect.set_options(timeout=PATIENCE_SECONDS * 1_000)


@dataclass
class Dashboard:
    """A running installation with the sample account."""

    address: str
    environ: dict[str, str]
    process: subprocess.Popen[bytes]
    """Of `run.py`, whose children are the dashboard and the job."""


@pytest.fixture(scope="session")
def dashboard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    """Set up and started on a free port and a database of its own; ended after the last test.

    Whoever brings an account in takes it away again: the sample account is all that others expect.
    """
    with started(tmp_path_factory.mktemp("dashboard"), free_port()) as one:
        yield one


@contextmanager
def started(folder: Path, port: int, **more: str) -> Iterator[Dashboard]:
    """A dashboard with its data in ``folder``, and ``more`` of an environment."""
    zone = {"TRUEGROWTH_TIME_ZONE": "Europe/Lisbon", "PORT": str(port)}
    environ = environment(f"sqlite:///{folder / 'truegrowth.db'}", **zone | more)
    setup = [sys.executable, "-m", "snapshot_core", "setup"]
    subprocess.run(
        setup, cwd=ROOT, env=environ, check=True, capture_output=True, timeout=PATIENCE_SECONDS
    )
    with (folder / "log").open("w") as log:
        running = subprocess.Popen(
            [sys.executable, "run.py"], cwd=ROOT, env=environ, stdout=log, stderr=log
        )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until(lambda: answers(f"{address}/_stcore/health") or running.poll() is not None)
        assert running.poll() is None, (folder / "log").read_text()
        yield Dashboard(address, environ, running)
    finally:
        running.terminate()
        running.wait(timeout=PATIENCE_SECONDS)


@pytest.fixture
def sample_alone(dashboard: Dashboard) -> Iterator[None]:
    """Take away again what a test brings in: others look at the sample account, in any order."""
    yield
    store = Store(dashboard.environ["DATABASE_URL"])
    for account in local_accounts(store):
        if account.source != "sample":
            store.transact(partial(remove_account, key=account.key))
    store.close()


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except OSError:
        return False


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=chromium_path, args=launch_arguments())
        yield chromium
        chromium.close()


@dataclass
class Complaints:
    """What a browser had to complain about."""

    address: str
    heard: list[str] = field(default_factory=list)
    platforms: tuple[str, ...] = ()

    def listen_to(self, page: Page) -> None:
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.heard.append(str(error)))
        page.on("request", lambda request: self.note(request.url))

    def console(self, message: ConsoleMessage) -> None:
        # On a deep link Streamlit asks for its own files below the page first: 404s of its own.
        where = message.location["url"]
        foreign = where.startswith(self.platforms) if self.platforms else False
        if message.type == "error" and "/_stcore/" not in where and not foreign:
            self.heard.append(f"{message.text} {message.location['url']}")

    def note(self, url: str) -> None:
        """Nothing may be asked of any other host, but a platform that the test names."""
        if not url.startswith((self.address, "data:", "blob:", *self.platforms)):
            self.heard.append(f"asked {url}")


@pytest.fixture
def platforms() -> tuple[str, ...]:
    """Addresses beside the dashboard's own that a test's pages may ask."""
    return ()


@pytest.fixture
def visit(dashboard: Dashboard, browser: Browser, platforms: tuple[str, ...]) -> Iterator[Visit]:
    """Open a page: ``visit("/?period=30d", size="phone", scheme="dark")``.

    Fails afterwards if the browser logged an error or asked a host that is not ours.
    """
    contexts: list[BrowserContext] = []
    complaints = Complaints(dashboard.address, platforms=platforms)

    def open_it(path: str = "/", size: str = "desktop", scheme: Any = "light") -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            has_touch=size == "phone",
            device_scale_factor=2 if size == "phone" else 1,
        )
        context.set_default_timeout(PATIENCE_SECONDS * 1_000)
        contexts.append(context)
        page = context.new_page()
        complaints.listen_to(page)
        page.goto(dashboard.address + path)
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints.heard == []


def keep(page: Page, name: str) -> None:
    """Keep a picture of the whole page."""
    SCREENSHOTS.mkdir(exist_ok=True)
    size = page.viewport_size
    assert size
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})
    # Asked again and again: our policy forbids what Playwright's own waiting would evaluate.
    fits = "innerHeight >= document.querySelector('[data-testid=stMain]').scrollHeight"
    wait_until(lambda: page.evaluate(fits))
    page.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")
    page.set_viewport_size(size)
