"""Where the numbers come from and how fresh they are: one quiet line that keeps itself right."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from snapshot_core.growth.growth import is_stale
from snapshot_core.store.accounts import Account
from snapshot_core.view.overview import Overview
from snapshot_core.view.wording.numbers import ago, moment, stale_sentence
from ui.html import tip
from ui.session import PageSession, open_session

EVERY = 30
"""Seconds between two looks at the clock and at whether new readings came in."""
MOST_NAMES = 3
"""Accounts named that are behind; of more, how many."""


def provenance(session: PageSession, view: Overview) -> None:
    """The line, drawn again by itself; a new snapshot redraws the whole page."""
    _line(session, view)


@st.fragment(run_every=EVERY)
def _line(session: PageSession, view: Overview) -> None:
    fresh = session if session.clock() == session.now else open_session()
    if fresh.trouble is None and fresh.revisions != session.revisions:
        st.rerun()
    st.html(provenance_html(view, session.accounts, fresh.now))


def provenance_html(view: Overview, accounts: tuple[Account, ...], now: int) -> str:
    """``Sample account · 12 min ago · 24 videos · compared with 15 Nov, 15:02``."""
    parts = []
    if view.account is not None and len(accounts) == 1:
        parts.append(escape(view.account.name))
    if view.window is None:
        parts.append("no complete snapshot yet")
    else:
        age = ago(max(0, now - view.window.end))
        late = stale_sentence(view.window.end, now)
        old = view.stale or (view.account and is_stale(view.history, now, view.account.cadence))
        parts.append(tip(f"stale: {age}", late, "tg-chip tg-stale") if old else age)
        parts.append(f"{view.videos:,} video{'' if view.videos == 1 else 's'}")
        if view.cards["views"].growth.reason is None:
            parts.append(f"compared with {moment(view.window.start, view.zone, now)}")
    if view.late:
        parts.append(f"not up to date: {escape(_names(view.late))}")
    return f'<p class="tg-provenance">{" · ".join(parts)}</p>'


def _names(late: Sequence[str]) -> str:
    more = len(late) - MOST_NAMES
    return ", ".join(late[:MOST_NAMES]) + (f" and {more:,} more" if more > 0 else "")
