"""A view and what was drawn from it, kept for as long as it is true.

A period click must not compute or draw what the click before has; a new snapshot must show at
once. So views are kept by the revisions of the accounts they show, and by the minute.
"""

from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, Generic, TypeVar

import streamlit as st

from snapshot_core.store.accounts import Account
from snapshot_core.view.overview import Overview, overview
from snapshot_core.windows import Period
from ui.last_good import last_good
from ui.session import PageSession

V = TypeVar("V")
T = TypeVar("T")


class Sheet(Generic[V]):
    """A frozen view, and the figures and tables drawn from it so far."""

    def __init__(self, view: V, at: int) -> None:
        self.view = view
        self.at = at
        """The instant that the view was read at."""
        self._drawn: dict[Hashable, Any] = {}

    def once(self, draw: Callable[..., T], *arguments: Hashable) -> T:
        """``draw(view, *arguments)``, drawn at the first call and kept."""
        key = (draw, *arguments)
        if key not in self._drawn:
            self._drawn[key] = draw(self.view, *arguments)
        return self._drawn[key]


def overview_sheet(
    session: PageSession, account: Account | None, period: Period
) -> Sheet[Overview]:
    """The overview of ``account`` or of all; the last good one while the store is away."""
    zone = session.zone(account)

    def compute() -> Overview:
        with session.store.read() as connection:
            return overview(connection, session.accounts, account, period, session.now, zone)

    return kept_sheet(session, ("overview", account and account.account_id, period.label), compute)


def kept_sheet(
    session: PageSession, key: tuple[Hashable, ...], compute: Callable[[], V], *more: Hashable
) -> Sheet[V]:
    """The sheet of what ``compute`` gives, kept under ``key`` for this user and this minute.

    ``more``: what else it is computed from. While the store is away, the last one of ``key``.
    """
    whose = (session.settings.database_url, session.user.user_id, *key)
    state = (session.user.time_zone, session.accounts, session.now // 60, *more)
    sheet, _ = last_good(whose, lambda: _place(whose).of(state, compute, session.now))
    return sheet


class _Place:
    """Where the newest sheet of a key lies, and none before it: nobody asks for those again."""

    def __init__(self) -> None:
        self._turn = Lock()
        self._state: Hashable = None
        self._sheet: Sheet[Any] | None = None

    def of(self, state: Hashable, compute: Callable[[], V], now: int) -> Sheet[V]:
        """The sheet of this state, computed by one visitor while others wait for it."""
        with self._turn:
            if self._sheet is None or self._state != state:
                self._sheet, self._state = Sheet(compute(), now), state
            return self._sheet


@st.cache_resource(show_spinner=False, max_entries=200, ttl="1h")
def _place(whose: tuple[Hashable, ...]) -> _Place:
    return _Place()
