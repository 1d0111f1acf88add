"""A database that stands still: pages and API answer in time, and all is well again by itself."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from snapshot_core.identity.api_tokens import READ, create
from snapshot_core.store.database import Store
from tests.browser.conftest import Dashboard, started
from tests.support.ports import free_port
from tests.support.postgres import Server

ANSWER_SECONDS = 10
BACK_SECONDS = 20
"""Until a page has noticed that the database is back."""
NUMBERS = "These are the numbers of"


@dataclass(frozen=True)
class Answer:
    status: int
    detail: str
    retry_after: str | None
    seconds: float


@pytest.fixture(scope="module")
def on_postgres(
    frail_server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    folder = tmp_path_factory.mktemp("outage")
    with (
        frail_server.fresh_database() as url,
        started(folder, free_port(), DATABASE_URL=url) as made,
    ):
        yield made


def token_for(dashboard: Dashboard) -> str:
    store, now = Store(dashboard.environ["DATABASE_URL"]), int(time.time())
    try:
        return store.transact(lambda c: create(c, 1, "outage", [READ], now, 1))[1]
    finally:
        store.close()


def ask(address: str, token: str) -> Answer:
    request = urllib.request.Request(address, headers={"Authorization": f"Bearer {token}"})
    began = time.monotonic()
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            status, body, headers = response.status, response.read(), response.headers
    except urllib.error.HTTPError as error:
        status, body, headers = error.code, error.read(), error.headers
    detail = json.loads(body).get("detail", "")
    return Answer(status, detail, headers["retry-after"], time.monotonic() - began)


def test_a_page_shows_the_last_numbers_in_time_until_the_database_is_back(
    on_postgres: Dashboard, frail_server: Server, browser: Browser
) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{on_postgres.address}/videos")
    row = page.get_by_text("Sample data", exact=False).first
    expect(row).to_be_visible()
    expect(page.get_by_text(NUMBERS)).to_have_count(0)
    health, token = f"{on_postgres.address}/api/health", token_for(on_postgres)
    assert ask(health, token).status == 200
    with frail_server.frozen() as thaw, ThreadPoolExecutor(1) as pool:
        began, asked = time.monotonic(), pool.submit(ask, health, token)
        page.reload()
        expect(page.get_by_text(NUMBERS)).to_be_visible()
        took = time.monotonic() - began
        expect(row).to_be_visible()
        answer = asked.result()
        assert (answer.status, answer.retry_after) == (503, "10")
        assert "database cannot be reached" in answer.detail
        thaw()
        began = time.monotonic()
        expect(page.get_by_text(NUMBERS)).to_have_count(0)
        back = time.monotonic() - began
    print(f"page {took:.1f} s, API {answer.seconds:.1f} s, back after {back:.1f} s")
    assert took < ANSWER_SECONDS
    assert answer.seconds < ANSWER_SECONDS
    assert back < BACK_SECONDS
    context.close()
