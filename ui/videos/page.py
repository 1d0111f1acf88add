"""The page of all videos in a period."""

import streamlit as st

from snapshot_core.view.wording.accounts import table_reason
from ui.compare.view import choose_compared
from ui.controls import choose_account
from ui.notices import no_account, no_snapshot, sample_notice, store_notice
from ui.page import row
from ui.periods import choose_period
from ui.sentence import videos_line
from ui.session import PageSession
from ui.videos.choices import choose_selection
from ui.videos.table import all_videos, cached_videos, provenance
from ui.videos.tagging import tag_videos


def table_page(session: PageSession) -> None:
    """All videos in a period."""
    with row("tg-top"):
        st.title("Videos", anchor=False, width="content")
        account = choose_account(session)
        st.space("stretch")
        actions = st.container(horizontal=True, key="tg-actions", width="content")
    if not session.accounts:
        no_account()
        return
    with row("tg-controls"):
        period = choose_period()
        cached = cached_videos(session, account, period)
        selection = choose_selection(cached.view)
        provenance(cached.view, session, account)
    sample_notice(session, account)
    store_notice(session, cached.read_at, session.zone(account))
    if not cached.view.windows:
        why = table_reason(cached.view, session.zone(account), session.now)
        no_snapshot(session, account, why)
        return
    with actions:
        choose_compared(cached, selection)
        tag_videos(cached, session, selection)
    if line := cached.draw_once(videos_line):
        st.html(line)
    all_videos(cached, session, account, selection)
