"""Accounts: which grow, which stand still, and what does each need?"""

import streamlit as st

from ui.accounts.add import add_account
from ui.accounts.consent import show_refusal
from ui.accounts.list import accounts_list, cached_table, open_managed
from ui.controls import choose_account, choose_counter
from ui.imports.dialog import connect
from ui.notices import job_notice
from ui.page import keep_hidden, row
from ui.periods import choose_period, keep_comparison
from ui.session import open_session
from ui.snapshot import show_outcomes

session = open_session()

with row("tg-top"):
    st.title("Accounts", anchor=False, width="content")
    choose_account(session, hidden=True)
    # Together, also where they find room only below the heading.
    with st.container(horizontal=True, width="content", key="tg-actions"):
        lost = session.trouble is not None
        if st.button("Import a file", key="tg-import-file", disabled=lost):
            connect()
        if st.button("Add an account", type="primary", key="tg-add", disabled=lost):
            add_account()

with row("tg-controls"):
    period = choose_period()
    choices = st.container(horizontal=True, vertical_alignment="center", key="tg-choices")
keep_hidden(choose_counter, keep_comparison)
show_refusal()
show_outcomes(session)
job_notice(session)

if session.accounts:
    accounts_list(cached_table(session, period).view, choices)
    open_managed(session)
else:
    st.html(
        '<p class="tg-note">There are no accounts yet. Add one: a public profile needs nothing '
        "but its handle.</p>"
    )
