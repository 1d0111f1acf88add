"""What a visitor chooses: period, comparison, metric and account. All of it is in the URL."""

from collections.abc import Sequence

import streamlit as st

from snapshot_core.metrics import COUNTERS
from snapshot_core.store.accounts import ALL_ACCOUNTS, Account
from ui.metrics import label_of
from ui.page import keep_hidden, restore_parameter, row, segments, shared_by_pages
from ui.periods import COMPARE, PERIOD, choose_period, keep_comparison
from ui.session import PageSession

ACCOUNT = "account"
"""Key of the name of the account shown."""
CHOICES = (PERIOD, COMPARE, "counter", ACCOUNT)
"""Their parameters in the URL."""
NEXT_ACCOUNT = "next-account"
"""Key of the account to show from the next rerun on, set by what has added or updated it."""


def hidden_choices() -> None:
    """The period and the metric, on a page that shows neither."""
    with row("tg-controls"):
        choose_period()
    keep_hidden(choose_counter, keep_comparison)
    # An empty row would leave a gap.
    st.html("<style>div:has(> .st-key-tg-controls) { display: none; }</style>")


@shared_by_pages()
def choose_counter(metrics: Sequence[str] = COUNTERS) -> str:
    """One of ``metrics`` as ``?counter=``."""
    restored = restore_parameter("counter", label_of(metrics[0]))
    return choose_metric("counter", metrics, restored=restored)


def choose_metric(key: str, metrics: Sequence[str], *, restored: bool = False) -> str:
    """One of ``metrics`` as the parameter ``key`` of the URL; the first by default."""
    by_label = {label_of(metric): metric for metric in metrics}
    label = segments("Metric", key, list(by_label), label_of(metrics[0]), restored=restored)
    return by_label.get(label, metrics[0])


@shared_by_pages()
def choose_account(session: PageSession, hidden: bool = False) -> Account | None:
    """One account as ``?account=``, or None for all; a choice only where there are several.

    ``hidden``: for a page that shows all accounts, to remember the choice for the others.
    """
    if len(session.accounts) < 2:
        return session.accounts[0] if session.accounts else None
    by_name = {account.name: account for account in session.accounts}
    if (name := st.session_state.pop(NEXT_ACCOUNT, None)) in by_name:
        if ACCOUNT not in st.session_state:  # not drawn yet: the URL does not follow by itself
            st.query_params[ACCOUNT] = name
        st.session_state[ACCOUNT] = name
    else:
        restore_parameter(ACCOUNT, ALL_ACCOUNTS)
    name = st.selectbox(
        "Account",
        [ALL_ACCOUNTS, *by_name],
        key=ACCOUNT,
        label_visibility="collapsed",
        bind="query-params",
        persist_state="session",
        width=220,
    )
    if hidden:
        st.html("<style>.st-key-account { display: none; }</style>")
    return by_name.get(name)
