"""Installation: does everybody get their snapshots? For administrators."""

import streamlit as st

from ui.controls import unseen
from ui.health.installation import everybody, everybody_html
from ui.heartbeat import heartbeat
from ui.notices import job_remark
from ui.session import open_desk

desk = open_desk()

st.title("Installation", anchor=False, width="content")
unseen()
heartbeat(desk)
job_remark(desk)
st.html(everybody_html(everybody(desk)))
