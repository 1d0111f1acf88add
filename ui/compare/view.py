"""The page that compares a few videos, and the choice of them."""

from typing import Final

import streamlit as st

from snapshot_core.metrics import VIDEO_METRICS
from snapshot_core.periods import PERIODS
from snapshot_core.view.comparison import MAX_COMPARED, By, comparison
from snapshot_core.view.shown_metrics import story_metrics
from snapshot_core.view.video_selection import Selection, select_rows
from snapshot_core.view.videos_table import VideoTable
from ui.charts import show_chart
from ui.compare.chart import comparison_chart
from ui.controls import choose_metric
from ui.page import empty_state
from ui.session import PageSession
from ui.video.head import name_of
from ui.view_cache import CachedView, cached_view

COMPARE: Final = "compared"
"""The URL parameter with the ids of the videos compared, commas between them."""
BY: Final = "by"
MAX_ID_DIGITS: Final = 18
LABELS: Final[dict[By, str]] = {"age": "By age", "date": "By date"}


def choose_compared(cached: CachedView[VideoTable], selection: Selection) -> None:
    """Two to five of the videos shown, to be compared."""
    rows = {row.about.video_id: row for row in cached.draw_once(select_rows, selection)}
    with st.popover("Compare", icon=":material/stacked_line_chart:", disabled=len(rows) < 2):
        chosen = st.multiselect(
            f"Two to {MAX_COMPARED} videos",
            rows,
            format_func=lambda each: name_of(rows[each].about),
            max_selections=MAX_COMPARED,
            key="tg-compared",
        )
        st.button(
            "Compare",
            key="tg-compare",
            type="primary",
            disabled=len(chosen) < 2,
            on_click=lambda: st.query_params.update({COMPARE: ",".join(map(str, chosen))}),
        )


def compare_page(session: PageSession, asked: str) -> None:
    """Some videos over one another."""
    st.button("All videos", icon=":material/arrow_back:", type="tertiary", on_click=_close)
    st.title("Videos compared", anchor=False)
    ids = [int(part) for part in asked.split(",") if _is_id(part)]
    cached = cached_view(
        session,
        ("comparison", tuple(ids)),
        lambda connection: comparison(connection, session, ids, PERIODS[1]),
    )
    videos = cached.view.videos
    if len(videos) < 2:
        with empty_state("There are no such videos", "The link may be old. Choose two or more."):
            st.button("See all videos", type="primary", on_click=_close)
        return
    given = {metric for video in videos for metric in story_metrics(video)}
    with st.container(horizontal=True):
        by = _choose_by()
        metric = choose_metric("metric", [each for each in VIDEO_METRICS if each in given])
    undated = [name_of(video.about) for video in videos if video.about.begins_at is None]
    if by == "age" and undated:
        st.caption(f"Without a known publication, by date only: {', '.join(undated)}")
    show_chart(cached.draw_once(comparison_chart, metric, by), "tg-total", "comparison")


def _choose_by() -> By:
    asked = st.query_params.get(BY)
    options: list[By] = ["age", "date"]
    choice = st.segmented_control(
        "Where curves begin",
        options,
        default="date" if asked == "date" else "age",
        required=True,
        format_func=lambda each: LABELS[each],
        key="tg-by",
        label_visibility="collapsed",
        on_change=lambda: st.query_params.update({BY: st.session_state["tg-by"]}),
    )
    return "date" if choice == "date" else "age"


def _is_id(text: str) -> bool:
    return text.isdecimal() and len(text) <= MAX_ID_DIGITS


def _close() -> None:
    for name in (COMPARE, BY):
        st.query_params.pop(name, None)
