"""The pages: every one of them, with every id of the other user in its address."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from snapshot_core.store.users import Person
from snapshot_core.windows import DAY
from tests.pages.conftest import ROUTER
from tests.separation.conftest import LOGINS, Worlds
from tests.separation.worlds import ANNA, BORIS, OF_BORIS, World
from tests.support.staged import NOON, Hands
from tests.support.waiting import PATIENCE_SECONDS
from ui.login import CLOCK

FOR_ADMINISTRATORS = {"installation.py"}
PAGES = sorted({path.name for path in ROUTER.parent.glob("[!_]*.py")} - FOR_ADMINISTRATORS)
QUIET = {"guide.py"}
"""Pages that show a text and open no session."""

_RANDOM = re.compile(rb"(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])")
"""The numbers that Streamlit draws for parts of a page."""

Look = Callable[..., AppTest]


@pytest.fixture
def kind() -> str:
    """SQLite alone: the statements themselves are looked at on both."""
    return "sqlite"


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Look:
    """Open a page as somebody: ``look(world, "videos.py", {"video": "7"})``."""

    def open_it(
        one: World,
        page: str = "overview.py",
        query: dict[str, str] | None = None,
        who: Person | None = ANNA,
        **more: str,
    ) -> AppTest:
        for name, value in {**LOGINS, "DATABASE_URL": one.url, **more}.items():
            monkeypatch.setenv(name, value)
        at = AppTest.from_file(ROUTER, default_timeout=PATIENCE_SECONDS)
        at.secrets["auth"] = {"cookie_secret": "x" * 32}
        at.session_state[CLOCK] = Hands()
        at.user = claims(who) if who else {"is_logged_in": False}
        for name, value in (query or {}).items():
            at.query_params[name] = value
        at.run()
        return at if page == "overview.py" or not links(at) else at.switch_page(page).run()

    st.cache_resource.clear()
    # Every styled table gets a name by chance.
    monkeypatch.setattr("pandas.io.formats.style_render.uuid4", lambda: UUID(int=0))
    return open_it


def claims(who: Person, **more: Any) -> dict[str, Any]:
    return {
        "is_logged_in": True,
        "iss": who.issuer,
        "sub": who.subject,
        "email": who.email,
        "email_verified": True,
        "exp": NOON + DAY,
        **more,
    }


def links(at: AppTest) -> list[Any]:
    return list(at.get("page_link"))


def drawn(at: AppTest) -> bytes:
    """All that was sent to the browser."""
    assert not at.exception, at.exception
    found = b""
    waiting = list(at._tree.children.values())
    while waiting:
        node = waiting.pop()
        waiting += getattr(node, "children", {}).values()
        if (proto := getattr(node, "proto", None)) is not None:
            found += proto.SerializeToString(deterministic=True)
    return _RANDOM.sub(b"", found)


def addresses(one: World) -> list[dict[str, str]]:
    """What an address of Anna's may have in it of Boris's."""
    theirs = one.of(one.boris)
    accounts = [row[2] for row in theirs["accounts"]]
    videos = {one.boris_videos[0], one.boris_videos[-1]}
    return [
        {},
        *({"account": name, "period": "30d"} for name in (accounts[0], accounts[-1])),
        *({"video": str(number)} for number in sorted(videos)),
        {"q": OF_BORIS},
        {"account": "anna-channel-1", "counter": "Likes", "period": "24h"},
    ]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_the_same_whether_or_not_the_other_is_there(
    worlds: Worlds, look: Look, page: str
) -> None:
    with_boris, without = worlds
    before = with_boris.of(with_boris.boris)
    for query in addresses(with_boris) if page not in QUIET else [{}]:
        seen = []
        for one in (with_boris, without):
            st.cache_resource.clear()
            seen.append(drawn(look(one, page, query)))
        assert seen[0] == seen[1], query
        if OF_BORIS not in str(query):
            assert OF_BORIS.encode() not in seen[0]
    assert b"anna" in seen[0] or page in {*QUIET, "connect.py"}
    assert with_boris.of(with_boris.boris) == before


def test_what_one_process_keeps_of_a_user_is_for_no_other(worlds: Worlds, look: Look) -> None:
    """No cache is emptied between the two: what Boris has just seen is kept, and not for Anna."""
    one = worlds[0]
    for page in PAGES:
        his = drawn(look(one, page, {"period": "30d"}, who=BORIS))
        hers = drawn(look(one, page, {"period": "30d"}, who=ANNA))
        assert b"anna" not in his or page in QUIET, page
        assert OF_BORIS.encode() not in hers or page in QUIET, page


def test_nor_while_the_database_is_away(worlds: Worlds, look: Look, tmp_path: Path) -> None:
    """What was read last and well is shown then: each user's own."""
    one = worlds[0]
    look(one, who=BORIS)
    file = Path(one.url.removeprefix("sqlite:///"))
    one.store.close()
    file.rename(tmp_path / "away.db")
    hers = look(one, who=ANNA)
    assert OF_BORIS.encode() not in drawn(hers)
    his = look(one, who=BORIS)
    assert b"anna" not in drawn(his)


