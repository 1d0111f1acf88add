"""What the person at the screen chooses: period, counter, account. All of it lives in the URL."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.scriptrunner import get_script_run_ctx

from snapshot_core.store.accounts import ALL_ACCOUNTS, Account
from snapshot_core.view.overview import COUNTERS
from snapshot_core.windows import PERIODS, Period, period
from ui.desk import Desk
from ui.words import counted

DEFAULT_PERIOD = "7d"
ACCOUNT = "account"
"""Key of the account that is shown, by name."""
NEXT_ACCOUNT = "next-account"
"""Key of the account to show from the next rerun on, set by what has brought it in."""
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


def unseen(*controls: Callable[[], object]) -> None:
    """Below the title of a page without them, the period and the counter; and ``controls``."""
    with row("tg-controls"):
        choose_period()
    kept(choose_counter, *controls)
    st.html("<style>.st-key-tg-controls { display: none; }</style>")


def arrive(page: str) -> None:
    """Note whether this run is the first of ``page``, of which the URL may know less than we."""
    st.session_state[ARRIVED] = st.session_state.get(PAGE, page) != page
    st.session_state[PAGE] = page


def _tell_url(key: str, default: str) -> None:
    """Have a choice in the URL that is made already.

    A control that stands elsewhere on this page may have lost its parameter on the way: the
    browser takes its leaving the old place, which comes late, for its end.
    """
    chosen = st.session_state.get(key)
    lost = chosen not in (None, default) and key not in st.query_params
    if lost and st.session_state.get(ARRIVED):
        st.session_state[key] = chosen


def kept(*controls: Callable[[], object]) -> None:
    """Controls that are not of this view, out of sight.

    Streamlit takes the parameter of a control that is not drawn out of the URL, as a step of its
    own in the browser's history: Back would then need two clicks, and reloading would forget.
    """
    with on_every_page(), st.container(key="tg-kept"):
        for control in controls:
            control()


@on_every_page()
def choose_period() -> Period:
    """24h, 7d or 30d as ``?period=``; anything else in the URL is taken for 7d."""
    _tell_url("period", DEFAULT_PERIOD)
    label = st.segmented_control(
        "Period",
        [one.label for one in PERIODS],
        default=DEFAULT_PERIOD,
        required=True,
        key="period",
        label_visibility="collapsed",
        bind="query-params",
        persist_state="session",
    )
    return period(label or DEFAULT_PERIOD)


@on_every_page()
def choose_counter() -> str:
    """One of `COUNTERS` as ``?counter=``."""
    _tell_url("counter", counted(COUNTERS[0]))
    chosen = st.segmented_control(
        "Counter",
        [counted(name) for name in COUNTERS],
        default=counted(COUNTERS[0]),
        required=True,
        key="counter",
        label_visibility="collapsed",
        bind="query-params",
        persist_state="session",
    )
    return (chosen or COUNTERS[0]).lower()


@on_every_page()
def choose_account(desk: Desk, unseen: bool = False) -> Account | None:
    """One account as ``?account=``, or None for all; there is a choice where there are several.

    ``unseen``: on a page that shows all, where it stands for those that do not.
    """
    if len(desk.accounts) < 2:
        return desk.accounts[0] if desk.accounts else None
    by_name = {one.name: one for one in desk.accounts}
    if (name := st.session_state.pop(NEXT_ACCOUNT, None)) in by_name:
        if ACCOUNT not in st.session_state:  # never drawn: the URL does not follow by itself
            st.query_params[ACCOUNT] = name
        st.session_state[ACCOUNT] = name
    else:
        _tell_url(ACCOUNT, ALL_ACCOUNTS)
    chosen = st.selectbox(
        "Account",
        [ALL_ACCOUNTS, *by_name],
        key=ACCOUNT,
        label_visibility="collapsed",
        bind="query-params",
        persist_state="session",
        width=220,
    )
    if unseen:
        st.html("<style>.st-key-account { display: none; }</style>")
    return by_name.get(chosen)
