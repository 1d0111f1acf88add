"""One video: its view, kept; the way back to the table; what is said where there is none."""

from pathlib import Path

import streamlit as st

from snapshot_core.errors import NotFound
from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.view.videos import VideoStory, owner, video_story
from snapshot_core.windows import Period
from ui.growth_text import counted
from ui.session import PageSession
from ui.video.readings import readings_file
from ui.videos.table import OPEN
from ui.view_cache import Sheet, kept_sheet

STYLE = Path(__file__).with_name("videos.css")


def story_sheet(session: PageSession, asked: str, period: Period) -> Sheet[VideoStory] | None:
    """The story of the video that the URL names; None where there is no such video."""
    # Longer than any id is no id: the database need not be asked.
    if not asked.isdecimal() or len(asked) > 18:
        return None

    def compute() -> VideoStory:
        with session.store.read() as connection:
            account = owner(connection, session.accounts, int(asked))
            return video_story(connection, account, int(asked), period, session.zone(account))

    try:
        return kept_sheet(session, ("video", int(asked), period.label), compute)
    except NotFound:
        return None


def back() -> None:
    """The way back to the table, as it was left."""
    st.button("All videos", icon=":material/arrow_back:", type="tertiary", on_click=_close)


def no_such_video() -> None:
    """The URL names no video: one sentence, one button."""
    st.title("Videos", anchor=False)
    with st.container(key="tg-empty", horizontal_alignment="center", gap="small"):
        st.html(
            "<h2>There is no such video</h2>"
            "<p>The link may be old, or the account it belonged to has been removed.</p>",
            width="content",
        )
        st.button("See all videos", type="primary", on_click=_close)


def choose_metric() -> str:
    """One of `VIDEO_METRICS` as ``?metric=``."""
    chosen = st.segmented_control(
        "Counter",
        [counted(name) for name in VIDEO_METRICS],
        default=counted(VIDEO_METRICS[0]),
        required=True,
        key="metric",
        label_visibility="collapsed",
        bind="query-params",
        persist_state="session",
    )
    return (chosen or VIDEO_METRICS[0]).lower()


def download(story: VideoStory) -> None:
    """The readings as a file; it is made when it is asked for."""
    st.download_button(
        "Download readings",
        lambda: readings_file(story),
        file_name=f"readings-{story.about.platform_id}.csv",
        mime="text/csv",
        on_click="ignore",
        key="tg-download",
    )


def _close() -> None:
    st.query_params.pop(OPEN, None)
