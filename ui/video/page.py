"""The page of one video."""

import streamlit as st

from snapshot_core.view.shown_metrics import story_metrics
from ui.charts import show_chart
from ui.controls import choose_metric
from ui.notices import sample_notice, store_notice
from ui.periods import choose_period
from ui.session import PageSession
from ui.video.charts import daily_chart, has_days, has_history, history_chart
from ui.video.head import head, video_cards
from ui.video.ledger import video_ledger
from ui.video.view import back, cached_story, no_such_video, readings_section
from ui.videos.tagging import tag_video


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
    with head_place:
        st.html(cached.draw_once(head, len(session.accounts) > 1, minute))
        tag_video(session, story)
    sample_notice(session, story.account)
    store_notice(session, cached.read_at, story.zone)
    st.html(cached.draw_once(video_cards, minute))
    metric = choose_metric("metric", story_metrics(story))
    if has_history(story, metric):
        show_chart(cached.draw_once(history_chart, metric), "tg-total", "history")
    with st.container(horizontal=True, key="tg-pair"):
        if has_days(story, metric):
            show_chart(cached.draw_once(daily_chart, metric), "tg-daily", "days")
        st.html(cached.draw_once(video_ledger, metric, minute))
    readings_section(cached, minute)
