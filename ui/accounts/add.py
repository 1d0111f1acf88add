"""Adding an account: which kind, and what that takes."""

from html import escape

import streamlit as st

from snapshot_core.connections.accounts import add_by_address
from snapshot_core.errors import TruegrowthError
from snapshot_core.sources.contract import AddressSource, OAuthSource
from snapshot_core.sources.registry import SOURCES
from ui.accounts.consent import begin, show_missing
from ui.controls import NEXT_ACCOUNT
from ui.html import literal
from ui.page import go_to
from ui.session import PageSession, open_session
from ui.snapshot import take_snapshots


@st.dialog("Add an account", width="medium")
def add_account() -> None:
    """Choose a kind of account, and add one."""
    choices(open_session())


def choices(session: PageSession) -> None:
    """What the dialog holds."""
    sources = {source.choice: source for source in SOURCES.values() if source.choice is not None}
    first = next(iter(sources))
    choice = st.segmented_control(
        "Kind of account", list(sources), default=first, required=True, key="tg-way",
        label_visibility="collapsed",
    )  # fmt: skip
    source = sources[choice or first]
    _note(source.about)
    if (notice := source.notice(session.settings.section(source.settings))) is not None:
        _note(notice)
    if isinstance(source, OAuthSource):
        begin(session, source, None)
    elif isinstance(source, AddressSource):
        _by_address(session, source)


def _by_address(session: PageSession, source: AddressSource) -> None:
    blocked = show_missing(session, source)
    with st.form(f"tg-add-{source.name}", border=False):
        address = st.text_input(
            source.address_label,
            placeholder=source.address_example,
            key=f"tg-address-{source.name}",
        )
        sent = st.form_submit_button("Add", type="primary", disabled=blocked)
    if not sent:
        return
    try:
        with st.spinner("Looking it up …"):
            account = add_by_address(
                session.platforms, source, session.user.user_id, address, session.clock()
            )
    except TruegrowthError as error:
        st.error(literal(str(error)), icon=":material/error:")
        return
    take_snapshots(session, [account])
    st.session_state[NEXT_ACCOUNT] = account.name
    go_to("overview.py")


def _note(text: str) -> None:
    st.html(f'<p class="tg-note">{escape(text)}</p>')
