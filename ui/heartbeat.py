"""The job's heartbeat: that it is alive, what it is at, when it runs next.

Where it is missed, the list of what is wrong says so, and what to do.
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

EVERY = "15s"


@st.fragment(run_every=EVERY)
def heartbeat(session: PageSession) -> None:
    """The line, drawn again by itself; what changed elsewhere redraws the whole page."""
    fresh = session if session.clock() == session.now else open_session()
    # The page says that the store is away, and may do so no longer once it is back.
    if (fresh.trouble is None) != (session.trouble is None):
        st.rerun()
    changed = fresh.revisions != session.revisions or fresh.job_alive != session.job_alive
    if fresh.trouble is None and changed:
        st.rerun()
    if fresh.job is not None and fresh.job_alive:
        st.html(heartbeat_html(fresh.job, session.zone(None), fresh.now))


def job_away(session: PageSession) -> bool:
    """Whether nobody takes the nightly snapshots, by the same rule as on the Health page."""
    if session.job_alive:
        return False
    asked = session.user.user_id, schedule_of(session), session.now
    cached = cached_view(session, ("job away",), lambda c: job_problem_of(c, *asked) is not None)
    return cached.view


def heartbeat_html(beat: Heartbeat, zone: ZoneInfo, now: int) -> str:
    """``The nightly job is running · next snapshot 23 Nov, 00:00 (in 11 h)``."""
    parts = [beat.doing or "The nightly job is running"]
    if beat.next_run_at is None:
        parts.append("no snapshot is due by itself")
    elif beat.next_run_at <= now:
        parts.append("next snapshot: now")
    else:
        parts.append(f"next snapshot {when(beat.next_run_at, zone, now)}")
    line = " · ".join(escape(part) for part in parts)
    return f'<p class="tg-meta tg-beat"><i></i>{line}</p>'
