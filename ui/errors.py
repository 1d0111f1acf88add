"""What goes wrong, told in one place: what happened, and what to do."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import streamlit as st

from snapshot_core.errors import SettingsError, StoreError, TruegrowthError
from ui.session import open_session

log = logging.getLogger(__name__)

EVERY = 10
"""Seconds between two tries to get away from an error that may pass."""


@contextmanager
def troubles() -> Iterator[None]:
    """Around a page: an error that a person can mend is shown, not raised."""
    try:
        yield
    except TruegrowthError as error:
        log.warning("%s: %s", type(error).__name__, error)
        show(error)


def show(error: TruegrowthError) -> None:
    """The sentence of the error, and a way to try again."""
    titles = {StoreError: "The database cannot be read", SettingsError: "A setting is wrong"}
    title = titles.get(type(error), "This cannot be shown")
    with st.container(key="tg-empty", horizontal_alignment="center", gap="small"):
        st.html(f'<div role="alert"><h2>{title}</h2><p>{escape(str(error))}</p></div>')
        if st.button("Try again", type="primary", key="again"):
            st.rerun()
    if isinstance(error, StoreError):
        _watch()


@st.fragment(run_every=EVERY)
def _watch() -> None:
    """Leave the error as soon as the database is back."""
    try:
        back = open_session().trouble is None
    except TruegrowthError:
        return
    if back and st.session_state.get("away"):
        st.session_state["away"] = False
        st.rerun()
    st.session_state["away"] = not back


def show_unexpected(error: Exception) -> bool:
    """What a visitor sees of a fault of ours; the log has the rest. True: it has been shown."""
    log.error("A page failed", exc_info=error)
    st.error(
        "Something went wrong here, and it is our fault. Reload the page; if it stays, the log "
        "of the dashboard says what happened.",
        icon=":material/error:",
    )
    return True
