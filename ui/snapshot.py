"""Take snapshot now: the button, the progress, and what was found."""

from dataclasses import dataclass, field

import streamlit as st

from snapshot_core.capture.schedule import can_be_taken
from snapshot_core.capture.take import take
from snapshot_core.connections.platforms import Platforms
from snapshot_core.errors import TruegrowthError
from snapshot_core.metrics import FOLLOWERS, VIDEO_METRICS
from snapshot_core.sources.registry import source
from snapshot_core.store.accounts import Account, taken_together
from snapshot_core.store.capture_history import history_of
from snapshot_core.store.readings import followers, gain_lines
from snapshot_core.view.wording.numbers import exact_signed, moment
from ui.html import literal
from ui.session import PageSession

FOUND = "found"
"""Key of what the last snapshot of this session found, until it has been told."""
ALL_PAUSED = "All accounts are paused. Choose one, or resume them on the Accounts page."
CUT_SHORT = "the list of videos was cut short, so this snapshot does not count yet. Take another."


@dataclass(slots=True)
class Found:
    """What one account's snapshot brought."""

    account: str
    since: int | None = None
    """The complete capture before it; None where it was the first."""
    gained: dict[str, int] = field(default_factory=dict)
    videos: int = 0
    problem: str | None = None


def snapshot_button(session: PageSession, account: Account | None) -> None:
    """The button; disabled, with the reason, where there is nothing to take a snapshot of."""
    asked = [account] if account else taken_together(session.accounts)
    able = [one for one in asked if not why_not(one)]
    reason = None if able or not session.accounts else why_not(asked[0]) if asked else ALL_PAUSED
    if st.button(
        "Take snapshot now",
        type="primary",
        key="tg-take",
        disabled=not able or session.trouble is not None,
        help=literal(reason) if reason else None,
    ):
        _take(session, able)


def why_not(account: Account) -> str | None:
    """Why no snapshot of ``account`` can be taken; None where one can."""
    try:
        source(account.source)
    except TruegrowthError as error:
        return str(error)
    if not can_be_taken(account.source):
        return f"{account.name} comes from a file: import a newer one to bring it up to date."
    return None


@st.dialog("Taking a snapshot", dismissible=False)
def _take(session: PageSession, accounts: list[Account]) -> None:
    st.session_state[FOUND] = [_one(session, account) for account in accounts]
    st.rerun()


def _one(session: PageSession, account: Account) -> Found:
    """Take one account's snapshot; a failure is told and does not stop the others."""
    name = literal(account.name)
    bar = st.progress(0.0, f"{name}: asking for the videos …")

    def progress(count: int, expected: int | None) -> None:
        share = min(1.0, count / expected) if expected else 0.5
        bar.progress(share, f"{name}: {count:,} videos")

    try:
        with session.store.read() as connection:
            since = history_of(connection, account.key).last_complete
        taken = take(
            session.store,
            source(account.source),
            account,
            session.clock,
            trigger="manual",
            progress=progress,
            platforms=Platforms(session.store, session.settings),
        )
        bar.progress(1.0, f"{name}: {taken.videos:,} videos")
        if taken.status is None:
            return Found(account.name, problem="a snapshot of this second is there already.")
        if taken.status != "complete":
            return Found(account.name, problem=CUT_SHORT)
        gained = _gained(session, account, since, taken.captured_at) if since else {}
        return Found(account.name, since, gained, taken.videos)
    except TruegrowthError as error:
        return Found(account.name, problem=str(error))


def first_snapshot(session: PageSession, account: Account) -> Found:
    """The baseline of an account that has just come in, with its progress."""
    return _one(session, account)


def _gained(session: PageSession, account: Account, since: int, until: int) -> dict[str, int]:
    """By counter, what came in from one complete capture to the next."""
    with session.store.read() as connection:
        lines = gain_lines(connection, account.key, since, until)
        counted = followers(connection, account.key, since, until)
    found = {
        metric: lines[metric].points[-1][1] for metric in VIDEO_METRICS if lines[metric].points
    }
    if len(counted) > 1:
        found[FOLLOWERS] = counted[-1][1] - counted[0][1]
    return found


def tell_found(session: PageSession) -> None:
    """Tell, once, what the last snapshot found."""
    for found in st.session_state.pop(FOUND, []):
        if found.problem:
            st.warning(literal(f"{found.account}: {found.problem}"), icon=":material/error:")
        else:
            st.toast(_sentence(found, session), duration="long")


def _sentence(found: Found, session: PageSession) -> str:
    """What was found, as in ``+1,234 views, +56 likes since 14:02``."""
    name = literal(found.account)
    if found.since is None:
        return f"**{name}**: first snapshot taken, {found.videos:,} videos."
    changes = [f"{exact_signed(n)} {counter}" for counter, n in found.gained.items() if n]
    since = moment(found.since, session.zone(None), session.now)
    if not changes:
        return f"**{name}**: nothing changed since {since}."
    return f"**{name}**: {', '.join(changes)} since {since}."
