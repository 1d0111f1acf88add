"""How fresh the numbers are, and what they cover: one quiet line that keeps itself up to date."""

from html import escape

import streamlit as st

from snapshot_core.growth.history import is_stale
from snapshot_core.plural import plural
from snapshot_core.store.accounts import Account
from snapshot_core.view.overview import Overview
from snapshot_core.view.shown_metrics import MAIN_METRIC
from snapshot_core.view.wording.accounts import names
from snapshot_core.view.wording.growth import stale_sentence
from snapshot_core.view.wording.numbers import ago, moment
from ui.html import tip
from ui.session import PageSession, open_session

REFRESH_SECONDS = 30


@st.fragment(run_every=REFRESH_SECONDS)
def freshness(session: PageSession, view: Overview) -> None:
    """The line, redrawn by itself; a new snapshot redraws the whole page."""
    fresh = session if session.clock() == session.now else open_session()
    # Whether the store is available concerns the whole page.
    if (fresh.trouble is None) != (session.trouble is None):
        st.rerun()
    if fresh.trouble is None and fresh.revisions != session.revisions:
        st.rerun()
    st.html(freshness_html(view, session.accounts, fresh.now))


def freshness_html(view: Overview, accounts: tuple[Account, ...], now: int) -> str:
    """``Sample account · 12 min ago · 24 videos · compared with 15 Nov, 15:02``."""
    facts = []
    if view.account is not None and len(accounts) == 1:
        facts.append(escape(view.account.name))
    if view.window is None:
        facts.append("no complete snapshot yet")
    else:
        age = ago(max(0, now - view.window.end))
        own = view.account
        if own is not None and view.history and is_stale(view.history, now, own.cadence_seconds):
            sentence = stale_sentence(view.window.end, now)
            age = tip(f"stale: {age}", sentence, "tg-chip tg-stale")
        facts.append(age)
        facts.append(plural(view.videos, "video"))
        if view.cards[MAIN_METRIC].growth.reason is None and view.history is not None:
            facts.append(f"compared with {moment(view.window.start, view.zone, now)}")
    if view.stale_accounts:
        facts.append(f"not up to date: {escape(names(view.stale_accounts))}")
    return f'<p class="tg-meta">{" · ".join(facts)}</p>'
