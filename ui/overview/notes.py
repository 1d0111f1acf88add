"""The user's own dated notes: a small form, and a list of those of the days shown."""

from contextlib import suppress

import streamlit as st

from snapshot_core.errors import InputError, NotFound
from snapshot_core.store.accounts import Account
from snapshot_core.store.annotations.notes import MAX_NOTE_CHARACTERS, Note, add_note, remove_note
from snapshot_core.view.overview import Overview
from snapshot_core.windows import local_date
from ui.html import literal
from ui.session import PageSession

ABOUT_ALL = "All accounts"
DAY, TEXT, ABOUT = "tg-note-day", "tg-note-text", "tg-note-about"
"""Keys of what a new note consists of."""


def note_control(session: PageSession, account: Account | None, view: Overview) -> None:
    """``Add a note``, which opens."""
    count = len(view.notes)
    label = "Add a note" if not count else f"Notes ({count})"
    with st.popover(label, icon=":material/edit_note:", type="tertiary", key="tg-notes"):
        for note in view.notes:
            _row(session, note)
        _form(session, account)


def _form(session: PageSession, account: Account | None) -> None:
    today = local_date(session.now, session.zone(account))
    with st.form("tg-new-note", clear_on_submit=True, border=False):
        text = st.text_input(
            "What happened",
            max_chars=MAX_NOTE_CHARACTERS,
            placeholder="New camera, a campaign, a week away",
            key=TEXT,
        )
        day = st.date_input("Day", today, key=DAY)
        about = account
        if account is not None and len(session.accounts) > 1:
            choice = st.selectbox("About", [account.name, ABOUT_ALL], key=ABOUT, filter_mode=None)
            about = account if choice == account.name else None
        submitted = st.form_submit_button(
            "Add note", key="tg-note-add", disabled=session.trouble is not None
        )
    if not submitted:
        return
    what = session.user.user_id, about, day, text, session.now
    try:
        session.store.transact(lambda connection: add_note(connection, *what))
    except InputError as error:
        st.error(literal(str(error)), icon=":material/error:")
        return
    st.rerun()


def _row(session: PageSession, note: Note) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        about = f" ({note.account})" if note.account and len(session.accounts) > 1 else ""
        st.markdown(literal(f"{note.day.day} {note.day:%b}{about}: {note.text}"))
        key = f"tg-note-remove-{note.note_id}"
        if st.button("Remove", key=key, type="tertiary", disabled=session.trouble is not None):
            _remove(session, note)


def _remove(session: PageSession, note: Note) -> None:
    user = session.user.user_id
    with suppress(NotFound):  # another window has removed it
        session.store.transact(lambda connection: remove_note(connection, user, note.note_id))
    st.rerun()
