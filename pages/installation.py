"""Installation: does everybody get their snapshots? For administrators."""

import streamlit as st

from ui.controls import unseen
from ui.desk import open_desk
from ui.heartbeat import heartbeat
from ui.oversight import everybody, everybody_html
from ui.states import job_remark

desk = open_desk()

st.title("Installation", anchor=False, width="content")
unseen()
heartbeat(desk)
job_remark(desk)
st.html(everybody_html(everybody(desk)))
