"""A consent, from here to the platform and back."""

from dataclasses import dataclass
from html import escape
from typing import Final
from urllib.parse import urlencode

import streamlit as st

from snapshot_core.connections.accounts import (
    CONSENT_SECONDS,
    ask,
    lacking,
    receive,
    redirect_uri,
)
from snapshot_core.errors import TruegrowthError
from snapshot_core.sources.contract import OAuthSource, Source
from snapshot_core.store.accounts import Account
from ui.controls import CHOICES, NEXT_ACCOUNT
from ui.html import literal
from ui.page import PAGE, go_to
from ui.session import PageSession
from ui.snapshot import take_snapshots

REFUSAL: Final = "tg-refused"
"""Key of why a connection did not come about, until it has been shown."""
PENDING: Final = "tg-consent"
"""Key of the `PendingConsent` of this session."""


@dataclass(frozen=True, slots=True)
class PendingConsent:
    """A consent that this session has asked for and may be given."""

    target: tuple[str, int | None]
    """The source, and the account that is connected again; None for a new one."""
    url: str
    asked_at: int
    """UTC seconds."""


def begin(session: PageSession, source: OAuthSource, account: Account | None) -> None:
    """What will be asked, and the way to the platform; or what is missing for it."""
    if show_missing(session, source):
        redirect = escape(redirect_uri(source, session.settings, connect_address()))
        st.html(f'<p class="tg-note">Redirect address to register: <code>{redirect}</code></p>')
        return
    account_id = account.account_id if account else None
    # Asked for once per dialog: each consent is a row that waits for its answer.
    pending: PendingConsent | None = st.session_state.get(PENDING)
    target = source.name, account_id
    # One that has little time left to be given is asked for anew.
    fresh = pending is not None and 0 <= session.now - pending.asked_at < CONSENT_SECONDS // 2
    if pending is None or pending.target != target or not fresh:
        url = ask(
            session.platforms,
            source,
            session.user.user_id,
            account_id,
            connect_address(),
            session.clock(),
        )
        pending = PendingConsent(target, url, session.now)
        st.session_state[PENDING] = pending
    st.html(
        f"<p>{escape(source.consent)}</p>"
        f'<p><a class="tg-button" href="{escape(pending.url)}">Go to {escape(source.label)}</a></p>'
    )


def connect_address() -> str:
    """Where a platform can send this very browser back to: scheme, host and port as it is on."""
    # Nothing is known of the browser where a test runs a page by itself.
    here = st.context.url or f"http://127.0.0.1:{st.get_option('server.port')}"
    page = st.session_state.get(PAGE) or ""
    return f"{here.rstrip('/').removesuffix(f'/{page}')}/connect"


def show_missing(session: PageSession, source: Source) -> bool:
    """Whether ``source`` needs settings first; says which, and where to read how to get them."""
    if (settings := lacking(source, session.settings)) is None:
        return False
    st.info(literal(settings))
    if source.guide is not None:
        address = f"/guide?{urlencode({'source': source.name})}"
        st.html(f'<p><a href="{escape(address)}">{escape(source.guide.title)}</a></p>')
    return True


def sign_in_again(session: PageSession, account: Account, source: OAuthSource) -> None:
    """The way to the platform for an account that is there already."""
    if st.button("Sign in again", type="primary", key=f"tg-again-{account.account_id}"):
        name, platform = escape(account.name), escape(source.label)
        st.html(f"<p>Log in to {platform} as the account of <b>{name}</b>.</p>")
        begin(session, source, account)


def take_answer(session: PageSession) -> None:
    """Take what the platform sent the browser back with, and go on to where it is shown."""
    answer = {name: value for name, value in st.query_params.items() if name not in CHOICES}
    for name in answer:
        del st.query_params[name]  # a code is for one use, and no part of an address to keep
    if not answer:
        go_to("accounts.py")
    try:
        with st.spinner("Connecting your account …"):
            account = receive(session.platforms, session.user.user_id, answer, session.clock())
    except TruegrowthError as error:
        st.session_state[REFUSAL] = str(error)
        go_to("accounts.py")
    st.session_state.pop(PENDING, None)
    take_snapshots(session, [account])
    st.session_state[NEXT_ACCOUNT] = account.name
    go_to("overview.py")


def show_refusal() -> None:
    """Show, once, why an account was not connected."""
    if (why := st.session_state.pop(REFUSAL, None)) is not None:
        st.session_state.pop(PENDING, None)
        st.error(literal(f"Not connected. {why}"), icon=":material/error:")
