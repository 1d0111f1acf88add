"""The accounts one under the other: name, where from, how it stands, and one button each."""

from collections.abc import Sequence
from html import escape
from typing import Final

import streamlit as st

from snapshot_core.sources.contract import OAuthSource
from snapshot_core.sources.registry import SOURCES
from snapshot_core.store.accounts import Account
from snapshot_core.view.connections import ConnectionView, connection_views
from snapshot_core.view.wording.cadence import CADENCE_NAMES
from snapshot_core.view.wording.numbers import moment
from ui.accounts.consent import connect_again
from ui.accounts.dialog import manage
from ui.last_good import last_good
from ui.session import PageSession

MAX_ROWS_SHOWN: Final = 20
"""The search finds the others."""
MAX_ROWS_WITHOUT_SEARCH: Final = 8

STATE_PILLS: Final = {
    "sample": ("even", "Sample data"),
    "well": ("up", "Connected"),
    "new": ("even", "No snapshot yet"),
    "paused": ("even", "Paused"),
    "file": ("even", "Imported file"),
    "failing": ("warn", "Tried again soon"),
    "stopped": ("down", "Waits for you"),
    "unconnected": ("down", "Not connected"),
    "ending": ("warn", "Access ends soon"),
}


def views(session: PageSession) -> Sequence[ConnectionView]:
    """All accounts as they stand; the last good state while the store is away."""

    def read() -> Sequence[ConnectionView]:
        with session.store.read() as connection:
            return connection_views(
                connection, session.user.user_id, session.accounts, session.now, session.zone(None)
            )

    connections, _ = last_good(
        ("connections", session.settings.database_url, session.user.user_id), read
    )
    return connections


def accounts_list(session: PageSession, views: Sequence[ConnectionView]) -> None:
    """The list, those that wait for their owner first."""
    if len(views) > MAX_ROWS_WITHOUT_SEARCH:
        wanted = st.text_input(
            "Search", key="tg-search", placeholder="Search accounts", label_visibility="collapsed"
        )
        views = [view for view in views if wanted.casefold() in view.account.name.casefold()]
    for view in views[:MAX_ROWS_SHOWN]:
        _row(session, view)
    if not views:
        st.html('<p class="tg-note">No account has that name.</p>')
    elif len(views) > MAX_ROWS_SHOWN:
        more = len(views) - MAX_ROWS_SHOWN
        st.html(f'<p class="tg-note">and {more:,} more; search for one to see it</p>')


def _row(session: PageSession, view: ConnectionView) -> None:
    number = view.account.account_id
    with st.container(
        horizontal=True,
        vertical_alignment="center",
        border=True,
        key=f"tg-account-{number}",
        gap="small",
    ):
        st.html(_words(session, view))
        # What is tried again by itself may need it too, as where the secret key was lost.
        broken = view.state in ("stopped", "unconnected", "ending", "failing")
        source = SOURCES.get(view.account.source)
        if broken and isinstance(source, OAuthSource):
            emphasis: Final = "secondary" if view.state == "failing" else "primary"
            if st.button("Connect again", type=emphasis, key=f"tg-again-{number}"):
                connect_again(view.account, source)
        if st.button("Manage", key=f"tg-manage-{number}"):
            manage(view)


def _words(session: PageSession, view: ConnectionView) -> str:
    css, state = STATE_PILLS[view.state]
    account = view.account
    handle = f"@{account.handle}" if account.handle else ""
    last = "" if view.last is None else f"last snapshot {moment(view.last, view.zone, session.now)}"
    # Of a file and of the sample, the state says where from.
    label = "" if view.label == state else view.label
    facts = [fact for fact in (label, handle, _cadence(account), last) if fact]
    line = escape(" · ".join(facts))
    line = line if label else line[:1].upper() + line[1:]
    remark = ""
    if account.last_error and view.state != "file":
        remark = f'<p class="tg-note tg-warning">{escape(account.last_error)}</p>'
    elif view.state in ("ending", "unconnected") and view.ends_at is not None:
        ends = moment(view.ends_at, view.zone, session.now)
        over = view.ends_at <= session.now
        words = f"Its access ended on {ends}." if over else f"Connect it again before {ends}."
        remark = f'<p class="tg-note tg-warning">{escape(words)}</p>'
    return (
        f'<div class="tg-account"><h2>{escape(account.name)}</h2> '
        f'<span class="tg-pill tg-{css}">{state}</span>'
        f'<p class="tg-note">{line}</p>{remark}</div>'
    )


def _cadence(account: Account) -> str:
    """How often it is read, where that can be chosen."""
    source = SOURCES.get(account.source)
    choice = source is not None and len(source.cadences) > 1
    return CADENCE_NAMES.get(account.cadence, account.cadence).lower() if choice else ""
