"""A page, run whole on a real database, with a clock that stands still."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from snapshot_core.capture.first_start import set_up
from snapshot_core.sources.registry import SOURCES, load_settings
from snapshot_core.store.database import Store
from tests.support.staged import Hands, Staged, installed
from tests.support.templates import fill
from tests.support.waiting import PATIENCE_SECONDS
from ui.login import CLOCK

ROUTER = Path(__file__).resolve().parents[2] / "pages" / "_router.py"

ZONE = "Europe/Lisbon"

Open = Callable[..., AppTest]


@pytest.fixture
def clock() -> Hands:
    """Noon, 22 November 2026, until a test moves it."""
    return Hands()


@pytest.fixture
def page_url(sqlite_url: str, monkeypatch: pytest.MonkeyPatch, read_here: None) -> str:
    """The database that the pages read; not set up yet."""
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.setenv("TRUEGROWTH_TIME_ZONE", ZONE)
    st.cache_resource.clear()
    return sqlite_url


@pytest.fixture
def store(page_url: str) -> Iterator[Store]:
    """The same database, with its tables."""
    made = installed(page_url)
    yield made
    made.close()


def with_sample(url: str) -> None:
    """Fill an empty database as `make run` does, with the sample account."""
    settings = load_settings({"TRUEGROWTH_TIME_ZONE": ZONE}, env_file=None)
    store = Store(url)
    set_up(store, settings, Hands())
    store.close()


@pytest.fixture
def sample(page_url: str) -> Iterator[Store]:
    """The database that the pages read, with the local user and the sample account."""
    fill(page_url, with_sample)
    store = Store(page_url)
    yield store
    store.close()


@pytest.fixture
def staged(monkeypatch: pytest.MonkeyPatch) -> Staged:
    """A source of the name "staged" that does what a test says."""
    source = Staged()
    monkeypatch.setitem(SOURCES, source.name, source)
    return source


@pytest.fixture
def open_page(page_url: str, clock: Hands) -> Open:
    """Open a page as a browser would: ``open_page(period="30d")``."""

    def open_it(page: str = "", **query: str) -> AppTest:
        at = AppTest.from_file(ROUTER, default_timeout=PATIENCE_SECONDS)
        at.session_state[CLOCK] = clock
        for name, value in query.items():
            at.query_params[name] = value
        at.run()
        return at.switch_page(page).run() if page else at

    return open_it


def html_of(at: AppTest) -> str:
    """All our own markup on the page."""
    return "\n".join(element.proto.body for element in at.get("html"))
