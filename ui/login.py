"""Who looks: the one place where a visit becomes a person, and where those who may not are told.

Nothing that Streamlit keeps of a login is taken for granted: on every rerun its end is looked at,
and the list of who may log in.
"""

from dataclasses import dataclass
from html import escape
from typing import NoReturn

import streamlit as st

from snapshot_core.clock import Clock, system_clock
from snapshot_core.errors import LoginNeeded, NotAllowed
from snapshot_core.identity.allow_list import NotListed, administers, person_from_claims
from snapshot_core.settings.table import Settings
from snapshot_core.sources.registry import load_settings
from snapshot_core.store.database import Store
from snapshot_core.store.users import Person, note_email, user_of

CLOCK = "clock"
"""Key of the session's clock. Only a test sets one; a browser cannot."""
WELCOME = "Log in to see how much your videos really grew."


@dataclass(frozen=True, slots=True)
class Login:
    """Whom a rerun is for."""

    settings: Settings
    person: Person | None
    """Who is logged in; None where nobody logs in, and there is one user."""

    @property
    def administers(self) -> bool:
        """Whether it is an administrator, who sees how everybody's snapshots stand."""
        return self.person is not None and administers(self.settings, self.person.email)


def current_login() -> Login:
    """Whom this rerun is for. Raises `LoginNeeded` and `NotAllowed`."""
    settings = _settings()
    if not settings.logins:
        return Login(settings, None)
    return Login(settings, person_from_claims(settings, st.user.to_dict(), clock()()))


def require_login() -> Login:
    """Whom this rerun is for; who may not be here is told so, and the run ends."""
    try:
        return current_login()
    except LoginNeeded as needed:
        _login_page(needed)
    except NotAllowed as refused:
        if isinstance(refused, NotListed):
            _note_email(refused.person)
        _refusal(refused)


def clock() -> Clock:
    """The clock of this session."""
    return st.session_state.get(CLOCK) or system_clock


def log_out_link(email: str) -> None:
    """For the navigation: who is logged in, and the way out."""
    if st.button("Log out", type="tertiary", key="tg-out", help=f"You are {email}."):
        st.logout()
        st.stop()


def _login_page(needed: LoginNeeded) -> NoReturn:
    """One sentence, one button."""
    # Whoever has been here before is told that the login ended; others, what this is.
    said = str(needed) if st.user.to_dict().get("is_logged_in") else WELCOME
    with st.container(key="tg-empty", horizontal_alignment="center", gap="small"):
        st.html(f"<h1>Truegrowth</h1><p>{escape(said)}</p>", width="content")
        if st.button("Log in", type="primary", key="tg-in"):
            st.login()
    st.stop()


def _refusal(refused: NotAllowed) -> NoReturn:
    """Why not, and the way to try as somebody else."""
    with st.container(key="tg-empty", horizontal_alignment="center", gap="small"):
        told = f'<div role="alert"><h1>Not allowed</h1><p>{escape(str(refused))}</p></div>'
        st.html(told, width="content")
        if st.button("Log out", type="primary", key="tg-out"):
            st.logout()
    st.stop()


def _note_email(who: Person) -> None:
    """Let a known user's new e-mail, which is on no list, hold for their programs too."""
    store = store_at(_settings().database_url)
    with store.read() as connection:
        known = user_of(connection, who)
    if known is not None and known.email != who.email:
        store.transact(lambda connection: note_email(connection, who))


@st.cache_resource(show_spinner=False)
def _settings() -> Settings:
    return load_settings()


@st.cache_resource(show_spinner=False, max_entries=4, on_release=Store.close)
def store_at(database_url: str) -> Store:
    """The one store of this process for a database."""
    return Store(database_url)
