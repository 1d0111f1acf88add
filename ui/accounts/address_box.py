"""One box for a handle or a link of any platform, and the account that it names."""

from functools import partial
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from snapshot_core.connections.accounts import FoundAccount, add_found
from snapshot_core.errors import InputError, TruegrowthError
from snapshot_core.sources.registry import recognise
from snapshot_core.store.accounts import Account, remove_unread
from ui.accounts.found import LookUp, choice_words, found_row, problem, remarks
from ui.accounts.lookup import ask_platforms
from ui.controls import NEXT_ACCOUNT
from ui.html import literal, note
from ui.page import go_to
from ui.session import PageSession
from ui.snapshot import take_snapshots

LOOKUP: Final = "tg-lookup"
"""Key of the `LookUp` that stands under the box."""
TIMES_CLEARED: Final = "tg-times-cleared"
REOPEN: Final = "tg-reopen-adding"
"""Key of whether the dialog is to stand again after a Cancel, which ends the run that drew it."""
CADENCE: Final = (
    "Only public numbers are read: every 3 hours for the first seven days, then every 6. They stay "
    "in this installation. The first growth shows after 3 hours."
)


def clear() -> None:
    """Forget what was typed, and what came of it."""
    st.session_state[TIMES_CLEARED] = st.session_state.get(TIMES_CLEARED, 0) + 1
    st.session_state.pop(LOOKUP, None)


def address_box(session: PageSession, *, in_dialog: bool) -> None:
    """The box, what it names, and the button that adds it."""
    with st.container(key="tg-add-box", gap="small"):
        text = st.text_input(
            "Handle or link",
            placeholder="@handle or a link",
            key=_text_key(),
            label_visibility="collapsed",
            disabled=session.trouble is not None,
        ).strip()
        place = st.container(key="tg-add-found", gap="small")
        with place:
            account = _account_named(session, text, in_dialog=in_dialog)
        if account is not None and account.account is not None:
            if st.button("Show its growth", type="primary", key="tg-start"):
                _show(account.account)
        elif st.button("Start tracking", type="primary", key="tg-start", disabled=account is None):
            _start(session, account, place, in_dialog=in_dialog)


def _account_named(session: PageSession, text: str, *, in_dialog: bool) -> FoundAccount | None:
    """The account that ``text`` names, once its platform has said so."""
    lookup: LookUp | None = st.session_state.get(LOOKUP)
    if not text:
        st.html(note(CADENCE))
        return None
    if lookup is None or lookup.text != text:
        st.session_state.pop(LOOKUP, None)
        lookup = _look_up(session, text, in_dialog=in_dialog)
        st.session_state[LOOKUP] = lookup
    account = _chosen(lookup)
    if account is not None:
        st.html(found_row(account))
    elif not lookup.accounts:
        st.html(problem(lookup))
        if lookup.can_be_repeated:
            st.button("Try again", key="tg-retry", on_click=_forget_answer)
    if words := "".join(map(note, filter(None, remarks(lookup, account, session.settings)))):
        st.html(words)
    return account


def _look_up(session: PageSession, text: str, *, in_dialog: bool) -> LookUp:
    try:
        candidates = recognise(text)
    except InputError as error:
        return LookUp(text, refused=str(error))
    cancelled = partial(_cancel_look_up, text, in_dialog=in_dialog)
    return LookUp(text, ask_platforms(session, candidates, cancelled))


def _cancel_look_up(text: str, *, in_dialog: bool) -> None:
    st.session_state[LOOKUP] = LookUp(text, cancelled=True)
    _stand_again(text, in_dialog=in_dialog)


def _stand_again(text: str, *, in_dialog: bool) -> None:
    """Have the box stand as it was, which a run that ends early would forget."""
    st.session_state[_text_key()] = text
    st.session_state[REOPEN] = in_dialog


def _text_key() -> str:
    return f"tg-address-{st.session_state.get(TIMES_CLEARED, 0)}"


def _forget_answer() -> None:
    st.session_state.pop(LOOKUP, None)


def _chosen(lookup: LookUp) -> FoundAccount | None:
    """The only account, or the one that was chosen of several."""
    accounts = lookup.accounts
    if len(accounts) < 2:
        return next(iter(accounts), None)
    choice: int | None = st.pills(
        "Which one? This handle exists more than once.",
        range(len(accounts)),
        format_func=lambda at: literal(choice_words(accounts[at])),
        key=f"tg-which-{lookup.text}",
    )
    return None if choice is None else accounts[choice]


def _start(
    session: PageSession, account: FoundAccount | None, place: DeltaGenerator, *, in_dialog: bool
) -> None:
    """Add the account, take its first snapshot and show it."""
    if account is None:
        return
    with place:
        try:
            added = add_found(session.platforms, session.user.user_id, account, session.clock())
        except TruegrowthError as error:
            st.html(problem(LookUp("", refused=str(error))))
            return
        take_back = partial(_take_back, session, added, in_dialog=in_dialog)
        take_snapshots(session, [added], take_back)
    _show(added)


def _take_back(session: PageSession, added: Account, *, in_dialog: bool) -> None:
    """Remove an account whose first snapshot was cancelled."""
    session.store.transact(lambda c: remove_unread(c, added.key, added.created_at))
    lookup: LookUp | None = st.session_state.get(LOOKUP)
    _stand_again("" if lookup is None else lookup.text, in_dialog=in_dialog)


def _show(account: Account) -> None:
    clear()
    st.session_state[NEXT_ACCOUNT] = account.name
    go_to("overview.py")
