"""What a rerun of a page works on: the session of whoever looks, and how fresh it is."""

from dataclasses import dataclass

import streamlit as st

from snapshot_core.errors import LoginNeeded, NotAllowed, StoreError
from snapshot_core.session import Session
from snapshot_core.session import open_session as session_of
from snapshot_core.store.accounts import LOCAL_EMAIL
from snapshot_core.store.heartbeats import BEAT_SECONDS, Heartbeat, heartbeat
from ui.last_good import last_good
from ui.login import CLOCK as CLOCK
from ui.login import clock, current_login, store_at


@dataclass(frozen=True, slots=True)
class PageSession(Session):
    """The session of a rerun, opened once at its start."""

    trouble: StoreError | None
    """Why what stands here is of an earlier rerun; None where it is fresh."""

    @property
    def job(self) -> Heartbeat | None:
        """The nightly job's last beat, of a quarter of a minute ago at most.

        While the store is away, the one read last, if any.
        """
        where, period = self.settings.database_url, self.now // BEAT_SECONDS
        try:
            return last_good(("beat", where), lambda: _beat(where, period))[0]
        except StoreError:
            return None

    @property
    def job_alive(self) -> bool:
        """Whether the nightly job still beats."""
        return self.job is not None and self.job.alive(self.now)


def open_session() -> PageSession:
    """The session of this rerun. Raises `StoreError` where nothing was ever read."""
    try:
        login = current_login()
    except (LoginNeeded, NotAllowed):
        # A part of a page that runs on its own, and whose visitor may be here no more: the main
        # script tells them.
        st.rerun()
    settings, present = login.settings, clock()
    store = store_at(settings.database_url)
    who = login.person or LOCAL_EMAIL
    session, trouble = last_good(
        ("session", settings.database_url, who), lambda: session_of(settings, store, present, who)
    )
    return PageSession(settings, store, present, present(), session.user, session.accounts, trouble)


@st.cache_resource(show_spinner=False, max_entries=4)
def _beat(database_url: str, period: int) -> Heartbeat | None:
    with store_at(database_url).read() as connection:
        return heartbeat(connection)
