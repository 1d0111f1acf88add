"""Videos that a snapshot misses, too many to be believed: their user says whether they are gone."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from snapshot_core.plural import plural
from snapshot_core.store.fold.missing_videos import MissingVideos, confirm_gone
from snapshot_core.view.wording.numbers import moment
from ui.html import note
from ui.session import PageSession, open_session

EXPLANATION = (
    "A platform that lists only a part of the videos looks the same as one from which they were "
    "removed. If you removed them, or made them private, say so: growth then goes on without "
    "them. If not, leave it: the next full snapshot mends it, and nothing is lost."
)


@st.dialog("Videos missing from the latest snapshot", width="medium")
def confirm(missing: Sequence[MissingVideos]) -> None:
    """Ask whether they are gone."""
    controls(open_session(), missing)


def controls(session: PageSession, missing: Sequence[MissingVideos]) -> None:
    """What the dialog holds: a button for each account."""
    st.html(note(EXPLANATION))
    for each in missing:
        at = moment(each.captured_at, session.zone(each.account), session.now)
        what = f"{each.account.name}, {at}: {each.missing:,} of {each.last_complete:,} missing."
        st.html(note(what))
        label = f"{plural(each.missing, 'video is', 'videos are')} gone"
        if st.button(label, key=f"tg-gone-{each.account.account_id}"):
            session.store.transact(partial(confirm_gone, chosen=[each]))
            st.rerun()
