"""Health: can the numbers be trusted, and what is there to do about it?"""

import streamlit as st

from ui.account_health import account_healths
from ui.controls import choose_account, unseen
from ui.desk import open_desk
from ui.every_page import row
from ui.health_tables import doubts, log, show
from ui.health_view import STYLE, health_sheet
from ui.heartbeat import heartbeat
from ui.problems import problems
from ui.snapshot import tell_found
from ui.states import away, empty

desk = open_desk()

with row("tg-top"):
    st.title("Health", anchor=False, width="content")
    account = choose_account(desk)
unseen()
heartbeat(desk)

if not desk.accounts:
    empty(desk)
    st.stop()

sheet = health_sheet(desk, account)
view, several = sheet.view, account is None and len(desk.accounts) > 1

tell_found(desk)
away(desk, sheet.at, view.zone)
problems(desk, view, account)
st.html(sheet.once(account_healths))

if view.doubts:
    st.subheader("Readings not taken at face value", anchor=False)
    show(sheet.once(doubts, several), len(view.doubts), "doubts", "Doubtful readings")

if view.captures:
    st.subheader("Snapshots of the last 90 days", anchor=False)
    show(sheet.once(log, several), len(view.captures), "log", "Log of snapshots")
else:
    st.html('<p class="tg-note">No snapshot was taken in the last 90 days.</p>')
st.html(STYLE)
