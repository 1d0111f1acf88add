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
from ui.session import open_session
from ui.snapshot import tell_found

session = open_session()

with row("tg-top"):
    st.title("Health", anchor=False, width="content")
    account = choose_account(session)
unseen()
heartbeat(session)

if not session.accounts:
    empty(session)
    st.stop()

sheet = health_sheet(session, account)
view, several = sheet.view, account is None and len(session.accounts) > 1

tell_found(session)
away(session, sheet.at, view.zone)
problems(session, view, account)
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
