"""The table's empty state: accounts, but no complete snapshot of them yet."""

import streamlit as st

from snapshot_core.store.accounts import Account
from ui.notices import connect
from ui.session import PageSession
from ui.snapshot import snapshot_button, why_not


def no_snapshot(session: PageSession, account: Account | None) -> None:
    """One sentence, and the button that ends this state."""
    asked = [account] if account else list(session.accounts)
    imported = all(why_not(one) for one in asked)
    with st.container(key="tg-empty", horizontal_alignment="center", gap="small"):
        words = "import readings" if imported else "take the first snapshot"
        st.html(f"<h2>No videos yet</h2><p>To see your videos here, {words}.</p>", width="content")
        if not imported:
            snapshot_button(session, account)
        elif st.button("How to import", type="primary", key="connect"):
            connect()
