"""Videos: which ones grew, and what is the history of this one?"""

import streamlit as st

from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.view.shown_metrics import story_metrics
from snapshot_core.view.wording.accounts import table_reason
from ui.charts import show_chart
from ui.controls import choose_account, choose_counter, choose_metric
from ui.notices import no_account, no_snapshot, sample_notice, store_notice
from ui.page import keep_hidden, row
from ui.periods import choose_period, keep_comparison
from ui.session import PageSession, open_session
from ui.video.charts import daily_chart, history_chart
from ui.video.head import head, video_cards
from ui.video.ledger import video_ledger
from ui.video.view import STYLE, back, cached_story, no_such_video, readings_section
from ui.videos.table import VIDEO_PARAMETER, all_videos, cached_videos, counts_line, search_box


def table_page(session: PageSession) -> None:
    """All videos in a period."""
    with row("tg-top"):
        st.title("Videos", anchor=False, width="content")
        account = choose_account(session)
    if not session.accounts:
        no_account()
        return
    with row("tg-controls"):
        period = choose_period()
        search = search_box()
        cached = cached_videos(session, account, period)
        counts_line(cached.view, session, account)
    sample_notice(session, account)
    store_notice(session, cached.read_at, session.zone(account))
    if cached.view.windows:
        all_videos(cached, session, account, search)
    else:
        why = table_reason(cached.view, session.zone(account), session.now)
        no_snapshot(session, account, why)


def video_page(session: PageSession, video: str) -> None:
    """One video through its whole history."""
    top = st.empty()
    with top.container():
        back()
        head_place = st.container(key="tg-video-head")
        period = choose_period()
    cached = cached_story(session, video, period)
    if cached is None:
        top.empty()
        no_such_video()
        return
    minute, story = session.now // 60, cached.view
    head_place.html(cached.draw_once(head, len(session.accounts) > 1, minute))
    sample_notice(session, story.account)
    store_notice(session, cached.read_at, story.zone)
    st.html(cached.draw_once(video_cards, minute))
    metric = choose_metric("metric", story_metrics(story))
    show_chart(cached.draw_once(history_chart, metric), "tg-total", "history")
    with st.container(horizontal=True, key="tg-pair"):
        show_chart(cached.draw_once(daily_chart, metric), "tg-daily", "days")
        st.html(cached.draw_once(video_ledger, metric, minute))
    readings_section(cached, minute)


session = open_session()
if video := st.query_params.get(VIDEO_PARAMETER):
    video_page(session, video)
    keep_hidden(lambda: choose_account(session), choose_counter, keep_comparison, search_box)
else:
    table_page(session)
    keep_hidden(choose_counter, keep_comparison, lambda: choose_metric("metric", VIDEO_METRICS))
st.html(STYLE)
