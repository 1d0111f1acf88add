"""The table of all videos: the line of counts, the search, and the click that opens a video."""

from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from snapshot_core.periods import Period
from snapshot_core.plural import plural
from snapshot_core.store.accounts import Account
from snapshot_core.view.shown_metrics import table_metrics
from snapshot_core.view.videos_table import VideoTable, video_table
from snapshot_core.view.wording.accounts import table_reason
from snapshot_core.view.wording.growth import in_short
from snapshot_core.view.wording.numbers import moment
from ui.html import tip
from ui.page import empty_state
from ui.session import PageSession
from ui.tables import on_a_phone, show_table
from ui.videos.columns import TITLE_CLICK, column_config
from ui.videos.frame import VideoFrame, video_frame
from ui.view_cache import CachedView, cached_view

VIDEO_PARAMETER = "video"
"""The URL parameter with the id of the video shown."""
SEARCH = "q"
ROW_PIXELS = 44
MAX_HINTS = 12
"""Accounts named in a hint; of the others, only the number."""
MAX_VISIBLE_ROWS = 12
"""A longer table scrolls."""


def cached_videos(
    session: PageSession, account: Account | None, period: Period
) -> CachedView[VideoTable]:
    """The videos of ``account``, or of all where it is None."""
    shown, zone = session.together(account), session.zone(account)
    key = ("videos", account and account.account_id, period)
    return cached_view(
        session, key, lambda connection: video_table(connection, shown, period, session.now, zone)
    )


def search_box() -> str:
    """What to look for in titles and platform ids, as ``?q=``; it takes effect while typing."""
    search = st.text_input(
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
    return search or ""


def counts_line(view: VideoTable, session: PageSession, account: Account | None) -> None:
    """``29 videos · 2 new · 1 removed``, and since when."""
    zone = session.zone(account)
    facts = [plural(len(view.rows) - view.count("removed"), "video")]
    for line, word, hint in (
        ("published", "new", "Published in the period: all their counts are growth."),
        ("newly_tracked", "newly tracked", "Older, but first read in the period: not growth."),
        ("removed", "removed", "On the account when the period began, and no longer: no loss."),
    ):
        if count := view.count(line):  # type: ignore[arg-type]
            facts.append(tip(f"{count:,} {word}", hint))
    if view.reason is not None:
        facts.append(escape(table_reason(view, zone, session.now)))
    elif view.left_out:
        facts.append(_left_out(view, zone, session.now))
    elif len(view.windows) == 1:
        (window,) = view.windows.values()
        facts.append(f"compared with {moment(window.start, zone, session.now)}")
    st.html(f'<p class="tg-meta tg-counts">{" · ".join(facts)}</p>', width="content")


def _left_out(view: VideoTable, zone: ZoneInfo, now: int) -> str:
    """How many accounts' videos have no growth, and on hover whose."""
    without = [
        f"{each.account}: {in_short(each.reason, zone, now)}" for each in view.left_out[:MAX_HINTS]
    ]
    more = len(view.left_out) - MAX_HINTS
    hint = "; ".join(without) + (f"; and {more:,} more" if more > 0 else "")
    return tip(f"{plural(len(view.left_out), 'account')} without growth", f"{hint}.")


def all_videos(
    cached: CachedView[VideoTable], session: PageSession, account: Account | None, search: str
) -> None:
    """The table; a click on a title opens the video."""
    table = cached.view
    several = account is None and len({row.account.account_id for row in table.rows}) > 1
    metrics = cached.draw_once(table_metrics, tuple(session.together(account)))
    narrow = on_a_phone()
    frame = cached.draw_once(video_frame, search, metrics, several, narrow, session.now // 60)
    if not frame.video_ids:
        _no_match(search)
        return
    show_table(
        frame.styled,
        "tg-videos",
        column_config(narrow, lambda: _open(frame)),
        "Videos with their counts and their growth in the period",
        frame.columns,
        ROW_PIXELS,
        MAX_VISIBLE_ROWS,
    )


def _open(frame: VideoFrame) -> None:
    st.query_params[VIDEO_PARAMETER] = str(frame.video_ids[st.session_state[TITLE_CLICK].row])


def _no_match(search: str) -> None:
    text = f"No video has “{search.strip()}” in its title or its id."
    with empty_state("Nothing found", text):
        st.button("Show all videos", type="primary", on_click=_clear_search)


def _clear_search() -> None:
    st.session_state[SEARCH] = ""
