"""One video: its cached view, the way back to the table, and what is shown where there is none."""

from pathlib import Path

import streamlit as st

from snapshot_core.errors import NotFound
from snapshot_core.periods import Period
from snapshot_core.store.database import Connection
from snapshot_core.view.video import VideoView, owner, video_view
from ui.page import empty_state
from ui.session import PageSession
from ui.video.readings import readings, readings_file, readings_table
from ui.videos.rows import VIDEO_PARAMETER
from ui.view_cache import CachedView, cached_view

STYLE = Path(__file__).with_name("videos.css")
MAX_ID_DIGITS = 18
"""A longer number is no id, and may not fit into a query."""


def cached_story(session: PageSession, video: str, period: Period) -> CachedView[VideoView] | None:
    """The story of the video with this id in the URL; None where there is no such video."""
    if not video.isdecimal() or len(video) > MAX_ID_DIGITS:
        return None

    def story(connection: Connection) -> VideoView:
        account = owner(connection, session.accounts, int(video))
        zone = session.zone(account)
        return video_view(connection, account, int(video), period, session.now, zone)

    try:
        return cached_view(session, ("video", int(video), period), story)
    except NotFound:
        return None


def back() -> None:
    """The way back to the table, as it was left."""
    st.button("All videos", icon=":material/arrow_back:", type="tertiary", on_click=_close)


def no_such_video() -> None:
    """The URL names no video: one sentence, one button."""
    st.title("Videos", anchor=False)
    text = "The link may be old, or the account it belonged to has been removed."
    with empty_state("There is no such video", text):
        st.button("See all videos", type="primary", on_click=_close)


def readings_section(cached: CachedView[VideoView], minute: int) -> None:
    """All readings as a table, and a button for them as a file."""
    story = cached.view
    with st.container(horizontal=True, vertical_alignment="center", key="tg-readings-head"):
        st.subheader("Readings", anchor=False, width="content")
        st.space("stretch")
        st.download_button(
            "Download readings",
            lambda: readings_file(story),  # written when the button is clicked
            file_name=f"readings-{story.about.platform_id}.csv",
            mime="text/csv",
            on_click="ignore",
            key="tg-download",
        )
    readings_table(cached.draw_once(readings, minute))


def _close() -> None:
    st.query_params.pop(VIDEO_PARAMETER, None)
