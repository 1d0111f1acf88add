"""Settings: tokens are made, shown once, listed and revoked."""

import re

import pytest

from snapshot_core.identity.api_tokens import claim, create, proved
from snapshot_core.store.database import Store
from snapshot_core.store.users import LOCAL_EMAIL, ensure_user
from tests.pages.conftest import Open, html_of
from tests.support.staged import NOON, Hands
from ui.settings import api_tokens

DAY = 86_400


@pytest.fixture
def user(store: Store) -> int:
    return store.transact(lambda c: ensure_user(c, LOCAL_EMAIL, NOON)).user_id


def good(store: Store, text: str, now: int = NOON):
    claimed = claim(text)
    assert claimed is not None
    with store.read() as connection:
        return proved(connection, claimed, now)


def make(store: Store, user: int, name: str = "backup", days: int | None = 30) -> str:
    return store.transact(lambda c: create(c, user, name, ["read"], NOON, days))[1]


def test_without_tokens_it_says_so(open_page: Open, user: int) -> None:
    at = open_page("settings.py")
    assert not at.exception
    assert "No tokens yet" in html_of(at)


def test_a_token_is_made_named_scoped_given_an_end_and_shown_once(
    open_page: Open, store: Store, user: int
) -> None:
    at = open_page("settings.py")
    at.text_input(key="tg-token-name").input("my script")
    at.multiselect(key="tg-token-scopes").set_value(["read", "snapshot"])
    at.selectbox(key="tg-token-ends").set_value("in 30 days")
    at.button(key="tg-token-make").click().run()
    assert not at.exception
    (shown,) = at.code
    bearer = good(store, shown.value)
    assert bearer is not None
    assert bearer.scopes == {"read", "snapshot"}
    assert good(store, shown.value, NOON + 30 * DAY) is None
    assert "my script" in html_of(at)
    assert "never used" in html_of(at)
    at.run()
    assert len(at.code) == 0
    assert shown.value not in html_of(at)
    assert shown.value not in str(at.session_state)


@pytest.mark.parametrize(
    ("name", "scopes", "said"),
    [("", ["read"], "name"), ("x", [], "scope")],
)
def test_a_token_needs_a_name_and_a_scope(
    open_page: Open, user: int, name: str, scopes: list[str], said: str
) -> None:
    at = open_page("settings.py")
    at.text_input(key="tg-token-name").input(name)
    at.multiselect(key="tg-token-scopes").set_value(scopes)
    at.button(key="tg-token-make").click().run()
    assert said in at.error[0].value
    assert len(at.code) == 0


def test_revoking_asks_once_more(open_page: Open, store: Store, user: int) -> None:
    text = make(store, user)
    at = open_page("settings.py")
    at.button(key="tg-revoke-1").click().run()
    assert "stop working" in html_of(at)
    at.button(key="tg-keep-1").click().run()
    assert good(store, text) is not None
    at.button(key="tg-revoke-1").click().run()
    at.button(key="tg-sure-1").click().run()
    assert good(store, text) is None
    assert re.search(r"backup.*Revoked", html_of(at))


def test_a_name_is_text_and_nothing_else(open_page: Open, store: Store, user: int) -> None:
    make(store, user, "<b>bold</b>")
    assert "<b>bold" not in html_of(open_page("settings.py"))


def test_what_has_ended_says_so(open_page: Open, store: Store, user: int, clock: Hands) -> None:
    make(store, user, days=1)
    clock.now = NOON + 2 * DAY
    at = open_page("settings.py")
    assert "Ended" in html_of(at)
    assert not [button for button in at.button if button.key == "tg-revoke-1"]


def test_however_many_there_are_each_good_one_can_be_revoked(
    open_page: Open, store: Store, user: int, clock: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_tokens, "MAX_TOKENS_SHOWN", 4)
    for number in range(3):
        make(store, user, f"old-{number}", days=1)
    for number in range(3):
        make(store, user, f"good-{number}")
    clock.now = NOON + 2 * DAY
    shown = html_of(open_page("settings.py"))
    assert re.findall(r"(?:old|good)-.", shown) == ["good-2", "good-1", "good-0", "old-2"]
    for number in range(3, 6):
        make(store, user, f"good-{number}")
    at = open_page("settings.py")
    assert "old-" not in html_of(at)
    revocable = {button.key for button in at.button} & {f"tg-revoke-{n}" for n in range(1, 10)}
    assert revocable == {f"tg-revoke-{n}" for n in range(4, 10)}
