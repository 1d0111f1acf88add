"""The one place where a page gets what it works on: settings, store, clock, user, accounts."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import streamlit as st

from snapshot_core.clock import Clock
from snapshot_core.errors import LoginNeeded, NotAllowed, StoreError
from snapshot_core.identity.person import Person
from snapshot_core.settings.table import Settings
from snapshot_core.store.accounts import LOCAL_EMAIL, Account, User, accounts_of, user_named
from snapshot_core.store.database import Store
from snapshot_core.store.heartbeats import EVERY, Heartbeat, heartbeat
from snapshot_core.store.users import ensure_user_of, user_of
from snapshot_core.zones import zone_named
from ui.last_good import last_good
from ui.login import CLOCK as CLOCK
from ui.login import clock, current_login, store_at


@dataclass(frozen=True, slots=True)
class PageSession:
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
        """The nightly job's last beat, of a quarter of a minute ago at most.

        While the store is away, the one read last, if any.
        """
        where, quarter = self.settings.database_url, self.now // EVERY
        try:
            return last_good(("beat", where), lambda: _beat(where, quarter))[0]
        except StoreError:
            return None

    @property
    def job_alive(self) -> bool:
        """Whether the nightly job still beats."""
        return self.job is not None and self.job.alive(self.now)

    @property
    def revisions(self) -> tuple[tuple[int, int], ...]:
        """What changes whenever readings come in or an account comes or goes."""
        return tuple((one.account_id, one.revision) for one in self.accounts)


def open_session() -> PageSession:
    """The session of this rerun. Raises `StoreError` where nothing was ever read."""
    try:
        visit = current_login()
    except (LoginNeeded, NotAllowed):
        # A part of a page that runs on its own, and whose visitor may be here no more: the main
        # script tells them.
        st.rerun()
    settings, person, instant = visit.settings, visit.person, clock()
    store, now = store_at(settings.database_url), instant()
    whose = LOCAL_EMAIL if person is None else person
    (user, accounts), trouble = last_good(
        ("session", settings.database_url, whose), lambda: _read(store, person, now)
    )
    return PageSession(settings, store, instant, now, user, accounts, trouble)


def _read(store: Store, person: Person | None, now: int) -> tuple[User, tuple[Account, ...]]:
    if person is None:
        with store.read() as connection:
            user = user_named(connection, LOCAL_EMAIL)
            return user, tuple(accounts_of(connection, user.user_id))
    with store.read() as connection:
        known = user_of(connection, person)
        if known is not None and known.email == person.email:
            return known, tuple(accounts_of(connection, known.user_id))
    # The first login, or the first with another e-mail.
    user = store.transact(lambda connection: ensure_user_of(connection, person, now))
    with store.read() as connection:
        return user, tuple(accounts_of(connection, user.user_id))


@st.cache_resource(show_spinner=False, max_entries=4)
def _beat(database_url: str, quarter: int) -> Heartbeat | None:
    with store_at(database_url).read() as connection:
        return heartbeat(connection)
