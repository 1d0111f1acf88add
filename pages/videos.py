"""Videos: which ones grew, what is the history of this one, and how do these compare?"""

from functools import partial

import streamlit as st

from snapshot_core.metrics import VIDEO_METRICS
from ui.compare.view import COMPARE, compare_page
from ui.controls import choose_account, choose_counter, choose_metric
from ui.page import keep_hidden
from ui.periods import choose_period, keep_comparison
from ui.session import open_session
from ui.video.page import video_page
from ui.video.view import STYLE
from ui.videos.choices import search_box
from ui.videos.page import table_page
from ui.videos.rows import VIDEO_PARAMETER

session = open_session()
if video := st.query_params.get(VIDEO_PARAMETER):
    video_page(session, video)
    keep_hidden(lambda: choose_account(session), choose_counter, keep_comparison, search_box)
elif compared := st.query_params.get(COMPARE):
    compare_page(session, compared)
    account = partial(choose_account, session)
    keep_hidden(account, choose_counter, choose_period, keep_comparison, search_box)
else:
    table_page(session)
    keep_hidden(choose_counter, keep_comparison, lambda: choose_metric("metric", VIDEO_METRICS))
st.html(STYLE)
