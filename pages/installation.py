"""Installation: does everybody get their snapshots? For administrators."""

import streamlit as st

from ui.controls import unseen
from ui.health.installation import everybody, everybody_html
from ui.heartbeat import heartbeat
from ui.notices import job_remark
from ui.session import open_session

session = open_session()

st.title("Installation", anchor=False, width="content")
unseen()
heartbeat(session)
job_remark(session)
st.html(everybody_html(everybody(session)))
