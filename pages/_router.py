"""The main script of every visit: navigation, then the page. It lives here, and not beside
`pages/`, because Streamlit would then open a deep link without running it first.
"""

import streamlit as st

from ui.trouble import troubles
from ui.visitor import come_in, log_out_link

st.set_page_config(page_title="Truegrowth", layout="wide")

PAGES = [
    st.Page("overview.py", title="Overview", default=True),
    st.Page("videos.py", title="Videos"),
    st.Page("accounts.py", title="Accounts"),
    st.Page("health.py", title="Health"),
    st.Page("settings.py", title="Settings"),
]
UNSEEN = [st.Page("connect.py", title="Connecting"), st.Page("guide.py", title="TikTok app")]
FOR_ADMINISTRATORS = [st.Page("installation.py", title="Installation")]

with troubles():
    # Ends the run for whoever may not be here: nothing below it is for them.
    guest = come_in()
    shown = [*PAGES, *(FOR_ADMINISTRATORS if guest.administers else [])]
    page = st.navigation([*shown, *UNSEEN], position="hidden")
    # On a phone Streamlit folds its own navigation into a drawer; so few links need none.
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="tg-nav"):
        for entry in shown:
            st.page_link(entry)
        if guest.person is not None:
            log_out_link(guest.person.email)
    page.run()
