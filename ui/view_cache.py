"""Views and what was drawn from them, cached for as long as they are true.

A click on a period must not compute or draw again what an earlier click did, and a new snapshot
must show at once. So views are cached by the revisions of their accounts, and by the minute.
"""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

import streamlit as st

from snapshot_core.periods import Period
from snapshot_core.store.accounts import Account
from snapshot_core.store.database import Connection
from snapshot_core.view.overview import Overview, overview
from ui.last_good import last_good
from ui.session import PageSession

V = TypeVar("V")
T = TypeVar("T")


class CachedView(Generic[V]):
    """A frozen view, and the figures and tables drawn from it so far."""

    def __init__(self, view: V, read_at: int) -> None:
        self.view = view
        self.read_at = read_at
        """The instant at which the view was computed (UTC seconds)."""
        self._drawn: dict[Hashable, Any] = {}

    def draw_once(self, draw: Callable[..., T], *arguments: Hashable) -> T:
        """``draw(view, *arguments)``, computed at the first call and cached."""
        key = (draw, *arguments)
        if key not in self._drawn:
            self._drawn[key] = draw(self.view, *arguments)
        return self._drawn[key]


def cached_overview(
    session: PageSession, account: Account | None, period: Period
) -> CachedView[Overview]:
    """The overview of ``account``, or of all where it is None."""
    arguments = session.accounts, account, period, session.now, session.zone(account)
    key = ("overview", account and account.account_id, period)
    return cached_view(session, key, lambda connection: overview(connection, *arguments))


def cached_view(
    session: PageSession,
    key: tuple[Hashable, ...],
    compute: Callable[[Connection], V],
    *inputs: Hashable,
) -> CachedView[V]:
    """What ``compute`` gives, cached under ``key`` for this user and this minute.

    ``inputs``: what else it is computed from. While the store is unavailable, the last view of
    ``key``; raises `StoreError` where there is none.
    """
    full_key = (session.settings.database_url, session.user.user_id, *key)
    state = (session.user.time_zone, session.accounts, session.now // 60, *inputs)

    def read() -> CachedView[V]:
        with session.store.read() as connection:
            return CachedView(compute(connection), session.now)

    view, _ = last_good(full_key, lambda: _slot(full_key).get(state, read))
    return view


class _Slot:
    """Holds the newest view of a key: nobody asks for earlier ones again."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._state: Hashable = None
        self._cached: CachedView[Any] | None = None

    def get(self, state: Hashable, read: Callable[[], CachedView[V]]) -> CachedView[V]:
        """The view of this state, read for one visitor while others wait for it."""
        with self._lock:
            if self._cached is None or self._state != state:
                self._cached, self._state = read(), state
            return self._cached


@st.cache_resource(show_spinner=False, max_entries=200, ttl="1h")
def _slot(key: tuple[Hashable, ...]) -> _Slot:
    return _Slot()
