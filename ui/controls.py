"""What the person at the screen chooses: period, counter, account. All of it lives in the URL."""

import streamlit as st

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


def choose_period() -> Period:
    """24h, 7d or 30d as ``?period=``; anything else in the URL is taken for 7d."""
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


def choose_counter() -> str:
    """One of `COUNTERS` as ``?counter=``."""
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


def choose_account(desk: Desk) -> Account | None:
    """One account as ``?account=``, or None for all; there is a choice where there are several."""
    if len(desk.accounts) < 2:
        return desk.accounts[0] if desk.accounts else None
    by_name = {one.name: one for one in desk.accounts}
    if (name := st.session_state.pop(NEXT_ACCOUNT, None)) in by_name:
        if ACCOUNT not in st.session_state:  # never drawn: the URL does not follow by itself
            st.query_params[ACCOUNT] = name
        st.session_state[ACCOUNT] = name
    chosen = st.selectbox(
        "Account",
        [ALL_ACCOUNTS, *by_name],
        key=ACCOUNT,
        label_visibility="collapsed",
        bind="query-params",
        persist_state="session",
        width=220,
    )
    return by_name.get(chosen)
