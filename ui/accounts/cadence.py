"""How often an account is read, chosen with what each choice takes."""

import streamlit as st

from snapshot_core.capture.schedule import require_cadence, schedule_of, why_not
from snapshot_core.store.accounts import Account, set_cadence
from snapshot_core.view.cadence import cadence_view
from snapshot_core.view.wording.cadence import CADENCE_MEANINGS, CADENCE_NAMES, plan_sentence
from ui.html import note
from ui.session import PageSession


def choose_cadence(session: PageSession, account: Account) -> None:
    """The choice; nothing for an account that is only imported, or always read by night."""
    if why_not(account) is not None:
        return
    with session.store.read() as connection:
        view = cadence_view(connection, schedule_of(session, account), account, session.now)
    if len(view.plans) == 1:
        return
    cadences = [plan.cadence for plan in view.plans]
    chosen = st.selectbox(
        "How often it is read",
        cadences,
        index=cadences.index(view.cadence),
        format_func=CADENCE_NAMES.__getitem__,
        key="tg-cadence",
    )
    plan = view.plans[cadences.index(chosen)]
    st.html(note(CADENCE_MEANINGS[chosen]) + note(plan_sentence(view, plan)))
    if st.button("Save how often", key="tg-save-cadence", disabled=chosen == view.cadence):
        require_cadence(account, chosen)
        session.store.transact(lambda c: set_cadence(c, account.key, chosen))
        st.rerun()
