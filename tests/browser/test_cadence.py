"""Choosing how often an account is read, in a real browser."""

from functools import partial

import pytest
from playwright.sync_api import expect

from snapshot_core.store.accounts import set_cadence, set_paused
from snapshot_core.store.database import Store
from tests.browser.conftest import Dashboard, Visit, keep
from tests.support.stock import make_account

pytestmark = pytest.mark.usefixtures("sample_alone")


@pytest.mark.parametrize(("size", "scheme"), [("desktop", "light"), ("phone", "dark")])
def test_what_a_choice_takes_is_seen_before_it_is_saved(
    dashboard: Dashboard, visit: Visit, size: str, scheme: str
) -> None:
    store = Store(dashboard.environ["DATABASE_URL"])
    account = make_account(store, "creator_01", "public")
    # The job of this dashboard must not ask a real platform.
    store.transact(partial(set_paused, key=account.key, paused=True))
    store.transact(partial(set_cadence, key=account.key, cadence="adaptive"))
    store.close()
    page = visit("/accounts", size, scheme)
    page.get_by_role("link", name="Manage creator_01").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("the newest videos more often in their first 3 days")
    dialog.locator(".st-key-tg-cadence").get_by_role("combobox").click()
    page.get_by_role("option", name="Every 3 hours").click()
    expect(dialog).to_contain_text("All videos every 3 hours.")
    expect(dialog).to_contain_text("calls of the 86,400 a day that TikTok (public) allows")
    keep(page, f"cadence-{size}-{scheme}")
    dialog.get_by_role("button", name="Save how often").click()
    expect(dialog).to_have_count(0)
    page.get_by_role("link", name="Manage creator_01").click()
    expect(dialog.get_by_role("combobox", name="How often")).to_have_value("Every 3 hours")
