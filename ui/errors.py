"""Errors as pages show them: what happened, and what to do."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from snapshot_core.errors import SettingsError, StoreError, TruegrowthError
from ui.html import literal
from ui.page import empty_state
from ui.session import open_session

log = logging.getLogger(__name__)

RETRY_SECONDS = 5
"""Between two attempts to reach the store again."""


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
        rerun_when_back()


@st.fragment(run_every=RETRY_SECONDS)
def rerun_when_back() -> None:
    """Beside what says that the store is unavailable: reload the page once it is back."""
    context = get_script_run_ctx()
    if context is None or not context.fragment_ids_this_run:
        return  # the page itself has just tried
    try:
        back = open_session().trouble is None
    except TruegrowthError:
        return  # the page says so already
    if back:
        st.rerun()


def show_script_error(error: Exception) -> bool:
    """Show what a dialog or a part of a page raised when it ran by itself. True: it is handled.

    Of an error of our own, the log has the details.
    """
    if isinstance(error, TruegrowthError):
        log.warning("%s: %s", type(error).__name__, error)
        st.error(literal(str(error)), icon=":material/error:")
        return True
    log.error("A page failed", exc_info=error)
    st.error(
        "Something went wrong on our side. Reload the page; if it happens again, the dashboard's "
        "log has the details.",
        icon=":material/error:",
    )
    return True
