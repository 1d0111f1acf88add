"""Accounts: which are followed, how they are connected, and what each needs."""

import streamlit as st

from ui.account_add import add_account
from ui.accounts_list import accounts_list
from ui.accounts_view import views
from ui.bring import connect
from ui.consent import tell_refused
from ui.controls import choose_account, unseen
from ui.desk import open_desk
from ui.every_page import row
from ui.snapshot import tell_found
from ui.states import job_remark

desk = open_desk()

with row("tg-top"):
    st.title("Accounts", anchor=False, width="content")
    choose_account(desk, unseen=True)
    # Together, also where they find room only below the heading.
    with st.container(horizontal=True, width="content", key="tg-actions"):
        lost = desk.trouble is not None
        if st.button("Bring a file in", key="tg-bring-file", disabled=lost):
            connect()
        if st.button("Add an account", type="primary", key="tg-add", disabled=lost):
            add_account()

unseen()
tell_refused()
tell_found(desk)
job_remark(desk)

if desk.accounts:
    accounts_list(desk, views(desk))
else:
    st.html(
        '<p class="tg-note">No account is followed yet. Add one: a public TikTok profile needs '
        "nothing but its handle.</p>"
    )
