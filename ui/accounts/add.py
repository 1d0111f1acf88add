"""Adding an account: by a handle or a link, by its owner's login, or from a file."""

from typing import Final

import streamlit as st

from snapshot_core.capture.first_start import add_sample
from snapshot_core.sources.contract import OAuthSource
from snapshot_core.sources.registry import SOURCES
from ui.accounts.address_box import REOPEN, address_box, clear
from ui.accounts.consent import begin
from ui.html import note
from ui.imports.dialog import connect, import_form
from ui.session import PageSession, open_session

WAY: Final = "tg-way"
"""Key of what was chosen in place of the box: the name of a source, or `FILE`."""
FILE: Final = "file"
LEAD: Final = (
    '<p class="tg-lead">Paste a handle or a link, of a profile or of any of its videos. No '
    "password needed.</p>"
)


def _closed() -> None:
    """The next time it opens it is empty."""
    clear()
    st.session_state.pop(WAY, None)


@st.dialog("Add an account", width="medium", on_dismiss=_closed)
def add_account() -> None:
    """The box first; a login and files come second."""
    choices(open_session())


def reopen() -> None:
    """Show the dialog again, where a Cancel in it has ended the run that drew it."""
    if st.session_state.pop(REOPEN, False):
        add_account()


def choices(session: PageSession) -> None:
    """What the dialog holds."""
    st.html(LEAD)
    address_box(session, in_dialog=True)
    with st.container(key="tg-ways"):
        _logins()
        if _card(FILE, "Import a file", "Numbers you already have: CSV, Excel or a TikTok export."):
            st.session_state[WAY] = FILE
    _chosen_way(session)


def first_account(session: PageSession) -> None:
    """The same as a page of its own, for whoever has no account yet; sample data beside it."""
    with st.container(key="tg-first-run"):
        st.html(f"<h2>Whose growth do you want to see?</h2>{LEAD}")
        address_box(session, in_dialog=False)
        with st.container(key="tg-ways"):
            _logins()
            words = "Numbers you already have: CSV, Excel or a TikTok export."
            if _card("connect", "Import a file", words):
                connect()
            if _card("sample", "Look at sample data", "Invented, and removed with one click."):
                zone, now = session.zone(), session.clock()
                session.store.transact(lambda c: add_sample(c, session.user.user_id, zone, now))
                st.rerun()
        _chosen_way(session)


def _logins() -> None:
    for source in SOURCES.values():
        if isinstance(source, OAuthSource) and _card(source.name, source.choice, source.about):
            st.session_state[WAY] = source.name


def _chosen_way(session: PageSession) -> None:
    """What the chosen way takes."""
    way = st.session_state.get(WAY, "")
    if way == FILE:
        import_form(session)
    elif isinstance(source := SOURCES.get(way), OAuthSource):
        begin(session, source, None)


def _card(key: str, title: str, text: str) -> bool:
    """A way to an account, all of which can be clicked."""
    with st.container(key=f"tg-way-{key}", gap=None):
        clicked = st.button(title, type="tertiary", key=key if key == "connect" else f"tg-by-{key}")
        st.html(note(text))
    return clicked
