"""The main script of every visit: navigation, then the page.

It lives in `pages/`, because Streamlit would otherwise open a deep link without running it first.
"""

import streamlit as st

from ui.accounts.add import reopen
from ui.errors import show_errors
from ui.login import log_out_link, require_login
from ui.navigation import pages
from ui.page import note_page

st.set_page_config(page_title="Truegrowth", layout="wide")

with show_errors():
    # Ends the run for visitors without access: nothing below is for them.
    login = require_login()
    linked, unlinked = pages(administers=login.administers)
    page = st.navigation([*linked, *unlinked], position="hidden")
    # On a phone Streamlit folds its own navigation into a drawer, which so few links do not need.
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="tg-nav"):
        for entry in linked:
            st.page_link(entry)
        if login.person is not None:
            log_out_link(login.person.email)
    note_page(page.url_path)
    reopen()
    page.run()
