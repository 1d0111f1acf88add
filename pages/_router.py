"""The main script of every visit: navigation, then the page. It lives here, and not beside
`pages/`, because Streamlit would then open a deep link without running it first.
"""

import streamlit as st

from ui.trouble import troubles

st.set_page_config(page_title="Truegrowth", layout="wide")

PAGES = [
    st.Page("overview.py", title="Overview", default=True),
    st.Page("videos.py", title="Videos"),
    st.Page("health.py", title="Health"),
]
page = st.navigation(PAGES, position="hidden")
# On a phone Streamlit folds its own navigation into a drawer; three links need none.
with st.container(horizontal=True, gap="small", key="tg-nav"):
    for entry in PAGES:
        st.page_link(entry)

with troubles():
    page.run()
