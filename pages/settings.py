"""Settings: which programs may read your numbers?"""

import streamlit as st

from ui.controls import choose_account, hidden_choices
from ui.notices import store_away
from ui.page import row
from ui.session import open_session
from ui.settings.api_tokens import new_token, token_list

session = open_session()

with row("tg-top"):
    st.title("Settings", anchor=False, width="content")
    choose_account(session, hidden=True)
hidden_choices()

if session.trouble is not None:
    store_away(str(session.trouble))
    st.stop()

st.html(
    "<h2>API tokens</h2>"
    '<p class="tg-note">A program that shows a token sees your numbers without your login. '
    '<a href="/api/docs" target="_self">What it can ask</a></p>'
)
new_token(session)
token_list(session)
