"""What all pages share: lines of elements, and choices that go from page to page."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

PAGE, ARRIVED = "tg-page", "tg-arrived"
"""Keys of the page of the last run, and of whether this run is the first of its page."""


@contextmanager
def on_every_page() -> Iterator[None]:
    """Around what is one and the same on each page: the controls below, and what holds them.

    On the way to another page Streamlit forgets the controls of this one, with their parameters in
    the URL. What the main script draws stays, if all that it stands in does.
    """
    if (context := get_script_run_ctx()) is None:
        yield
        return
    with context.run_with_active_hash(context.pages_manager.main_script_hash):
        yield


def row(key: str, distribute: bool = False) -> DeltaGenerator:
    """A line of elements that may hold the controls of every page."""
    with on_every_page():
        return st.container(
            horizontal=True,
            vertical_alignment="center",
            horizontal_alignment="distribute" if distribute else "left",
            key=key,
        )


def kept(*controls: Callable[[], object]) -> None:
    """Controls that are not of this view, out of sight.

    Streamlit takes the parameter of a control that is not drawn out of the URL, as a step of its
    own in the browser's history: Back would then need two clicks, and reloading would forget.
    """
    with on_every_page():
        place = st.container(key="tg-kept")
    # Not in the line above: a page's own control must stay the same, seen or not.
    with place:
        for control in controls:
            control()


def go_to(page: str) -> NoReturn:
    """Show another page, with the same choices.

    Left to itself Streamlit clears the URL, and refuses to where a control has a parameter in it.
    """
    st.switch_page(page, query_params={})


def arrive(page: str) -> None:
    """Note whether this run is the first of ``page``, of which the URL may know less than we."""
    st.session_state[ARRIVED] = st.session_state.get(PAGE, page) != page
    st.session_state[PAGE] = page


def tell_url(key: str, default: str) -> None:
    """Have a choice in the URL that is made already.

    A control that stands elsewhere on this page may have lost its parameter on the way: the
    browser takes its leaving the old place, which comes late, for its end.
    """
    chosen = st.session_state.get(key)
    lost = chosen not in (None, default) and key not in st.query_params
    if lost and st.session_state.get(ARRIVED):
        st.session_state[key] = chosen
