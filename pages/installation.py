"""Installation: does everybody get their snapshots? For administrators."""

import streamlit as st

from ui.controls import choose_account, unseen
from ui.desk import open_desk
from ui.every_page import row
from ui.heartbeat import heartbeat
from ui.oversight import everybody, everybody_html
from ui.states import job_remark

desk = open_desk()

with row("tg-top"):
    st.title("Installation", anchor=False, width="content")
    choose_account(desk, unseen=True)
unseen()
heartbeat(desk)
job_remark(desk)
st.html(everybody_html(everybody(desk)))
