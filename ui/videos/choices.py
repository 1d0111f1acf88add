"""What a visitor chooses to see of the videos: which, in which order, which page of them.

All of it is in the URL. The number of videos stands in a control's label, which would land in the
URL if the control were bound to it; so these are written there by hand.
"""

from collections.abc import Callable, Sequence
from typing import Final, get_args

import streamlit as st

from snapshot_core.view.video_selection import (
    SORT_KEYS,
    Selection,
    Show,
    count_shown,
    tag_totals,
)
from snapshot_core.view.videos_table import VideoTable
from ui.html import SORT

SHOW: Final = "show"
TAG: Final = "tag"
SEARCH: Final = "q"
PAGE: Final = "page"
ROWS_PER_PAGE: Final = 50
ALL_TAGS: Final = "All tags"
DEFAULT_SORT: Final = "gained"
LABELS: Final[dict[Show, str]] = {"all": "All", "new": "New", "removed": "Removed"}


def choose_selection(table: VideoTable) -> Selection:
    """The controls of kind, tag and search, and what they say with the order."""
    sort = st.query_params.get(SORT, DEFAULT_SORT)
    ascending = sort.startswith("-")
    key = sort.removeprefix("-")
    return Selection(
        show=_choose_show(table),
        tag=_choose_tag(table),
        search=search_box(),
        sort=key if key in SORT_KEYS else DEFAULT_SORT,
        ascending=ascending and key in SORT_KEYS,
    )


def search_box() -> str:
    """What to look for in titles, tags and links, as ``?q=``; it takes effect while typing."""
    search = st.text_input(
        "Search by title, tag or link",
        key=SEARCH,
        type="search",
        placeholder="Title, tag or link",
        label_visibility="collapsed",
        live=True,
        bind="query-params",
        persist_state="session",
        width=220,
        on_change=_first_page,
    )
    return search or ""


def choose_page(rows: int, selection: Selection) -> int:
    """Which page of so many ``rows``, from 1 on; a choice only where there are several."""
    pages = -(-rows // ROWS_PER_PAGE)
    if pages < 2:
        return 1
    asked = st.query_params.get(PAGE, "1")
    page = int(asked) if asked.isdecimal() and 1 <= int(asked[:6]) <= pages else 1
    # Of another selection, the pages are other pages.
    key = f"tg-page-{selection}-{pages}"
    with st.container(horizontal_alignment="center"):
        return st.pagination(
            pages, default=page, key=key, on_change=_to_url(PAGE, lambda: st.session_state[key], 1)
        )


def query() -> dict[str, str]:
    """The parameters of the URL, for links that keep them."""
    return dict(st.query_params.to_dict())


def clear() -> None:
    """Show all videos again."""
    for name in (SHOW, TAG, PAGE):
        st.query_params.pop(name, None)
    st.session_state[SEARCH] = ""


def _choose_show(table: VideoTable) -> Show:
    counts = {show: count_shown(table, show) for show in get_args(Show)}
    options = [show for show in counts if show != "removed" or counts[show]]
    key = f"tg-{SHOW}-{len(options)}"
    choice = st.segmented_control(
        "Which videos",
        options,
        default=_asked(SHOW, options, "all"),
        required=True,
        format_func=lambda show: f"{LABELS[show]} {counts[show]:,}",
        key=key,
        label_visibility="collapsed",
        on_change=_to_url(SHOW, lambda: st.session_state[key], "all"),
    )
    return choice or "all"


def _choose_tag(table: VideoTable) -> str | None:
    tags = sorted(each.tag for each in tag_totals(table))
    asked = st.query_params.get(TAG)
    if not tags and asked is None:
        return None
    # A tag that no video has is shown as chosen, too: the table is empty because of it.
    options = [ALL_TAGS, *tags, *({asked} - set(tags) if asked else ())]
    key = f"tg-{TAG}-{hash(tuple(options))}"
    choice = st.selectbox(
        "Tag",
        options,
        index=options.index(_asked(TAG, options, ALL_TAGS)),
        key=key,
        label_visibility="collapsed",
        width=160,
        on_change=_to_url(TAG, lambda: st.session_state[key], ALL_TAGS),
    )
    return None if choice == ALL_TAGS else choice


def _asked(name: str, options: Sequence[str], default: str) -> str:
    asked = st.query_params.get(name)
    return asked if asked is not None and asked in options else default


def _to_url(name: str, value: Callable[[], object], default: object) -> Callable[[], None]:
    """What writes a choice into the URL, and its default by leaving it out."""

    def write() -> None:
        if name != PAGE:
            _first_page()
        if value() in (None, default):
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = str(value())

    return write


def _first_page() -> None:
    st.query_params.pop(PAGE, None)
