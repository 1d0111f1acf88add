"""Tokens of the API: made, shown once, listed with their last use, and revoked."""

from html import escape
from typing import Final

import streamlit as st

from snapshot_core.errors import InputError
from snapshot_core.identity import api_tokens
from snapshot_core.store.api_tokens import ApiToken, tokens_of
from snapshot_core.view.wording.numbers import ago, moment
from ui.html import literal
from ui.session import PageSession

END_DAYS: Final[dict[str, int | None]] = {
    "in 30 days": 30,
    "in 90 days": 90,
    "in a year": 365,
    "never": None,
}
SCOPE_LABELS: Final = {
    api_tokens.READ: "read all numbers",
    api_tokens.SNAPSHOT: "take snapshots",
    api_tokens.NOTE: "write notes",
    api_tokens.TAG: "tag videos",
}
REVOKING: Final = "tg-revoke-asked"
"""Key of the number of the token whose revocation waits for a second click."""
MAX_TOKENS_SHOWN: Final = 50
"""If not more are good; of the others the oldest are left out."""


def new_token(session: PageSession) -> None:
    """The form; what it makes is drawn in this rerun and in no other, and kept nowhere."""
    with st.form("tg-new-token", clear_on_submit=True, border=True):
        name = st.text_input(
            "Name",
            max_chars=api_tokens.MAX_NAME_CHARACTERS,
            placeholder="What it is for",
            key="tg-token-name",
        )
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            scopes = st.multiselect(
                "It may",
                list(SCOPE_LABELS),
                default=[api_tokens.READ],
                format_func=lambda scope: SCOPE_LABELS[scope],
                key="tg-token-scopes",
                width=320,
            )
            ends = st.selectbox(
                "It ends",
                list(END_DAYS),
                index=1,
                key="tg-token-ends",
                filter_mode=None,
                width=160,
            )
            submitted = st.form_submit_button("Create token", type="primary", key="tg-token-make")
    if submitted:
        _make(session, name, scopes, END_DAYS[ends])


def _make(session: PageSession, name: str, scopes: list[str], days: int | None) -> None:
    try:
        _, text = session.store.transact(
            lambda connection: api_tokens.create(
                connection, session.user.user_id, name, scopes, session.now, days
            )
        )
    except InputError as error:
        st.error(literal(str(error)), icon=":material/error:")
        return
    with st.container(key="tg-token-made", gap="small"):
        st.html('<p role="status"><b>Copy it now.</b> It is not shown again.</p>')
        st.code(text, language=None)


def token_list(session: PageSession) -> None:
    """Those that are good first, each with the way to revoke it."""
    with session.store.read() as connection:
        tokens = tokens_of(connection, session.user.user_id)
    good = [token for token in tokens if not token.over(session.now)]
    over = [token for token in tokens if token.over(session.now)]
    for token in (*good, *over[: max(MAX_TOKENS_SHOWN - len(good), 0)]):
        _row(session, token)
    if not tokens:
        st.html('<p class="tg-note">No tokens yet.</p>')


def _row(session: PageSession, token: ApiToken) -> None:
    number = token.token_id
    with st.container(
        horizontal=True,
        vertical_alignment="center",
        border=True,
        key=f"tg-token-{number}",
        gap="small",
    ):
        st.html(_words(session, token))
        if token.over(session.now):
            return
        if st.session_state.get(REVOKING) != number:
            st.button("Revoke", key=f"tg-revoke-{number}", on_click=_ask, args=(number,))
            return
        st.html('<p class="tg-note">Programs that use it stop working.</p>', width="content")
        if st.button("Revoke for good", type="primary", key=f"tg-sure-{number}"):
            user_id, now = session.user.user_id, session.now
            session.store.transact(lambda c: api_tokens.revoke(c, user_id, number, now))
            _ask(None)
            st.rerun()
        st.button("Keep", key=f"tg-keep-{number}", on_click=_ask, args=(None,))


def _ask(number: int | None) -> None:
    st.session_state[REVOKING] = number


def _words(session: PageSession, token: ApiToken) -> str:
    zone, now = session.zone(None), session.now
    state, css = "Active", "up"
    if token.over(now):
        state, css = ("Revoked" if token.revoked_at is not None else "Ended"), "even"
    may = ", ".join(SCOPE_LABELS.get(scope, scope) for scope in token.scopes.split())
    ends = "never ends" if token.ends_at is None else f"ends {moment(token.ends_at, zone, now)}"
    if token.ends_at is not None and token.ends_at <= now:
        ends = f"ended {moment(token.ends_at, zone, now)}"
    used = (
        "never used" if token.last_used_at is None else f"last used {ago(now - token.last_used_at)}"
    )
    facts = " · ".join(escape(fact) for fact in (f"may {may}", ends, used))
    return (
        f'<div class="tg-account"><h2>{escape(token.name)}</h2> '
        f'<span class="tg-pill tg-{css}">{state}</span>'
        f'<p class="tg-note">{facts}</p></div>'
    )
