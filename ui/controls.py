"""What the person at the screen chooses: period, counter, account. All of it lives in the URL."""

import streamlit as st

from snapshot_core.metrics import COUNTERS
from snapshot_core.store.accounts import ALL_ACCOUNTS, Account
from snapshot_core.windows import PERIODS, Period, period
from ui.growth_text import counted
from ui.page import kept, on_every_page, row, tell_url
from ui.session import PageSession

DEFAULT_PERIOD = "7d"
ACCOUNT = "account"
"""Key of the account that is shown, by name."""
CHOICES = ("period", "counter", ACCOUNT)
"""What the URL has of them."""
NEXT_ACCOUNT = "next-account"
"""Key of the account to show from the next rerun on, set by what has brought it in."""


def unseen() -> None:
    """Below the title of a page without them, the period and the counter."""
    with row("tg-controls"):
        choose_period()
    kept(choose_counter)
    # With what lays it out, which would leave a gap.
    st.html("<style>div:has(> .st-key-tg-controls) { display: none; }</style>")


@on_every_page()
def choose_period() -> Period:
    """24h, 7d or 30d as ``?period=``; anything else in the URL is taken for 7d."""
    tell_url("period", DEFAULT_PERIOD)
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
    tell_url("counter", counted(COUNTERS[0]))
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
def choose_account(session: PageSession, unseen: bool = False) -> Account | None:
    """One account as ``?account=``, or None for all; there is a choice where there are several.

    ``unseen``: on a page that shows all, where it stands for those that do not.
    """
    if len(session.accounts) < 2:
        return session.accounts[0] if session.accounts else None
    by_name = {one.name: one for one in session.accounts}
    if (name := st.session_state.pop(NEXT_ACCOUNT, None)) in by_name:
        if ACCOUNT not in st.session_state:  # never drawn: the URL does not follow by itself
            st.query_params[ACCOUNT] = name
        st.session_state[ACCOUNT] = name
    else:
        tell_url(ACCOUNT, ALL_ACCOUNTS)
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
