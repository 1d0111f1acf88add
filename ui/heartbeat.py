"""The nightly job: whether it runs, what it is doing, and when it takes the next snapshot.

Where it does not run, the list of problems on the Health page says what to do.
"""

from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from snapshot_core.capture.schedule import schedule_of
from snapshot_core.store.heartbeats import Heartbeat
from snapshot_core.view.health import job_problem_of
from ui.session import PageSession, open_session
from ui.view_cache import cached_view
from ui.wording import when

REFRESH_SECONDS = 15


@st.fragment(run_every=REFRESH_SECONDS)
def heartbeat(session: PageSession) -> None:
    """The line, redrawn by itself; a change elsewhere redraws the whole page."""
    fresh = session if session.clock() == session.now else open_session()
    # Whether the store is available concerns the whole page.
    if (fresh.trouble is None) != (session.trouble is None):
        st.rerun()
    changed = fresh.revisions != session.revisions or fresh.job_alive != session.job_alive
    if fresh.trouble is None and changed:
        st.rerun()
    if fresh.job is not None and fresh.job_alive:
        st.html(heartbeat_html(fresh.job, session.zone(None), fresh.now))


def job_missing(session: PageSession) -> bool:
    """Whether nobody takes the nightly snapshots, by the same rule as on the Health page."""
    if session.job_alive:
        return False
    arguments = session.user.user_id, schedule_of(session), session.now
    cached = cached_view(
        session, ("job missing",), lambda c: job_problem_of(c, *arguments) is not None
    )
    return cached.view


def heartbeat_html(beat: Heartbeat, zone: ZoneInfo, now: int) -> str:
    """``The nightly job is running · next snapshot 23 Nov, 00:00 (in 11 h)``."""
    facts = [beat.doing or "The nightly job is running"]
    if beat.next_run_at is None:
        facts.append("no snapshot is due by itself")
    elif beat.next_run_at <= now:
        facts.append("next snapshot: now")
    else:
        facts.append(f"next snapshot {when(beat.next_run_at, zone, now)}")
    line = " · ".join(escape(fact) for fact in facts)
    return f'<p class="tg-meta tg-beat"><i></i>{line}</p>'
