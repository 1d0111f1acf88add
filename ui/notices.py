"""Notices above the numbers: no accounts, sample data, a store that is unavailable, no job."""

from collections.abc import Sequence
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from snapshot_core.capture.schedule import why_not
from snapshot_core.clock import NEVER_SET, SET_IT, is_set
from snapshot_core.sources.sample import Sample
from snapshot_core.store.accounts import Account
from snapshot_core.view.overview import Overview
from snapshot_core.view.wording.numbers import moment
from ui.accounts.add import add_account, first_account
from ui.accounts.sample import remove_sample, sample_removed
from ui.errors import rerun_when_back
from ui.heartbeat import job_missing
from ui.html import notice
from ui.imports.dialog import connect
from ui.page import empty_state
from ui.session import PageSession, open_session
from ui.snapshot import snapshot_button

JOB_MISSING = (
    "The nightly job is not running, so snapshots are only taken by hand. "
    '<a href="/health" target="_self">What to do</a>'
)
FROM_FILES = "These accounts come from files: import newer ones to bring them up to date."


def no_account() -> None:
    """There is no account yet: the way to one, and to the sample where it was just removed."""
    session = open_session()
    sample_removed(session)
    first_account(session)


def no_snapshot(session: PageSession, account: Account | None, reason: str) -> None:
    """There is no complete snapshot yet: why, and the button that changes that."""
    accounts = [account] if account else session.accounts
    imported = all(why_not(account) for account in accounts)
    with empty_state("No videos yet", "Import a file to see them." if imported else reason):
        if not imported:
            snapshot_button(session, account)
        elif st.button("Import a file", type="primary", key="connect"):
            connect()


def sample_notice(session: PageSession, shown: Account | None) -> None:
    """That the numbers are sample data, with buttons to import one's own and to remove it."""
    sample_removed(session)
    if shown is None or shown.source != Sample.name:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="tg-sample", gap="small"):
        st.html("<p><b>Sample data</b>: this account is invented.</p>", width="content")
        disabled = session.trouble is not None
        if st.button("Add your account", type="tertiary", key="tg-own", disabled=disabled):
            add_account()
        if st.button("Import a file", type="tertiary", key="connect", disabled=disabled):
            connect()
        if st.button("Remove", type="tertiary", key="remove-sample", disabled=disabled):
            remove_sample(session, shown)
            st.rerun()


def _newer_file_notice(accounts: Sequence[Account]) -> None:
    reason = why_not(accounts[0]) if len(accounts) == 1 else FROM_FILES
    with st.container(horizontal=True, vertical_alignment="center", key="tg-newer", gap="small"):
        st.html(f"<p>{escape(str(reason))}</p>", width="content")
        if st.button("Import a newer file", type="tertiary", key="connect"):
            connect()


def freshness_notice(session: PageSession, view: Overview) -> None:
    """Why the numbers are not the newest, where that is so, and what to do."""
    shown = session.together(view.account)
    if session.trouble is not None:
        store_notice(session, view.now, view.zone)
    elif all(why_not(account) for account in shown):
        # The disabled button says so on hover, which a touch screen does not have.
        _newer_file_notice(shown)
    else:
        job_notice(session)


def store_notice(session: PageSession, read_at: int, zone: ZoneInfo) -> None:
    """Where the store is unavailable: why, and when the numbers shown were read."""
    if session.trouble is not None:
        at = moment(read_at, zone, session.now)
        store_away(f"{session.trouble} These are the numbers of {at}.")


def job_notice(session: PageSession) -> None:
    """That nobody takes the nightly snapshots, where that is so."""
    # While the store is unavailable, nobody knows.
    if session.trouble is not None:
        store_away(str(session.trouble))
    elif not is_set(session.now):
        st.html(notice(f"{NEVER_SET} {SET_IT}"))
    elif job_missing(session):
        st.html(notice(JOB_MISSING))


def store_away(text: str) -> None:
    """Say ``text`` of a store that is unavailable, until it is back."""
    st.html(notice(escape(text)))
    rerun_when_back()
