"""The table of all videos: counts line, search, and the click that opens one."""

from html import escape

import streamlit as st

from snapshot_core.store.accounts import Account, shown_together
from snapshot_core.view.videos import VideoTable, video_table
from snapshot_core.view.wording.numbers import moment, reason_sentence
from snapshot_core.windows import Period
from ui.html import tip
from ui.session import PageSession
from ui.tables import UNKNOWN, on_a_phone
from ui.videos.columns import CLICKED, column_config
from ui.videos.frame import VideoFrame, video_frame
from ui.view_cache import Sheet, kept_sheet

OPEN = "video"
"""The parameter of the URL that names the video shown."""
SEARCH = "q"
ROW = 44
MOST_ROWS = 12
"""Rows seen at once; the table scrolls inside itself."""


def video_sheet(session: PageSession, account: Account | None, period: Period) -> Sheet[VideoTable]:
    """The videos of ``account`` or of all; the last good ones while the store is away."""
    zone = session.zone(account)
    shown = [account] if account else shown_together(session.accounts)

    def compute() -> VideoTable:
        with session.store.read() as connection:
            return video_table(connection, shown, period, zone)

    return kept_sheet(session, ("videos", account and account.account_id, period.label), compute)


def search_box() -> str:
    """What to look for in titles and platform ids, as ``?q=``; it takes effect while typing."""
    return (
        st.text_input(
            "Search by title or platform id",
            key=SEARCH,
            type="search",
            placeholder="Search title or id",
            label_visibility="collapsed",
            live=True,
            bind="query-params",
            persist_state="session",
            width=260,
        )
        or ""
    )


def counts_line(view: VideoTable, session: PageSession, account: Account | None) -> None:
    """``29 videos · 2 new · 1 removed``, and since when."""
    zone = session.zone(account)
    listed = len(view.rows) - view.count("removed")
    parts = [f"{listed:,} video{'' if listed == 1 else 's'}"]
    for line, word, hint in (
        ("published", "new", "Published in the period: all their counts are growth."),
        ("newly_tracked", "newly tracked", "Older, but first read in the period: not growth."),
        ("removed", "removed", "On the account when the period began, and no longer: no loss."),
    ):
        if count := view.count(line):  # type: ignore[arg-type]
            parts.append(tip(f"{count:,} {word}", hint))
    if view.reason is not None:
        parts.append(escape(reason_sentence(view.reason, view.period, zone, session.now)))
    elif len(view.windows) == 1:
        (window,) = view.windows.values()
        parts.append(f"compared with {moment(window.start, zone, session.now)}")
    st.html(f'<p class="tg-provenance tg-spot">{" · ".join(parts)}</p>', width="content")


def all_videos(
    sheet: Sheet[VideoTable], session: PageSession, account: Account | None, words: str
) -> None:
    """The table; a click on a title opens the video."""
    several = account is None and len({row.account_id for row in sheet.view.rows}) > 1
    narrow = on_a_phone()
    frame = sheet.once(video_frame, words, several, narrow, session.now // 60)
    if not frame.video_ids:
        _nothing_found(words)
        return
    st.dataframe(
        frame.styled,
        key="tg-videos",
        hide_index=True,
        row_height=ROW,
        height=_height(len(frame.video_ids)),
        column_order=frame.shown,
        column_config=column_config(narrow, lambda: _open(frame)),
        placeholder=UNKNOWN,
        alt="Videos with their counts and their growth in the period",
    )


def _open(frame: VideoFrame) -> None:
    st.query_params[OPEN] = str(frame.video_ids[st.session_state[CLICKED].row])


def _height(rows: int) -> int:
    return ROW * min(rows, MOST_ROWS) + 38


def _nothing_found(words: str) -> None:
    with st.container(key="tg-empty", horizontal_alignment="center", gap="small"):
        said = escape(words.strip())
        st.html(
            f"<h2>Nothing found</h2><p>No video has “{said}” in its title or its id.</p>",
            width="content",
        )
        st.button("Show all videos", type="primary", on_click=_forget_search)


def _forget_search() -> None:
    st.session_state[SEARCH] = ""
