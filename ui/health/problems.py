"""What is wrong and what to do: a short list, with the button that mends it where there is one."""

from html import escape
from itertools import groupby

import streamlit as st

from snapshot_core.store.accounts import Account
from snapshot_core.view.health import Health
from snapshot_core.view.problems import Problem
from snapshot_core.view.wording.numbers import moment
from ui.notices import connect
from ui.session import PageSession
from ui.snapshot import snapshot_button

MOST = 8
"""Problems listed; an installation with more of them has one cause."""


def problems(session: PageSession, view: Health, account: Account | None) -> None:
    """The list; one calm sentence where all is well."""
    if not view.problems:
        st.html(f'<p class="tg-well"><b>All is well.</b> {escape(_calm(view))}</p>')
        return
    with st.container(key="tg-problems", gap="small"):
        alike = groupby(view.problems[:MOST], key=lambda one: one.remedy)
        every = "".join(_item(remedy, list(group)) for remedy, group in alike)
        rest = len(view.problems) - MOST
        more = f'<p class="tg-note">and {rest:,} more</p>' if rest > 0 else ""
        st.html(f'<div role="alert"><ul class="tg-wrong">{every}</ul>{more}</div>')
        _mends(session, view, account)


def _item(remedy: str, alike: list[Problem]) -> str:
    """Problems that one remedy mends, and the remedy once."""
    whats = "<br>".join(f"<b>{escape(one.what)}</b>" for one in alike)
    return f"<li>{whats} <span>{escape(remedy)}</span></li>"


def _mends(session: PageSession, view: Health, account: Account | None) -> None:
    """The buttons, each once, whatever the number of problems that it mends."""
    mends = {one.mend for one in view.problems}
    if not mends & {"snapshot", "import", "connect"}:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if "snapshot" in mends:
            late = {one.account for one in view.problems if one.mend == "snapshot"}
            only = next((one for one in session.accounts if {one.name} == late), account)
            snapshot_button(session, only)
        if "connect" in mends:
            st.page_link("accounts.py", label="Go to Accounts")
        if "import" in mends and st.button("How to import", key="connect"):
            connect()


def _calm(view: Health) -> str:
    """What there is to say where nothing is wrong."""
    coming = [one.next_capture for one in view.accounts if one.next_capture is not None]
    words = "Every snapshot came in time and nothing waits for you."
    if any(one.gaps for one in view.accounts):
        words = "Nothing waits for you."
    if coming:
        words += f" The next one is taken at {moment(min(coming), view.zone, view.now)}."
    return words
