"""Turns a visit into a person, and stops visitors without access.

Streamlit's own record of a login is not enough: every rerun checks when the login ends, and the
list of people who may log in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

import streamlit as st

from snapshot_core.clock import Clock, system_clock
from snapshot_core.errors import LoginNeeded, NotAllowed
from snapshot_core.identity.allow_list import NotListed, administers, person_from_claims
from snapshot_core.settings.table import Settings
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.database import Store
from snapshot_core.store.engines import PERSON
from snapshot_core.store.users import Person, note_email, user_of
from ui.page import empty_state

CLOCK = "clock"
"""Key of the session's clock. Only tests set it; a browser cannot."""
WELCOME = "Log in to see how much your videos really grew."


@dataclass(frozen=True, slots=True)
class Login:
    """Who a rerun is for."""

    settings: Settings
    person: Person | None
    """None on an installation without logins, which has one user."""

    @property
    def administers(self) -> bool:
        """Whether it is an administrator, who sees the state of all users' snapshots."""
        return self.person is not None and administers(self.settings, self.person.email)


def current_login() -> Login:
    """Who this rerun is for. Raises `LoginNeeded` and `NotAllowed`."""
    settings = _settings()
    if not settings.logins:
        return Login(settings, None)
    return Login(settings, person_from_claims(settings, st.user.to_dict(), clock()()))


def require_login() -> Login:
    """Who this rerun is for; for visitors without access, says so and ends the run."""
    try:
        return current_login()
    except LoginNeeded as needed:
        # Visitors whose login has ended are told so; others, what this is.
        ended = st.user.to_dict().get("is_logged_in")
        _stop("Truegrowth", str(needed) if ended else WELCOME, "Log in", "tg-in", st.login)
    except NotAllowed as refused:
        if isinstance(refused, NotListed):
            _note_email(refused.person)
        _stop("Not allowed", str(refused), "Log out", "tg-out", st.logout, alert=True)


def clock() -> Clock:
    """The clock of this session."""
    return st.session_state.get(CLOCK) or system_clock


def log_out_link(email: str) -> None:
    """For the navigation: a button to log out, which says who is logged in."""
    if st.button("Log out", type="tertiary", key="tg-out", help=f"You are {email}."):
        st.logout()
        st.stop()


def _stop(
    title: str, text: str, button: str, key: str, act: Callable[[], object], alert: bool = False
) -> NoReturn:
    """End the run with one sentence and one button."""
    with empty_state(title, text, alert=alert, level=1):
        if st.button(button, type="primary", key=key):
            act()
    st.stop()


def _note_email(person: Person) -> None:
    """Store a known user's new e-mail address, so that their API tokens lose access too."""
    store = store_at(_settings().database_url)
    with store.read() as connection:
        known = user_of(connection, person)
    if known is not None and known.email != person.email:
        store.transact(lambda connection: note_email(connection, person))


@st.cache_resource(show_spinner=False)
def _settings() -> Settings:
    return load_settings()


@st.cache_resource(show_spinner=False, max_entries=4, on_release=Store.close)
def store_at(database_url: str) -> Store:
    """The one store of this process for a database."""
    return Store(database_url, PERSON)
