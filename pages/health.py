"""Health: can the numbers be trusted, and what is there to do about it?"""

import streamlit as st

from ui.controls import choose_account, hidden_choices
from ui.health.accounts import account_panels
from ui.health.overview import all_accounts
from ui.health.problems import problems
from ui.health.report import report_button
from ui.health.tables import capture_log, doubtful_readings, show
from ui.health.view import STYLE, cached_health
from ui.heartbeat import heartbeat
from ui.html import note
from ui.notices import no_account, store_notice
from ui.page import row
from ui.session import open_session
from ui.snapshot import show_outcomes

session = open_session()

with row("tg-top"):
    st.title("Health", anchor=False, width="content")
    account = choose_account(session)
    report_button(session)
hidden_choices()
heartbeat(session)

if not session.accounts:
    no_account()
    st.stop()

cached = cached_health(session, account)
view = cached.view

show_outcomes(session)
store_notice(session, cached.read_at, view.zone)
if account is None and len(session.accounts) > 1:
    all_accounts(session, cached)
    st.html(STYLE)
    st.stop()

problems(session, view, account)
st.html(cached.draw_once(account_panels))

if view.doubts:
    st.subheader("Doubtful readings", anchor=False)
    show(cached.draw_once(doubtful_readings), "doubts", "Doubtful readings")

if view.captures:
    st.subheader("Snapshots of the last 90 days", anchor=False)
    show(cached.draw_once(capture_log), "log", "Log of snapshots")
else:
    st.html(note("No snapshot was taken in the last 90 days."))
st.html(STYLE)
