"""What a page says when there is something to say: no accounts, made-up numbers, a dead job."""

from collections.abc import Sequence
from html import escape
from zoneinfo import ZoneInfo

import streamlit as st

from snapshot_core.capture.schedule import why_not
from snapshot_core.sources.sample import Sample
from snapshot_core.store.accounts import Account, remove_account
from snapshot_core.view.overview import Overview
from snapshot_core.view.wording.numbers import moment
from ui.heartbeat import job_away
from ui.html import remark
from ui.imports.dialog import connect as connect
from ui.session import PageSession

JOB_AWAY = (
    "The nightly job is not running, so snapshots are only taken by hand. "
    '<a href="/health" target="_self">What to do</a>'
)
GONE = "sample-gone"
"""Key of that the sample account was removed, until it has been told."""
OF_FILES = "These accounts come from files: import newer ones to bring them up to date."


def empty(session: PageSession) -> None:
    """There is no account: one sentence, one button."""
    _tell_gone()
    with st.container(key="tg-empty", horizontal_alignment="center", gap="small"):
        st.html(
            "<h2>No account yet</h2><p>Bring your readings in and your growth appears here.</p>",
            width="content",
        )
        if st.button("Connect your own", type="primary", key="connect"):
            connect()


def sample_label(session: PageSession, shown: Account | None) -> None:
    """That the numbers are made up, and the two ways on."""
    _tell_gone()
    if shown is None or shown.source != Sample.name:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="tg-sample", gap="small"):
        st.html("<p><b>Sample data:</b> made up to show how it works.</p>", width="content")
        lost = session.trouble is not None
        if st.button("Connect your own", type="tertiary", key="connect", disabled=lost):
            connect()
        if st.button("Remove", type="tertiary", key="remove-sample", disabled=lost):
            session.store.transact(lambda connection: remove_account(connection, shown.key))
            st.session_state[GONE] = True
            st.rerun()


def _tell_gone() -> None:
    """Tell, once, that the sample was removed: a rerun loses what the run before it told."""
    if st.session_state.pop(GONE, False):
        st.toast("The sample account is gone.")


def newer(accounts: Sequence[Account]) -> None:
    """Accounts of which no snapshot can be taken: why, and where the newer file goes."""
    reason = why_not(accounts[0]) if len(accounts) == 1 else OF_FILES
    with st.container(horizontal=True, vertical_alignment="center", key="tg-newer", gap="small"):
        st.html(f"<p>{escape(str(reason))}</p>", width="content")
        if st.button("Import a newer file", type="tertiary", key="connect"):
            connect()


def remarks(session: PageSession, view: Overview) -> None:
    """Numbers of an earlier moment, a job that is not there, a file: said, with the remedy."""
    shown = session.together(view.account)
    reasons = [why_not(account) for account in shown]
    if session.trouble is not None:
        away(session, view.now, view.zone)
    elif all(reasons):
        # The disabled button says so on hover; a finger cannot hover.
        newer(shown)
    else:
        job_remark(session)


def away(session: PageSession, read_at: int, zone: ZoneInfo) -> None:
    """Why the store cannot be read, where that is so, and of when what is shown is."""
    if session.trouble is not None:
        at = moment(read_at, zone, session.now)
        st.html(remark(f"{escape(str(session.trouble))} These are the numbers of {at}."))


def job_remark(session: PageSession) -> None:
    """That nobody takes the nightly snapshots, where that is so."""
    # While the store is away nobody knows.
    if session.trouble is not None:
        st.html(remark(escape(str(session.trouble))))
    elif job_away(session):
        st.html(remark(JOB_AWAY))
