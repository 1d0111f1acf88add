"""The one place where a page gets what it works on: settings, store, clock, user, accounts."""

import time
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import streamlit as st

from snapshot_core.capture import Clock
from snapshot_core.errors import StoreError
from snapshot_core.machine import zone_named
from snapshot_core.settings import Settings, load
from snapshot_core.store.accounts import LOCAL_EMAIL, Account, User, accounts_of, user_named
from snapshot_core.store.database import Store
from snapshot_core.store.heartbeats import EVERY, Heartbeat, heartbeat
from ui.kept import last_good

CLOCK = "clock"
"""Key of the session's clock. Only a test sets one; a browser cannot."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What a rerun of a page works on, found once at its start."""

    settings: Settings
    store: Store
    clock: Clock
    now: int
    """The instant of this rerun (UTC seconds)."""
    user: User
    accounts: tuple[Account, ...]
    trouble: StoreError | None
    """Why what stands here is of an earlier rerun; None where it is fresh."""

    def zone(self, account: Account | None) -> ZoneInfo:
        """The zone to show times in: the account's own, else the user's, else the settings'."""
        for name in (account and account.time_zone, self.user.time_zone):
            if name and (zone := zone_named(name)):
                return zone
        return self.settings.time_zone

    @property
    def job(self) -> Heartbeat | None:
        """The nightly job's last beat, of a quarter of a minute ago at most."""
        return _beat(self.settings.database_url, self.now // EVERY)

    @property
    def job_alive(self) -> bool:
        """Whether the nightly job still beats."""
        return self.job is not None and self.job.alive(self.now)

    @property
    def revisions(self) -> tuple[tuple[int, int], ...]:
        """What changes whenever readings come in or an account comes or goes."""
        return tuple((one.account_id, one.revision) for one in self.accounts)


def open_desk() -> Desk:
    """The desk of this rerun. Raises `StoreError` where nothing was ever read."""
    settings = _settings()
    store = store_at(settings.database_url)
    clock: Clock = st.session_state.get(CLOCK) or _system_clock
    now = clock()
    (user, accounts), trouble = last_good(
        ("desk", settings.database_url, LOCAL_EMAIL), lambda: _read(store, LOCAL_EMAIL)
    )
    return Desk(settings, store, clock, now, user, accounts, trouble)


def _read(store: Store, email: str) -> tuple[User, tuple[Account, ...]]:
    with store.read() as connection:
        user = user_named(connection, email)
        return user, tuple(accounts_of(connection, user.user_id))


def _system_clock() -> int:
    return int(time.time())


@st.cache_resource(show_spinner=False, max_entries=4)
def _beat(database_url: str, quarter: int) -> Heartbeat | None:
    with store_at(database_url).read() as connection:
        return heartbeat(connection)


@st.cache_resource(show_spinner=False)
def _settings() -> Settings:
    return load()


@st.cache_resource(show_spinner=False, max_entries=4, on_release=Store.close)
def store_at(database_url: str) -> Store:
    """The one store of this process for a database."""
    return Store(database_url)
