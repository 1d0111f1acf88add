"""The session that a rerun of a page works on, and whether it is fresh."""

from dataclasses import dataclass

import streamlit as st

from snapshot_core.errors import LoginNeeded, NotAllowed, StoreError
from snapshot_core.session import Session
from snapshot_core.session import open_session as session_of
from snapshot_core.store.heartbeats import BEAT_SECONDS, Heartbeat, heartbeat
from snapshot_core.store.users import LOCAL_EMAIL
from ui.last_good import last_good
from ui.login import clock, current_login, store_at


@dataclass(frozen=True, slots=True)
class PageSession(Session):
    """The session of a rerun, opened once at its start."""

    trouble: StoreError | None
    """Why it holds what an earlier rerun read, or why nothing can be written; None where it is
    fresh and can be changed."""

    @property
    def job(self) -> Heartbeat | None:
        """The nightly job's last heartbeat, read at most `BEAT_SECONDS` ago.

        While the store is unavailable, the one read last, if any.
        """
        address, period = self.settings.database_url, self.now // BEAT_SECONDS
        try:
            return last_good(("beat", address), lambda: _beat(address, period))[0]
        except StoreError:
            return None

    @property
    def job_alive(self) -> bool:
        """Whether the nightly job is running."""
        return self.job is not None and self.job.alive(self.now)


def open_session() -> PageSession:
    """The session of this rerun. Raises `StoreError` if the store was never available."""
    try:
        login = current_login()
    except (LoginNeeded, NotAllowed):
        # In a fragment, which reruns by itself, access may have ended: the main script says so.
        st.rerun()
    settings, present = login.settings, clock()
    store = store_at(settings.database_url)
    identity = login.person or LOCAL_EMAIL
    session, trouble = last_good(
        ("session", settings.database_url, identity),
        lambda: session_of(settings, store, present, identity),
    )
    if trouble is None and (reason := store.read_only()) is not None:
        trouble = StoreError(reason)
    return PageSession(settings, store, present, present(), session.user, session.accounts, trouble)


@st.cache_resource(show_spinner=False, max_entries=4)
def _beat(database_url: str, period: int) -> Heartbeat | None:
    with store_at(database_url).read() as connection:
        return heartbeat(connection)
