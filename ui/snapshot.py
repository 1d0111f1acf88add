"""Take snapshot now: the button, the progress, and the outcome."""

from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from snapshot_core.capture.schedule import why_not
from snapshot_core.capture.snapshot_accounts import Outcome, accounts_to_take, snapshot_accounts
from snapshot_core.errors import StoreError, TruegrowthError
from snapshot_core.plural import plural
from snapshot_core.store.accounts import Account
from snapshot_core.view.wording.snapshot import WAITING, snapshot_news, snapshot_problem
from ui.cancel import cancel_button
from ui.html import literal
from ui.session import PageSession

OUTCOMES = "tg-outcomes"
"""Key of the outcomes of this browser session's last snapshots, until they have been shown."""
CANCELLED = "tg-cancelled"
"""Key of whether a snapshot was cancelled in the last run."""
ALL_PAUSED = "All accounts are paused. Choose one, or resume them on the Accounts page."


def snapshot_button(session: PageSession, account: Account | None) -> None:
    """The button; disabled, with the reason, where there is nothing to take a snapshot of."""
    shown = [account] if account else [each for each in session.together() if not each.paused]
    able = [each for each in accounts_to_take(session, account) if why_not(each) is None]
    reason = None
    if not able and session.accounts:
        reason = str(why_not(shown[0])) if shown else ALL_PAUSED
    if st.button(
        "Take snapshot now",
        type="primary",
        key="tg-take",
        disabled=not able or session.trouble is not None,
        help=literal(reason) if reason else None,
    ):
        _take(session, able)


@st.dialog("Taking a snapshot", dismissible=False)
def _take(session: PageSession, accounts: Sequence[Account]) -> None:
    take_snapshots(session, accounts)
    st.rerun()


def take_snapshots(
    session: PageSession,
    accounts: Sequence[Account],
    on_cancel: Callable[[], None] | None = None,
) -> None:
    """Take them with a progress bar for each, and keep the outcomes for the next rerun.

    Cancel gives up the one that is being taken, of which nothing is stored then; those before it
    stay. It calls ``on_cancel``, or says so.
    """
    outcomes: list[Outcome] = []
    st.session_state[OUTCOMES] = outcomes
    place = st.container(key="tg-progress")
    bars: dict[int, DeltaGenerator] = {}

    def draw(account: Account, share: float, words: str) -> None:
        if account.account_id not in bars:
            bars[account.account_id] = place.empty()
        bars[account.account_id].progress(share, f"{literal(account.name)}: {literal(words)}")

    def progress(account: Account, count: int, expected: int | None) -> None:
        share = min(1.0, count / expected) if expected else 0.5 if count else 0.0
        draw(account, share, plural(count, "video") if count else "asking for the videos …")

    def on_wait(account: Account, error: StoreError) -> None:
        draw(account, 1.0, f"{WAITING} {error}")

    cancel_button(on_cancel or _say_cancelled)
    try:
        outcomes.extend(snapshot_accounts(session, accounts, progress, on_wait=on_wait))
    except TruegrowthError as error:
        outcomes.append(Outcome(accounts[len(outcomes)], error=error))


def _say_cancelled() -> None:
    st.session_state[CANCELLED] = True


def show_outcomes(session: PageSession) -> None:
    """Show, once, the outcomes of the last snapshots."""
    if st.session_state.pop(CANCELLED, False):
        st.toast("Snapshot cancelled. Nothing of it was stored.")
    for outcome in st.session_state.pop(OUTCOMES, []):
        name = literal(outcome.account.name)
        if (problem := snapshot_problem(outcome)) is not None:
            st.warning(f"{name}: {literal(problem)}", icon=":material/error:")
        else:
            news = snapshot_news(outcome, session.zone(), session.now)
            st.toast(f"**{name}**: {news}.", duration="long")
