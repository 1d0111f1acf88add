"""Snapshots that a clock dated ahead: to keep them for good, or to drop them."""

from collections.abc import Callable, Sequence

import streamlit as st

from snapshot_core.plural import plural
from snapshot_core.store.ahead import CaptureAhead, drop, keep
from snapshot_core.store.database import Connection
from snapshot_core.view.wording.numbers import moment
from ui.html import note
from ui.session import PageSession, open_session

EXPLANATION = (
    "These were dated ahead of the clock. Until you decide, they count for nothing. Keep those "
    "whose dates are right: they count from then on. Drop those that were taken while the clock "
    "was ahead: nobody knows when that was."
)


@st.dialog("Snapshots dated ahead of the clock", width="medium")
def keep_or_drop(ahead: Sequence[CaptureAhead]) -> None:
    """Ask what is to become of them."""
    controls(open_session(), ahead)


def controls(session: PageSession, ahead: Sequence[CaptureAhead]) -> None:
    """What the dialog holds."""
    st.html(note(EXPLANATION))
    words = [_words(session, capture) for capture in ahead]
    shown = range(len(ahead))
    numbers = st.multiselect("Snapshots", shown, shown, words.__getitem__, key="tg-ahead-chosen")
    chosen = [ahead[number] for number in numbers]
    count = plural(len(chosen), "snapshot")
    if st.button(f"Keep {count}", type="primary", key="tg-keep", disabled=not chosen):
        _settle(session, keep, chosen)
    sure = st.checkbox("Drop them instead: what they read is gone for good", key="tg-sure")
    if st.button(f"Drop {count}", key="tg-drop", disabled=not (chosen and sure)):
        _settle(session, drop, chosen)


def _words(session: PageSession, capture: CaptureAhead) -> str:
    at = moment(capture.captured_at, session.zone(capture.account), session.now)
    return f"{capture.account.name}, {at}, {plural(capture.videos, 'video')}"


def _settle(
    session: PageSession,
    work: Callable[[Connection, Sequence[CaptureAhead], int], int],
    chosen: Sequence[CaptureAhead],
) -> None:
    session.store.transact(lambda connection: work(connection, chosen, session.now))
    st.rerun()
