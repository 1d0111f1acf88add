"""All accounts together in a browser: who is left out is a line that opens, on any screen."""

import time

import pytest
from playwright.sync_api import expect

from snapshot_core.store.database import Store
from snapshot_core.windows import DAY
from tests.browser.conftest import Dashboard, Visit, keep
from tests.browser.test_overview import INSIDE
from tests.support.stock import capture, make_account

pytestmark = pytest.mark.usefixtures("sample_alone")

LEFT_OUT = 12


@pytest.fixture
def accounts(dashboard: Dashboard) -> None:
    """One that is ready, twelve that are not: one of them with a name that has no space."""
    store, now = Store(dashboard.environ["DATABASE_URL"]), int(time.time())
    ready = make_account(store, "ready")
    for number in range(10):
        capture(store, ready, now - (9 - number) * DAY, {"r": 10_000 + 100 * number})
    for number in range(LEFT_OUT):
        name = "a_name_without_any_space_" * 7 if not number else f"young {number}"
        young = make_account(store, name)
        for hours, views in ((19, 5_000), (0, 5_412)):
            capture(store, young, now - hours * 3_600, {f"y{number}": views})
    store.close()


@pytest.mark.parametrize("size", ["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_who_is_left_out_is_a_line_that_opens(
    visit: Visit, accounts: None, size: str, scheme: str
) -> None:
    page = visit(size=size, scheme=scheme)
    line, entries = page.locator(".tg-left-out summary"), page.locator(".tg-left-out li")
    expect(line).to_contain_text(f"{LEFT_OUT} of {LEFT_OUT + 1} accounts are not in these numbers")
    expect(entries.last).to_be_hidden()
    expect(page.locator("[data-counter=views] .tg-gain")).to_contain_text("+700")
    line.focus()
    page.keyboard.press("Enter")
    expect(entries).to_have_count(LEFT_OUT)
    expect(entries.last).to_contain_text("+412 views since tracking began, 19 h.")
    expect(entries.last).to_be_visible()
    assert page.evaluate(INSIDE)
    keep(page, f"left-out-{size}-{scheme}")
