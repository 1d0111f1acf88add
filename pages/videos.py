"""Videos: which ones grew, and what is the history of this one?"""

import streamlit as st

from ui.charts import CONFIG
from ui.controls import choose_account, choose_counter, choose_period
from ui.notices import away, empty, sample_label
from ui.page import kept, row
from ui.session import PageSession, open_session
from ui.video.charts import daily_chart, daily_key, history_chart, history_key
from ui.video.head import head, video_cards
from ui.video.ledger import video_ledger
from ui.video.readings import readings, readings_table
from ui.video.view import STYLE, back, choose_metric, download, no_such_video, story_sheet
from ui.videos.empty import no_snapshot
from ui.videos.table import OPEN, all_videos, counts_line, search_box, video_sheet


def table(session: PageSession) -> None:
    """All videos in a period."""
    with row("tg-top"):
        st.title("Videos", anchor=False, width="content")
        account = choose_account(session)
    if not session.accounts:
        empty(session)
        return
    with row("tg-controls"):
        period = choose_period()
        words = search_box()
        sheet = video_sheet(session, account, period)
        counts_line(sheet.view, session, account)
    sample_label(session, account)
    away(session, sheet.at, session.zone(account))
    if sheet.view.windows:
        all_videos(sheet, session, account, words)
    else:
        no_snapshot(session, account)


def one(session: PageSession, asked: str) -> None:
    """One video through its whole history."""
    top = st.empty()
    with top.container():
        back()
        named = st.container(key="tg-named")
        period = choose_period()
    sheet = story_sheet(session, asked, period)
    if sheet is None:
        top.empty()
        no_such_video()
        return
    minute = session.now // 60
    named.html(sheet.once(head, len(session.accounts) > 1, minute))
    sample_label(session, sheet.view.account)
    away(session, sheet.at, sheet.view.zone)
    st.html(sheet.once(video_cards, minute))
    metric = choose_metric()
    with st.container(border=True, key="tg-total"):
        st.html(sheet.once(history_key, metric))
        st.plotly_chart(sheet.once(history_chart, metric), config=CONFIG, key="history")
    with st.container(horizontal=True, key="tg-pair"):
        with st.container(border=True, key="tg-daily"):
            st.html(sheet.once(daily_key, metric))
            st.plotly_chart(sheet.once(daily_chart, metric), config=CONFIG, key="days")
        st.html(sheet.once(video_ledger, metric, minute))
    with st.container(horizontal=True, vertical_alignment="center", key="tg-readings-head"):
        st.subheader("Readings", anchor=False, width="content")
        st.space("stretch")
        download(sheet.view)
    readings_table(sheet.once(readings, minute), len(sheet.view.readings))


session = open_session()
if asked := st.query_params.get(OPEN):
    one(session, asked)
    kept(lambda: choose_account(session), choose_counter, search_box)
else:
    table(session)
    kept(choose_counter, choose_metric)
st.html(STYLE)
