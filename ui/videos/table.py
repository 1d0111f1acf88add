"""The table of all videos: what is above it, the rows, the pages, and what each tag gained."""

from html import escape
from typing import Final
from zoneinfo import ZoneInfo

import streamlit as st

from snapshot_core.periods import Period
from snapshot_core.plural import plural
from snapshot_core.store.accounts import Account
from snapshot_core.view.shown_metrics import MAIN_METRIC, table_metrics
from snapshot_core.view.video_selection import Selection, count_shown, select_rows
from snapshot_core.view.videos_table import VideoTable, video_table
from snapshot_core.view.wording.accounts import table_reason
from snapshot_core.view.wording.growth import in_short
from snapshot_core.view.wording.numbers import ago, moment
from ui.html import tip
from ui.page import empty_state
from ui.session import PageSession
from ui.videos.choices import PAGE, SHOW, choose_page, clear, query
from ui.videos.rows import address, tags_html, videos_html
from ui.view_cache import CachedView, cached_view

MAX_HINTS: Final = 12
"""Accounts named in a hint; of the others, only the number."""


def cached_videos(
    session: PageSession, account: Account | None, period: Period
) -> CachedView[VideoTable]:
    """The videos of ``account``, or of all where it is None."""
    shown, zone = session.together(account), session.zone(account)
    key = ("videos", account and account.account_id, period)
    return cached_view(
        session, key, lambda connection: video_table(connection, shown, period, session.now, zone)
    )


def provenance(view: VideoTable, session: PageSession, account: Account | None) -> None:
    """``Read 12 min ago · since 20 Nov, 14:38``, and whose videos have no growth."""
    zone, facts = session.zone(account), []
    if view.windows:
        read = max(window.end for window in view.windows.values())
        facts.append(f"Read {ago(max(0, session.now - read))}")
    if count := view.count("newly_tracked"):
        hint = "Older, but first read in the period: not growth."
        facts.append(tip(f"{count:,} newly tracked", hint))
    if view.reason is not None:
        facts.append(escape(table_reason(view, zone, session.now)))
    elif view.left_out:
        facts.append(_left_out(view, zone, session.now))
    elif len(view.windows) == 1:
        (window,) = view.windows.values()
        facts.append(f"since {moment(window.start, zone, session.now)}")
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
    cached: CachedView[VideoTable],
    session: PageSession,
    account: Account | None,
    selection: Selection,
) -> None:
    """The rows and their sums, the choice of a page, and the tags; a row opens its video."""
    view = cached.view
    rows = cached.draw_once(select_rows, selection)
    if not rows:
        _no_match(selection)
        return
    several = account is None and len({row.account.account_id for row in view.rows}) > 1
    metrics = cached.draw_once(table_metrics, tuple(session.together(account)))
    table = st.empty()
    page = choose_page(len(rows), selection)
    parameters = tuple(sorted(query().items()))
    drawn = selection, page, parameters, metrics, several, session.now // 60
    table.html(cached.draw_once(videos_html, *drawn))
    st.html(_footnote(view, selection, metrics))
    if selection.tag is None and (tags := cached.draw_once(tags_html, parameters)):
        st.html(tags)


def _footnote(view: VideoTable, selection: Selection, metrics: tuple[str, ...]) -> str:
    names = [metric for metric in metrics if metric != MAIN_METRIC]
    counted = ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + "".join(names[-1:])
    engagement = f"Engagement: {counted} per view, of the totals." if names else ""
    removed = count_shown(view, "removed") if selection.show == "all" else 0
    link = ""
    if removed:
        where = address(query(), **{SHOW: "removed", PAGE: None})
        words = plural(removed, "removed video is", "removed videos are")
        link = f'<a href="{escape(where)}" target="_self">{words} not shown</a>'
    return f'<p class="tg-note tg-footnote"><span>{engagement}</span>{link}</p>'


def _no_match(selection: Selection) -> None:
    asked = [f"“{selection.search}”"] if selection.search else []
    asked += [f"the tag “{selection.tag}”"] if selection.tag else []
    title = f"No video has {' and '.join(asked)}" if asked else "No video was published"
    text = "Titles and tags are searched, and the links of posts."
    if not asked:
        text = "None came in this period."
    with empty_state(title, text):
        st.button("Show all videos", on_click=clear)
