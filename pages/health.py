"""Health: can the numbers be trusted, and what is there to do about it?"""

import streamlit as st

from ui.controls import choose_account, unseen
from ui.health.accounts import account_healths
from ui.health.problems import problems
from ui.health.tables import doubts, log, show
from ui.health.view import STYLE, health_sheet
from ui.heartbeat import heartbeat
from ui.notices import away, empty
from ui.page import row
from ui.session import open_desk
from ui.snapshot import tell_found

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
