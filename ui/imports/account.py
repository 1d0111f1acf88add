"""Which account a file goes into, where the file does not say."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

import streamlit as st

from snapshot_core.names import name_key
from snapshot_core.sources.sample import Sample
from ui.controls import ACCOUNT
from ui.session import PageSession

NEW = "New account…"


@dataclass(frozen=True, slots=True)
class ChosenAccount:
    """An account that is there or is to be made."""

    name: str | None
    """None until it is given."""
    zone: ZoneInfo


def choose_account(session: PageSession, file_id: str) -> ChosenAccount:
    """Ask for the account of a file."""
    own = [account for account in session.accounts if account.source != Sample.name]
    names = [account.name for account in own]
    if names:
        shown = st.session_state.get(ACCOUNT)
        chosen = st.selectbox(
            "Import into",
            [*names, NEW],
            index=names.index(shown) if shown in names else None,
            placeholder="Choose an account",
            key=f"tg-into-{file_id}",
        )
        if chosen != NEW:
            account = next((account for account in own if account.name == chosen), None)
            return ChosenAccount(chosen, session.zone(account))
    name = st.text_input(
        "Account name",
        placeholder="As it should appear here",
        max_chars=200,
        key=f"tg-new-{file_id}",
    ).strip()
    same = name_key(name)
    account = next((each for each in session.accounts if name_key(each.name) == same), None)
    return ChosenAccount(account.name if account else name or None, session.zone(account))
