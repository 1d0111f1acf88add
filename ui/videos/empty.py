"""The table's empty state: accounts, but no complete snapshot of them yet."""

import streamlit as st

from snapshot_core.capture.schedule import why_not
from snapshot_core.store.accounts import Account
from ui.notices import connect
from ui.page import empty_state
from ui.session import PageSession
from ui.snapshot import snapshot_button


def no_snapshot(session: PageSession, account: Account | None) -> None:
    """One sentence, and the button that ends this state."""
    accounts = [account] if account else list(session.accounts)
    imported = all(why_not(each) for each in accounts)
    words = "import readings" if imported else "take the first snapshot"
    with empty_state("No videos yet", f"To see your videos here, {words}."):
        if not imported:
            snapshot_button(session, account)
        elif st.button("How to import", type="primary", key="connect"):
            connect()
