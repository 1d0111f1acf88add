"""All accounts of the user, beside each other, and the dialog of one."""

from collections.abc import Sequence
from html import escape

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from snapshot_core.capture.schedule import schedule_of
from snapshot_core.periods import Period
from snapshot_core.view.accounts_table import AccountsTable, accounts_table
from snapshot_core.view.connections import ConnectionView, connection_views
from snapshot_core.view.wording.accounts_table import sentence
from ui.accounts.choices import ROWS_A_PAGE, chosen_rows, sort_chosen
from ui.accounts.dialog import manage
from ui.accounts.table import MANAGE, accounts_html
from ui.html import note
from ui.html import sentence as sentence_html
from ui.last_good import last_good
from ui.session import PageSession
from ui.view_cache import CachedView, cached_view

PAGE = "tg-page-of-accounts"


def views(session: PageSession) -> Sequence[ConnectionView]:
    """All accounts as they are connected; the last good state while the store is away."""

    def read() -> Sequence[ConnectionView]:
        with session.store.read() as connection:
            return connection_views(
                connection, session.user.user_id, session.accounts, session.now, session.zone(None)
            )

    connections, _ = last_good(
        ("connections", session.settings.database_url, session.user.user_id), read
    )
    return connections


def cached_table(session: PageSession, period: Period) -> CachedView[AccountsTable]:
    """The table of all accounts in the present minute."""
    arguments = session.accounts, period, schedule_of(session), session.now, session.zone(None)
    return cached_view(
        session, ("accounts", period), lambda connection: accounts_table(connection, *arguments)
    )


def open_managed(session: PageSession) -> None:
    """Open the dialog of the account that a row's link names, once."""
    asked = st.query_params.pop(MANAGE, None)
    if asked is None:
        return
    for view in views(session):
        if str(view.account.account_id) == asked:
            manage(view)


def accounts_list(view: AccountsTable, choices: DeltaGenerator) -> None:
    """The sentence, the table, and its pages. ``choices``: where filter and search are drawn."""
    with choices:
        rows = chosen_rows(view.rows)
    fact, rest = sentence(view)
    st.html(sentence_html(f"<b>{escape(fact)}</b> {escape(rest)}"))
    if not rows:
        st.html(note("No account has that name."))
        return
    pages = -(-len(rows) // ROWS_A_PAGE)
    # Drawn below the table, and known before it.
    above, below = st.container(), st.container(horizontal=True, horizontal_alignment="center")
    first = 0
    if pages > 1:
        with below:
            first = (st.pagination(pages, key=PAGE, width="stretch") - 1) * ROWS_A_PAGE
    shown = rows[first : first + ROWS_A_PAGE]
    query = {name: value for name, value in st.query_params.items() if name != MANAGE}
    above.html(accounts_html(view, shown, sort_chosen(), query))
    if pages > 1:
        below.html(note(f"{first + 1:,} to {first + len(shown):,} of {len(rows):,}"))
