"""What all pages share: rows of controls, empty states, and choices that go from page to page."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from html import escape
from typing import NoReturn

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

PAGE, PAGE_CHANGED = "tg-page", "tg-page-changed"
"""Keys of the page of the last run, and of whether this run is the first of its page."""


@contextmanager
def shared_by_pages() -> Iterator[None]:
    """Around what is the same element on every page: shared controls and their containers.

    When the page changes, Streamlit forgets the controls of the old page and their parameters in
    the URL. What the main script draws stays, if its containers are the main script's too.
    """
    if (context := get_script_run_ctx()) is None:
        yield
        return
    with context.run_with_active_hash(context.pages_manager.main_script_hash):
        yield


def row(key: str, distribute: bool = False) -> DeltaGenerator:
    """A row of elements that may hold shared controls."""
    with shared_by_pages():
        return st.container(
            horizontal=True,
            vertical_alignment="center",
            horizontal_alignment="distribute" if distribute else "left",
            key=key,
        )


def empty_state(title: str, text: str, alert: bool = False, level: int = 2) -> DeltaGenerator:
    """A centred title and sentence, for use with ``with``, to add the button that leads on.

    ``alert``: read out at once by screen readers; ``level``: of the heading.
    """
    box = st.container(key="tg-empty", horizontal_alignment="center", gap="small")
    role = ' role="alert"' if alert else ""
    title = f"<h{level}>{escape(title)}</h{level}>"
    box.html(f"<div{role}>{title}<p>{escape(text)}</p></div>", width="content")
    return box


def segments(title: str, key: str, options: Sequence[str], default: str, *, restored: bool) -> str:
    """One of ``options`` in a row, as the parameter ``key`` of the URL."""
    choice = st.segmented_control(
        title,
        options,
        # Streamlit complains of a control that has both a default and a choice set for it.
        default=None if restored else default,
        required=True,
        key=key,
        label_visibility="collapsed",
        bind="query-params",
        persist_state="session",
    )
    return choice or default


def keep_hidden(*controls: Callable[[], object]) -> None:
    """Draw controls of other views invisibly.

    Streamlit takes the parameter of a control that is not drawn out of the URL, as an entry of its
    own in the browser's history: Back would need two clicks, and reloading would lose the choice.
    """
    with shared_by_pages():
        place = st.container(key="tg-hidden")
    # Outside `shared_by_pages`: a page's own control must stay the same, visible or not.
    with place:
        for control in controls:
            control()


def go_to(page: str) -> NoReturn:
    """Show another page with the same choices.

    By default Streamlit clears the URL, and raises where a control has a parameter in it.
    """
    st.switch_page(page, query_params={})


def note_page(page: str) -> None:
    """Record whether this run is the first of ``page``, whose URL may lack some choices."""
    st.session_state[PAGE_CHANGED] = st.session_state.get(PAGE, page) != page
    st.session_state[PAGE] = page


def restore_parameter(key: str, default: str) -> bool:
    """Put a choice back into the URL after a change of page; whether it was lost.

    A control that stands elsewhere on the new page may have lost its parameter: the browser takes
    its removal from the old place, which arrives late, for the end of it.
    """
    choice = st.session_state.get(key)
    lost = choice not in (None, default) and key not in st.query_params
    if not (lost and st.session_state.get(PAGE_CHANGED)):
        return False
    st.session_state[key] = choice
    return True
