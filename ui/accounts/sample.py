"""Removing the sample account, and putting it back."""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from snapshot_core.errors import TruegrowthError
from snapshot_core.store.account_copy import AccountCopy, copy_account, restore_account
from snapshot_core.store.accounts import Account, remove_account
from snapshot_core.store.database import Connection
from ui.controls import NEXT_ACCOUNT
from ui.html import literal
from ui.session import PageSession

REMOVED: Final = "tg-sample-removed"
"""Key of the `RemovedSample` of this session, while it can be put back."""
UNDO_SECONDS: Final = 600


@dataclass(frozen=True, slots=True)
class RemovedSample:
    """The sample account as it was."""

    user_id: int
    copy: AccountCopy
    removed_at: int
    """UTC seconds."""


def remove_sample(session: PageSession, sample: Account) -> None:
    """Remove the sample account, and keep a copy of it for a while."""

    def work(connection: Connection) -> AccountCopy:
        copy = copy_account(connection, sample.key)
        remove_account(connection, sample.key)
        return copy

    copy = session.store.transact(work)
    st.session_state[REMOVED] = RemovedSample(session.user.user_id, copy, session.now)


def sample_removed(session: PageSession) -> None:
    """That it was removed, with the way back."""
    removed: RemovedSample | None = st.session_state.get(REMOVED)
    if removed is None:
        return
    fresh = 0 <= session.now - removed.removed_at < UNDO_SECONDS
    if not fresh or removed.user_id != session.user.user_id:
        del st.session_state[REMOVED]
        return
    with st.container(
        horizontal=True, vertical_alignment="center", key="tg-sample-removed", gap="small"
    ):
        st.html('<p role="status">The sample account was removed.</p>', width="content")
        disabled = session.trouble is not None
        if st.button("Undo", type="tertiary", key="tg-undo", disabled=disabled):
            try:
                sample = session.store.transact(lambda c: restore_account(c, removed.copy))
            except TruegrowthError as error:
                st.error(literal(str(error)), icon=":material/error:")
                return
            del st.session_state[REMOVED]
            st.session_state[NEXT_ACCOUNT] = sample.name
            st.rerun()
