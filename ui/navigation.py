"""The pages: who sees them, and which have no link in the navigation.

A `Page` checks its file when it is created, which every rerun would repeat for all of them. So they
are created once, and each run gets copies, because a run marks the page that it shows.
"""

from copy import copy
from functools import cache

import streamlit as st
from streamlit.navigation.page import StreamlitPage


def pages(*, administers: bool) -> tuple[list[StreamlitPage], list[StreamlitPage]]:
    """The pages with a link in the navigation, in its order, and those without."""
    for_everybody, for_administrators, unlinked = _created()
    linked = for_everybody + for_administrators if administers else for_everybody
    return [copy(page) for page in linked], [copy(page) for page in unlinked]


@cache
def _created() -> tuple[tuple[StreamlitPage, ...], ...]:
    return (
        (
            st.Page("overview.py", title="Overview", default=True),
            st.Page("videos.py", title="Videos"),
            st.Page("accounts.py", title="Accounts"),
            st.Page("health.py", title="Health"),
            st.Page("settings.py", title="Settings"),
        ),
        (st.Page("installation.py", title="Installation"),),
        (st.Page("connect.py", title="Connecting"), st.Page("guide.py", title="Guide")),
    )
