"""The pages there are: who sees them, and which are reached from others only.

A `Page` looks for its file when it is made; a rerun would do that for all of them. They are made
once, and each run gets copies, because a run marks the page that it is about to show.
"""

from copy import copy
from functools import cache

import streamlit as st
from streamlit.navigation.page import StreamlitPage


def pages(*, administers: bool) -> tuple[list[StreamlitPage], list[StreamlitPage]]:
    """Those in the navigation, in its order, and those that no link of it leads to."""
    everyones, administrators, unseen = _made()
    shown = everyones + administrators if administers else everyones
    return [copy(page) for page in shown], [copy(page) for page in unseen]


@cache
def _made() -> tuple[tuple[StreamlitPage, ...], ...]:
    return (
        (
            st.Page("overview.py", title="Overview", default=True),
            st.Page("videos.py", title="Videos"),
            st.Page("accounts.py", title="Accounts"),
            st.Page("health.py", title="Health"),
            st.Page("settings.py", title="Settings"),
        ),
        (st.Page("installation.py", title="Installation"),),
        (st.Page("connect.py", title="Connecting"), st.Page("guide.py", title="TikTok app")),
    )