@pytest.mark.parametrize("page", PAGES)
def test_no_button_reaches_the_other(worlds: Worlds, look: Look, page: str) -> None:
    one = worlds[0]
    before = one.of(one.boris)
    for button in [str(each.key) for each in look(one, page).button if not each.disabled]:
        clicked = look(one, page).button(key=button).click().run()
        assert OF_BORIS.encode() not in drawn(clicked), button
    assert one.of(one.boris) == before


class TestWhoMayNotBeHere:
    """Every page, without its router's leave."""

    @pytest.mark.parametrize("page", PAGES)
    def test_nobody(self, worlds: Worlds, look: Look, page: str) -> None:
        at = look(worlds[0], page, who=None)
        assert [button.label for button in at.button] == ["Log in"]
        assert not links(at)
        assert b"channel" not in drawn(at)

    @pytest.mark.parametrize(
        ("wrong", "said"),
        [
            ({"exp": NOON}, "ended"),
            ({"exp": None}, "ended"),
            ({"exp": True}, "ended"),
            ({"iss": ""}, "who you are"),
            ({"sub": None}, "who you are"),
            ({"email": None}, "no e-mail"),
            ({"email": "eve@three.example"}, "may not log in"),
            ({"email": "eve@one.example.evil.example"}, "may not log in"),
            ({"email": "eve@sub.one.example"}, "may not log in"),
            ({"email": "@one.example@evil.example"}, "may not log in"),
            ({"email_verified": False}, "not verified"),
            ({"email_verified": "false"}, "not verified"),
            ({"email_verified": ["true"]}, "not verified"),
            ({"email_verified": None}, "not verified"),
        ],
    )
    def test_somebody_whose_claims_are_not_enough(
        self, worlds: Worlds, look: Look, wrong: dict[str, Any], said: str
    ) -> None:
        at = look(worlds[0], who=None)
        at.user = claims(ANNA, **wrong)
        at.run()
        shown = drawn(at)
        assert said.encode() in shown
        assert b"channel" not in shown
        assert not links(at)

    def test_an_upper_case_e_mail_is_the_same(self, worlds: Worlds, look: Look) -> None:
        at = look(worlds[0], who=None)
        at.user = claims(ANNA, email=ANNA.email.upper())
        assert b"anna-channel-0" in drawn(at.run())


def test_an_administrator_sees_how_all_stand_and_none_of_their_names(
    worlds: Worlds, look: Look
) -> None:
    at = look(worlds[0], "installation.py", TRUEGROWTH_ADMINS=ANNA.email)
    shown = drawn(at)
    assert b"boris@two.example" in shown
    for of_theirs in (b"channel", b"Title", b"7 000", b"700"):
        assert of_theirs not in shown
    assert {"Installation"} <= {link.proto.label for link in links(at)}


def test_others_have_no_such_page(worlds: Worlds, look: Look) -> None:
    at = look(worlds[0])
    assert "Installation" not in {link.proto.label for link in links(at)}
    for page in FOR_ADMINISTRATORS:
        with pytest.raises(ValueError, match="Could not find"):
            look(worlds[0], page)
