"""Giving tags to videos and taking them away."""

from collections.abc import Callable, Sequence

import streamlit as st

from snapshot_core.errors import InputError
from snapshot_core.store.annotations.video_tags import add_tag, remove_tag
from snapshot_core.store.database import Connection
from snapshot_core.store.keys import Key
from snapshot_core.tags import tag_of
from snapshot_core.view.video import VideoView
from snapshot_core.view.video_selection import Selection, select_rows, tag_totals
from snapshot_core.view.videos_table import VideoRow, VideoTable
from ui.html import literal
from ui.session import PageSession
from ui.video.head import name_of
from ui.view_cache import CachedView

Change = Callable[[Connection, Key, int, str], None]


def tag_videos(cached: CachedView[VideoTable], session: PageSession, selection: Selection) -> None:
    """A form that gives one tag to some of the videos shown, or takes it away."""
    rows = {row.about.video_id: row for row in cached.draw_once(select_rows, selection)}
    tags = sorted(each.tag for each in cached.draw_once(tag_totals))
    with (
        st.popover("Tag", icon=":material/sell:", disabled=not rows),
        st.form("tg-tags", border=False),
    ):
        chosen = st.multiselect(
            "Videos", rows, format_func=lambda video: name_of(rows[video].about)
        )
        tag = st.selectbox(
            "Tag",
            tags,
            index=tags.index(selection.tag) if selection.tag in tags else None,
            placeholder="Choose one, or type a new one",
            accept_new_options=True,
            key="tg-tag-name",
        )
        with st.container(horizontal=True):
            adds = st.form_submit_button("Add tag", type="primary")
            removes = st.form_submit_button("Remove tag")
        if adds or removes:
            change = add_tag if adds else remove_tag
            _change(session, change, [rows[video] for video in chosen], tag)


def tag_video(session: PageSession, story: VideoView) -> None:
    """The tags of one video; typing a new one adds it."""
    wanted = st.multiselect(
        "Tags",
        story.known_tags,
        default=list(story.tags),
        # Of other tags it is another control, which shows them as they are stored.
        key=f"tg-video-tags-{story.video_id}-{','.join(story.tags)}",
        accept_new_options=True,
        placeholder="Add a tag",
        label_visibility="collapsed",
        width=420,
    )
    if wanted == list(story.tags):
        return
    key = story.account.key

    def change(connection: Connection) -> None:
        for tag in {*story.tags} - {*wanted}:
            remove_tag(connection, key, story.video_id, tag)
        for tag in {*wanted} - {*story.tags}:
            add_tag(connection, key, story.video_id, tag_of(tag))

    _apply(session, change)


def _change(
    session: PageSession, change: Change, rows: Sequence[VideoRow], text: str | None
) -> None:
    if not rows or text is None:
        st.warning("Choose videos and a tag.")
        return

    def every(connection: Connection) -> None:
        tag = tag_of(text)
        for row in rows:
            change(connection, row.account.key, row.about.video_id, tag)

    _apply(session, every)


def _apply(session: PageSession, change: Callable[[Connection], None]) -> None:
    """Store it, and draw the page anew from what is stored."""
    try:
        session.store.transact(change)
    except InputError as error:
        st.warning(literal(str(error)))
        return
    st.rerun()
