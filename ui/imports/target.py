"""Which account a file goes into, where the file does not say."""

import streamlit as st

from snapshot_core.sources.sample import Sample
from ui.controls import ACCOUNT
from ui.session import PageSession

NEW = "A new account …"


def choose_target(session: PageSession, file_id: str) -> str | None:
    """The name of an account that is there or is to be made; None until it is given."""
    own = [one.name for one in session.accounts if one.source != Sample.name]
    if own:
        shown = st.session_state.get(ACCOUNT)
        chosen = st.selectbox(
            "Whose numbers are these?",
            [*own, NEW],
            index=own.index(shown) if shown in own else None,
            placeholder="Choose an account",
            key=f"tg-into-{file_id}",
        )
        if chosen != NEW:
            return chosen
    name = st.text_input(
        "Name of the account",
        placeholder="As it should show up here",
        max_chars=200,
        key=f"tg-new-{file_id}",
    )
    return name.strip() or None
