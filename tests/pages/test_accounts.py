"""The Accounts page: what is followed, how it stands, and what can be done with it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from snapshot_core.capture.take import take
from snapshot_core.connections.encryption import Cipher
from snapshot_core.connections.tokens import sealed
from snapshot_core.errors import SourceError
from snapshot_core.sources.contract import Calls, Grant
from snapshot_core.sources.registry import SOURCES
from snapshot_core.store import connections
from snapshot_core.store.accounts import (
    Account,
    accounts_of,
    add_account,
    remove_account,
    set_cadence,
)
from snapshot_core.store.database import Store
from snapshot_core.store.source_loads import Load, store_loads
from snapshot_core.store.tables import accounts as table
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from snapshot_core.windows import DAY, HOUR
from tests.fakes.toygram import Toygram
from tests.pages.conftest import Open
from tests.support.staged import NOON, Hands, Staged, added
from tests.support.stock import capture
from tests.support.waiting import PATIENCE_SECONDS
from ui.login import CLOCK

Dialog = Callable[[Callable[[], None]], AppTest]
KEY = "a key of the tests that is long enough"


@pytest.fixture
def page(store: Store, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> Open:
    monkeypatch.setenv("TRUEGROWTH_SECRET_KEY", KEY)
    store.transact(lambda c: ensure_user(c, LOCAL_EMAIL, NOON))

    def open_it(**query: str) -> AppTest:
        return open_page("accounts.py", **query)

    return open_it


def adding() -> None:
    """The dialog that adds an account, without the dialog: it closes at a whole rerun."""
    from ui.accounts.add import choices
    from ui.session import open_session

    choices(open_session())


def managing() -> None:
    """The dialog of the first account, likewise."""
    from ui.accounts.dialog import controls
    from ui.accounts.list import views
    from ui.session import open_session

    session = open_session()
    for view in views(session)[:1]:
        controls(session, view)


@pytest.fixture
def dialog(store: Store, clock: Hands, monkeypatch: pytest.MonkeyPatch) -> Dialog:
    monkeypatch.setenv("TRUEGROWTH_SECRET_KEY", KEY)
    store.transact(lambda c: ensure_user(c, LOCAL_EMAIL, clock()))

    def open_it(script: Callable[[], None]) -> AppTest:
        at = AppTest.from_function(script, default_timeout=PATIENCE_SECONDS)
        at.session_state[CLOCK] = clock
        return at.run()

    return open_it


def html(at: AppTest) -> str:
    return " ".join(part.proto.body for part in at.get("html"))


def button(at: AppTest, label: str) -> Any:
    return next(each for each in at.button if each.label == label)


def connect(store: Store, account: Account, until: int, now: int) -> None:
    """Give an account tokens that can be renewed until ``until``."""
    grant = Grant("access", now + 7_200, "refresh", until, frozenset({"video.list"}), "open")
    stored = sealed(grant, Cipher(KEY), now)
    store.transact(lambda c: connections.connect(c, account.key, stored))


def mine(store: Store) -> list[Account]:
    with store.read() as connection:
        return accounts_of(connection, 1)


def test_without_accounts_it_says_what_is_needed(page: Open) -> None:
    at = page()
    assert "nothing but its handle" in html(at)
    assert not at.exception


def test_the_box_comes_first_then_logins_then_files(dialog: Dialog) -> None:
    at = dialog(adding)
    assert at.text_input[0].placeholder == "@handle or a link"
    assert [button.label for button in at.button] == [
        "Start tracking", "Sign in with TikTok", "Import a file",
    ]  # fmt: skip
    assert button(at, "Start tracking").disabled
    assert "No password needed" in html(at)


def test_a_login_that_lacks_an_app_says_how_to_get_one(dialog: Dialog) -> None:
    at = dialog(adding)
    button(at, "Sign in with TikTok").click().run()
    assert "CLIENT" in at.info[0].value
    assert 'href="/guide?source=tiktok"' in html(at)
    assert "/connect</code>" in html(at)


@pytest.fixture
def toygram(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(SOURCES, Toygram.name, Toygram())


def test_a_source_that_is_new_is_offered_in_its_own_words(dialog: Dialog, toygram: None) -> None:
    at = dialog(adding)
    assert "A toy&#x27;s own account" in html(at)
    button(at, "Toygram login").click().run()
    assert "TOYGRAM" in at.info[0].value
    assert 'href="/guide?source=toygram">How to make a Toygram app' in html(at)


def test_a_source_that_is_new_leads_to_its_own_consent_page(
    dialog: Dialog, toygram: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"TRUEGROWTH_TOYGRAM_{part}", "x")
    at = dialog(adding)
    button(at, "Toygram login").click().run()
    assert "allow counting your toys" in html(at)
    assert 'href="https://toygram.example/authorize?' in html(at)
    assert "Go to Toygram" in html(at)


def test_each_state_has_its_word(store: Store, staged: Staged, clock: Hands, page: Open) -> None:
    well = added(store, "well", source="staged")
    clock.now -= 19 * HOUR
    take(store, staged, well, clock, trigger="nightly")
    clock.now += 19 * HOUR
    take(store, staged, well, clock, trigger="nightly")
    added(store, "files", source="csv")
    asleep = added(store, "asleep", source="staged")
    stopped = added(store, "stopped", source="tiktok")
    connect(store, stopped, clock() + 100 * DAY, clock())
    store.transact(
        lambda c: c.execute(
            table.update()
            .where(table.c.account_id == stopped.account_id)
            .values(blocked=True, last_error="TikTok has ended this access.")
        )
    )
    store.transact(
        lambda c: c.execute(
            table.update().where(table.c.account_id == asleep.account_id).values(paused=True)
        )
    )
    ending = added(store, "ending", source="tiktok")
    connect(store, ending, clock() + 10 * DAY, clock())
    added(store, "never", source="tiktok")
    text = html(page())
    for words in (
        "19 h of history", "no snapshot yet", "paused", "access ends soon", "Imported file",
        "sign in again", "TikTok has ended this access", "Its access ends on 2 Dec",
    ):  # fmt: skip
        assert words in text, words


def test_an_access_that_has_ended_says_so_even_where_nothing_was_tried(
    store: Store, clock: Hands, page: Open, dialog: Dialog
) -> None:
    account = added(store, "mine", source="tiktok")
    connect(store, account, clock() - DAY, clock())
    shown = page()
    assert "sign in again" in html(shown)
    assert "Its access ended on 21 Nov" in html(shown)
    at = dialog(managing)
    assert "It ended on 21 Nov" in html(at)
    assert button(at, "Sign in again")


def test_what_fails_for_now_can_be_connected_again_too(
    store: Store, clock: Hands, page: Open, dialog: Dialog
) -> None:
    """As where the secret key was lost: no later try can heal that."""
    account = added(store, "mine", source="tiktok")
    connect(store, account, clock() + 100 * DAY, clock())
    store.transact(lambda c: c.execute(table.update().values(last_error="It cannot be read.")))
    assert "trying again" in html(page())
    assert button(dialog(managing), "Sign in again")


def test_pausing_and_resuming(store: Store, staged: Staged, clock: Hands, dialog: Dialog) -> None:
    added(store, "mine", source="staged")
    at = dialog(managing)
    button(at, "Pause snapshots").click().run()
    assert [account.paused for account in mine(store)] == [True]
    at = dialog(managing)
    button(at, "Resume snapshots").click().run()
    assert [account.paused for account in mine(store)] == [False]


def test_a_time_zone_of_its_own(store: Store, staged: Staged, dialog: Dialog) -> None:
    added(store, "mine", source="staged")
    at = dialog(managing)
    at.selectbox(key="tg-zone").set_value("Asia/Tokyo").run()
    button(at, "Save time zone").click().run()
    assert [account.time_zone for account in mine(store)] == ["Asia/Tokyo"]


def test_how_often_it_is_read_is_chosen_by_what_it_takes(
    store: Store, staged: Staged, dialog: Dialog
) -> None:
    staged.calls = Calls(a_day=1_000, fixed=1, videos_per_page=20, recent=1)
    account = added(store, "mine", source="staged")
    at = dialog(managing)
    select = at.selectbox(key="tg-cadence")
    assert select.value == "nightly"
    assert button(at, "Save how often").disabled
    assert "of the 1,000 a day that Staged allows" in html(at)
    select.set_value("hourly").run()
    assert "Next 24 hours: 24 snapshots of all videos; 48 calls" in html(at)
    button(at, "Save how often").click().run()
    assert [each.cadence for each in mine(store)] == ["hourly"]
    # With others, its part is less than that.
    store.transact(lambda c: store_loads(c, {"staged": Load(100, 0)}))
    at = dialog(managing)
    assert "less than chosen: all accounts share these calls" in html(at)
    store.transact(lambda c: set_cadence(c, account.key, "nightly"))
    assert "less than chosen" not in html(dialog(managing))


def test_what_is_read_by_night_only_has_no_choice(
    store: Store, staged: Staged, dialog: Dialog
) -> None:
    added(store, "mine", source="staged")
    at = dialog(managing)
    assert [select.key for select in at.selectbox] == ["tg-zone"]


def test_what_waits_for_its_user_is_tried_again_when_they_say_so(
    store: Store, staged: Staged, clock: Hands, dialog: Dialog
) -> None:
    account = added(store, "mine", source="staged")
    staged.errors["mine"] = SourceError("It is gone.", permanent=True)
    with pytest.raises(SourceError):
        take(store, staged, account, clock, trigger="nightly")
    assert [account.blocked for account in mine(store)] == [True]
    at = dialog(managing)
    button(at, "Try again").click().run()
    assert [account.blocked for account in mine(store)] == [False]


def test_removing_wants_the_name_typed(store: Store, staged: Staged, dialog: Dialog) -> None:
    added(store, "mine *and* more", source="staged")
    at = dialog(managing)
    assert button(at, "Remove for good").disabled
    at.text_input(key="tg-typed").set_value("mine").run()
    assert button(at, "Remove for good").disabled
    at.text_input(key="tg-typed").set_value("mine *and* more").run()
    button(at, "Remove for good").click().run()
    assert mine(store) == []


def test_a_dialog_left_open_does_not_act_on_another_account_that_got_the_number(
    store: Store, clock: Hands, dialog: Dialog
) -> None:
    old = added(store, "old")
    store.transact(lambda c: remove_account(c, old.key))
    store.transact(lambda c: add_account(c, old.user_id, "new", "staged", clock() + 5))

    def left_open() -> None:
        from dataclasses import replace

        from ui.accounts.dialog import controls
        from ui.accounts.list import views
        from ui.session import open_session

        session = open_session()
        (view,) = views(session)
        earlier = replace(view.account, name="old", created_at=view.account.created_at - 5)
        controls(session, replace(view, account=earlier))

    shown = dialog(left_open)
    assert "not here any more" in html(shown)
    assert not shown.button


def rows(at: AppTest) -> list[str]:
    """The names in the table, from top to bottom."""
    return re.findall(r'class="tg-row-link"[^>]*>([^<]*)<', html(at))


class TestManyAccounts:
    """Sixty of them, each with a night's gain of its own, and one with a single capture."""

    @pytest.fixture
    def many(self, store: Store, staged: Staged) -> None:
        for number in range(60):
            account = added(store, f"creator {number:02}", source="csv" if number % 2 else "staged")
            for back in (8, 7, 0):
                views = {f"{number}": 1_000 - back * number}
                capture(store, account, NOON - back * DAY, views, followers=500 - number)
        capture(store, added(store, "one capture"), NOON, {"x": 5})

    def test_nothing_is_blanked_by_one_that_is_new(self, many: None, page: Open) -> None:
        at = page()
        gained = 7 * sum(range(60))
        text = html(at)
        assert f"60 accounts gained +{gained / 1_000:.1f}K views in 7 days" in text
        assert rows(at)[0] == "creator 59"
        assert len(rows(at)) == 30
        assert "1 to 30 of 61" in text

    def test_are_searched(self, many: None, page: Open) -> None:
        at = page(q="CREATOR 2")
        assert set(rows(at)) == {f"creator {number}" for number in range(20, 30)}
        assert "No account has that name." in html(page(q="nobody"))

    def test_are_sorted_by_what_the_address_says(self, many: None, page: Open) -> None:
        assert rows(page(sort="-views"))[:2] == ["creator 00", "creator 01"]
        assert rows(page(sort="followers"))[0] == "creator 00"
        assert rows(page(sort="-name"))[0] == "one capture"
        assert rows(page(sort="of no column")) == rows(page())

    def test_are_filtered(self, many: None, store: Store, page: Open) -> None:
        assert "one capture" not in rows(page(show="Imported file", sort="-name"))
        stopped = next(account for account in mine(store) if account.name == "creator 10")
        change = table.update().where(table.c.account_id == stopped.account_id)
        store.transact(lambda c: c.execute(change.values(blocked=True, last_error="Gone.")))
        at = page(show="Needs you")
        assert rows(at) == ["creator 10"]
        assert "1 needs you" in html(at)

    def test_a_row_opens_its_overview_and_its_dialog(self, many: None, page: Open) -> None:
        at = page(q="creator 07")
        assert 'href="/?account=creator+07&amp;period=7d"' in html(at)
        assert "&amp;manage=8" in html(at)
        opened = page(manage="8")
        assert "manage" not in opened.query_params
        assert "<h2>creator 07</h2>" in html(opened)


def test_no_token_is_in_the_page(store: Store, clock: Hands, dialog: Dialog) -> None:
    account = added(store, "mine", source="tiktok")
    connect(store, account, clock() + 100 * DAY, clock())
    at = dialog(managing)
    everything = str(at) + html(at)
    assert "refresh" not in everything.lower().replace("refreshed", "")
    assert "gAAAA" not in everything
