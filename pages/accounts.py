"""Accounts: which are followed, how they are connected, and what each needs."""

import streamlit as st

from ui.accounts.add import add_account
from ui.accounts.consent import show_refusal
from ui.accounts.list import accounts_list, views
from ui.controls import choose_account, hidden_choices
from ui.imports.dialog import connect
from ui.notices import job_notice
from ui.page import row
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

hidden_choices()
show_refusal()
show_outcomes(session)
job_notice(session)

if session.accounts:
    accounts_list(session, views(session))
else:
    st.html(
        '<p class="tg-note">There are no accounts yet. Add one: a public profile needs nothing '
        "but its handle.</p>"
    )
