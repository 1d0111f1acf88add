"""The main script of every visit: navigation, then the page. It lives here, and not beside
`pages/`, because Streamlit would then open a deep link without running it first.
"""

import streamlit as st

from ui.errors import troubles
from ui.login import log_out_link, require_login
from ui.navigation import pages
from ui.page import arrive

st.set_page_config(page_title="Truegrowth", layout="wide")

with troubles():
    # Ends the run for whoever may not be here: nothing below it is for them.
    login = require_login()
    shown, unseen = pages(administers=login.administers)
    page = st.navigation([*shown, *unseen], position="hidden")
    # On a phone Streamlit folds its own navigation into a drawer; so few links need none.
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="tg-nav"):
        for entry in shown:
            st.page_link(entry)
        if login.person is not None:
            log_out_link(login.person.email)
    arrive(page.url_path)
    page.run()
