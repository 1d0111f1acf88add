"""Errors as pages show them: what happened, and what to do."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from snapshot_core.errors import SettingsError, StoreError, TruegrowthError
from ui.page import empty_state
from ui.session import open_session

log = logging.getLogger(__name__)

RETRY_SECONDS = 10
"""Between two attempts to reach the store again."""
STORE_LOST = "tg-store-lost"
"""Key of whether the store was unavailable at the last attempt."""


@contextmanager
def show_errors() -> Iterator[None]:
    """Around a page: shows an error that a person can fix instead of raising it."""
    try:
        yield
    except TruegrowthError as error:
        log.warning("%s: %s", type(error).__name__, error)
        _show(error)


def _show(error: TruegrowthError) -> None:
    titles = {StoreError: "The database cannot be read", SettingsError: "A setting is wrong"}
    title = titles.get(type(error), "This cannot be shown")
    with empty_state(title, str(error), alert=True):
        if st.button("Try again", type="primary", key="again"):
            st.rerun()
    if isinstance(error, StoreError):
        _retry()


@st.fragment(run_every=RETRY_SECONDS)
def _retry() -> None:
    """Reload the page as soon as the store is available again."""
    try:
        available = open_session().trouble is None
    except TruegrowthError:
        return
    if available and st.session_state.get(STORE_LOST):
        st.session_state[STORE_LOST] = False
        st.rerun()
    st.session_state[STORE_LOST] = not available


def show_unexpected(error: Exception) -> bool:
    """Show that an error of our own happened; the log has the details. True: it is handled."""
    log.error("A page failed", exc_info=error)
    st.error(
        "Something went wrong on our side. Reload the page; if it happens again, the dashboard's "
        "log has the details.",
        icon=":material/error:",
    )
    return True
