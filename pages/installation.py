"""Installation: does every user get their snapshots? For administrators."""

import streamlit as st

from ui.controls import hidden_choices
from ui.health.installation import all_users, users_html
from ui.heartbeat import heartbeat
from ui.notices import job_notice
from ui.session import open_session

session = open_session()

st.title("Installation", anchor=False, width="content")
hidden_choices()
heartbeat(session)
job_notice(session)
st.html(users_html(all_users(session)))
