"""A consent, from here to the platform and back."""

from html import escape

import streamlit as st

from snapshot_core.connections.accounts import PATIENCE, ask, lacking, receive
from snapshot_core.connections.platforms import Platforms
from snapshot_core.errors import TruegrowthError
from snapshot_core.sources.registry import SOURCES
from snapshot_core.store.accounts import Account
from ui.controls import CHOICES, NEXT_ACCOUNT
from ui.html import literal
from ui.page import go_to
from ui.session import PageSession, open_session
from ui.snapshot import FOUND, first_snapshot

PLATFORM = "tiktok"
REFUSED = "tg-refused"
"""Key of why a connection did not come about, until it has been told."""
GUIDE = "/guide"
CONSENT = "tg-consent"
"""Key of the consent that this session has asked for: for which account, where, and when."""


def begin(session: PageSession, account: Account | None, lacks: str | None) -> None:
    """What will be asked, and the way to the platform; or what is missing for it."""
    if lacks is not None:
        st.info(literal(lacks))
        redirect = escape(session.settings.tiktok_redirect_uri)
        st.html(
            f'<p><a href="{GUIDE}">How to make the app, step by step</a></p>'
            f'<p class="tg-note">Redirect address to register: <code>{redirect}</code></p>'
        )
        return
    asked = account.account_id if account else None
    # Asked for once per dialog: each consent is a row that waits for its answer.
    kept = st.session_state.get(CONSENT)
    if kept is None or kept[0] != asked or not 0 <= session.now - kept[2] < PATIENCE // 2:
        platforms = Platforms(session.store, session.settings)
        url = ask(platforms, SOURCES[PLATFORM], session.user.user_id, asked, session.clock())
        kept = st.session_state[CONSENT] = (asked, url, session.now)
    st.html(
        "<p>TikTok will ask you to allow reading your profile, your counters and your public "
        "videos. Leave all boxes ticked. Nothing can be posted or changed with it.</p>"
        f'<p><a class="tg-button" href="{escape(kept[1])}">Go to TikTok</a></p>'
    )


@st.dialog("Connect again", width="medium")
def connect_again(account: Account) -> None:
    """The way to the platform for an account that is there already."""
    session = open_session()
    st.html(f"<p>Log in to TikTok as the account of <b>{escape(account.name)}</b>.</p>")
    begin(session, account, lacking(SOURCES[account.source], session.settings))


def answer(session: PageSession) -> None:
    """Take what the platform sent the browser back with, and go on to where it is told."""
    given = {name: said for name, said in st.query_params.items() if name not in CHOICES}
    for name in given:
        del st.query_params[name]  # a code is for one use, and no part of an address to keep
    if not given:
        go_to("accounts.py")
    platforms = Platforms(session.store, session.settings)
    try:
        with st.spinner("Connecting your account …"):
            made = receive(
                platforms, SOURCES[PLATFORM], session.user.user_id, given, session.clock()
            )
    except TruegrowthError as error:
        st.session_state[REFUSED] = str(error)
        go_to("accounts.py")
    st.session_state.pop(CONSENT, None)
    st.session_state[FOUND] = [first_snapshot(session, made)]
    st.session_state[NEXT_ACCOUNT] = made.name
    go_to("overview.py")


def tell_refused() -> None:
    """Tell, once, why an account was not connected."""
    if (why := st.session_state.pop(REFUSED, None)) is not None:
        st.session_state.pop(CONSENT, None)
        st.error(literal(f"Not connected. {why}"), icon=":material/error:")
