"""One account: what its access allows, its time zone, pausing, and removing it for good."""

from functools import cache
from html import escape
from typing import Final
from zoneinfo import available_timezones

import streamlit as st

from snapshot_core.connections.accounts import remove
from snapshot_core.sources.contract import OAuthSource
from snapshot_core.sources.registry import SOURCES
from snapshot_core.store.accounts import Account, remove_account, set_paused, set_time_zone, unblock
from snapshot_core.view.connections import ConnectionView
from snapshot_core.view.wording.numbers import moment
from ui.accounts.cadence import choose_cadence
from ui.accounts.consent import sign_in_again
from ui.html import literal
from ui.session import PageSession, open_session

INHERITED: Final = "Same as the dashboard"
BROKEN: Final = ("stopped", "unconnected", "ending", "failing")
"""States of an access that its owner may have to give again."""


@st.dialog("Account", width="medium")
def manage(view: ConnectionView) -> None:
    """Everything that can be done with an account."""
    controls(open_session(), view)


def controls(session: PageSession, view: ConnectionView) -> None:
    """What the dialog holds."""
    account = view.account
    st.html(f"<h2>{escape(account.name)}</h2>")
    # It may have been removed elsewhere since, and its number given to another.
    present = {(each.key, each.created_at) for each in session.accounts}
    if (account.key, account.created_at) not in present:
        st.html('<p class="tg-note">This account is not here any more.</p>')
        return
    _access(session, view)
    source = SOURCES.get(account.source)
    # What is tried again by itself may need it too, as where the secret key was lost.
    if view.state in BROKEN and isinstance(source, OAuthSource):
        sign_in_again(session, account, source)
    zones, current = [INHERITED, *_zones()], account.time_zone or INHERITED
    index = zones.index(current) if current in zones else 0
    chosen = st.selectbox("Time zone of its days", zones, index=index, key="tg-zone")
    with st.container(horizontal=True, gap="small"):
        if st.button("Save time zone", key="tg-save-zone", disabled=chosen == current):
            zone = None if chosen == INHERITED else chosen
            session.store.transact(lambda c: set_time_zone(c, account.key, zone))
            st.rerun()
        if view.state != "file":
            _pause(session, account)
        if view.state == "stopped" and st.button("Try again", key="tg-unblock"):
            session.store.transact(lambda c: unblock(c, account.key))
            st.rerun()
    choose_cadence(session, account)
    _removal(session, account)


def _access(session: PageSession, view: ConnectionView) -> None:
    if not view.consented:
        return
    if not view.permissions:
        st.html('<p class="tg-note">It is not connected: no access is stored.</p>')
        return
    allowed = ", ".join(view.permissions)
    ends = ""
    if view.ends_at is not None:
        when = moment(view.ends_at, view.zone, session.now)
        ends = f" It ends on {when} unless a snapshot is taken before; each one prolongs it."
        if view.ends_at <= session.now:
            ends = f" It ended on {when}: connect the account again."
    st.html(f'<p class="tg-note">{escape(f"The access allows to {allowed}.{ends}")}</p>')


def _pause(session: PageSession, account: Account) -> None:
    label = "Resume snapshots" if account.paused else "Pause snapshots"
    if st.button(label, key="tg-pause"):
        session.store.transact(lambda c: set_paused(c, account.key, not account.paused))
        st.rerun()


def _removal(session: PageSession, account: Account) -> None:
    with st.expander("Remove this account and all of its readings"):
        typed = st.text_input(
            f"Type **{literal(account.name)}** to remove it. This cannot be undone: export its "
            "readings first if you may want them back.",
            key="tg-typed",
        )
        if st.button(
            "Remove for good",
            type="primary",
            key="tg-remove",
            disabled=typed.strip() != account.name.strip(),
        ):
            # Its source may be one of a newer version: it can be removed all the same.
            remove(session.platforms, SOURCES.get(account.source), account.key)
            session.store.transact(lambda c: remove_account(c, account.key))
            st.rerun()


@cache
def _zones() -> list[str]:
    return sorted(name for name in available_timezones() if "/" in name and name[0].isupper())
