"""Adding an account: by a public profile, by one's own TikTok login, or a YouTube channel."""

from typing import Final

import streamlit as st

from snapshot_core.connections.accounts import add_by_address, lacking
from snapshot_core.connections.platforms import Platforms
from snapshot_core.errors import TruegrowthError
from snapshot_core.sources.contract import Addressed
from snapshot_core.sources.registry import SOURCES
from snapshot_core.sources.youtube.source import YouTube
from ui.accounts.consent import begin
from ui.controls import NEXT_ACCOUNT
from ui.html import literal
from ui.page import go_to
from ui.session import PageSession, open_session
from ui.snapshot import FOUND, first_snapshot

WAYS: Final = {"Public profile": "public", "TikTok login": "tiktok", "YouTube": "youtube"}
"""The one that needs nothing first."""

TOLD: Final = {
    "public": "Anyone's public TikTok profile, without a key. TikTok rounds these counters from "
    "10,000 on, so small changes of large numbers cannot be seen, and followers are not given.",
    "tiktok": "Your own account with exact counters and followers. It takes a TikTok developer "
    "app of your own, made once in some ten minutes.",
    "youtube": "A channel's videos and Shorts. It takes a key of the YouTube Data API.",
}


@st.dialog("Add an account", width="medium")
def add_account() -> None:
    """Choose a way, and go it."""
    ways(open_session())


def ways(session: PageSession) -> None:
    """What the dialog holds."""
    way = st.segmented_control(
        "Way", list(WAYS), default=next(iter(WAYS)), required=True, key="tg-way",
        label_visibility="collapsed",
    )  # fmt: skip
    name = WAYS[way or next(iter(WAYS))]
    st.html(f'<p class="tg-note">{TOLD[name]}</p>')
    reader = SOURCES[name]
    lacks = lacking(reader, session.settings)
    if name == "tiktok":
        begin(session, None, lacks)
    elif isinstance(reader, Addressed):
        if isinstance(reader, YouTube) and (notice := reader.notice(session.settings)):
            st.html(f'<p class="tg-note">{notice}</p>')
        _by_address(session, name, reader, lacks)


def _by_address(session: PageSession, name: str, reader: Addressed, lacks: str | None) -> None:
    if lacks is not None:
        st.info(literal(lacks))
    with st.form(f"tg-add-{name}", border=False):
        address = st.text_input(
            reader.address_label, placeholder=reader.address_example, key=f"tg-address-{name}"
        )
        sent = st.form_submit_button("Add", type="primary", disabled=lacks is not None)
    if not sent:
        return
    try:
        with st.spinner("Looking it up …"):
            made = add_by_address(
                Platforms(session.store, session.settings),
                SOURCES[name],
                session.user.user_id,
                address,
                session.clock(),
            )
    except TruegrowthError as error:
        st.error(literal(str(error)), icon=":material/error:")
        return
    st.session_state[FOUND] = [first_snapshot(session, made)]
    st.session_state[NEXT_ACCOUNT] = made.name
    go_to("overview.py")
