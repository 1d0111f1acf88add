"""How accounts stand, in the words of every page, the API and the shell. Nothing else words it."""

from collections.abc import Sequence
from typing import Final, Literal

from snapshot_core.capture.cadence import FIRST_LEARNING_DAYS
from snapshot_core.plural import plural
from snapshot_core.view.account_health import AccountHealth
from snapshot_core.view.account_state import AT_REST, AccountState, HealthState
from snapshot_core.view.wording.numbers import duration, exact, moment

Tone = Literal["good", "late", "bad", "quiet"]
"""Of a state: well, behind, waits for its user, or nothing to be said of it."""

_TONES: Final[dict[HealthState, Tone]] = {
    HealthState.SIGN_IN_AGAIN: "bad",
    HealthState.STOPPED: "bad",
    HealthState.AHEAD: "late",
    HealthState.QUESTION: "late",
    HealthState.LATE: "late",
    HealthState.PARTIAL: "late",
    HealthState.FAILING: "late",
    HealthState.ENDING: "late",
    HealthState.EMPTY: "quiet",
    HealthState.STARTING: "quiet",
    HealthState.UP_TO_DATE: "good",
    HealthState.PAUSED: "quiet",
    HealthState.FILE: "quiet",
    HealthState.SAMPLE: "quiet",
}
_WORDS: Final[dict[HealthState, str]] = {
    HealthState.SIGN_IN_AGAIN: "sign in again",
    HealthState.STOPPED: "waits for you",
    HealthState.AHEAD: "dates to check",
    HealthState.FAILING: "trying again",
    HealthState.ENDING: "access ends soon",
    HealthState.EMPTY: "no snapshot yet",
    HealthState.UP_TO_DATE: "up to date",
    HealthState.PAUSED: "paused",
    HealthState.FILE: "imported file",
    HealthState.SAMPLE: "sample",
}


def state_word(state: AccountState) -> str:
    """What a chip says: ``up to date``, ``2 nights partial``, ``31 h late``."""
    if state.state in (HealthState.QUESTION, HealthState.PARTIAL):
        return f"{plural(state.nights, 'night')} partial"
    if state.state is HealthState.LATE:
        return f"{duration(state.seconds)} late"
    if state.state is HealthState.STARTING:
        return f"{duration(state.seconds)} of history" if state.seconds else "first snapshot taken"
    return _WORDS[state.state]


def state_tone(state: AccountState) -> Tone:
    """How a state is coloured."""
    return _TONES[state.state]


def cause(health: AccountHealth, state: AccountState, now: int) -> str:
    """Why an account stands so, in a line; empty where there is nothing to say."""
    account, zone = health.account, health.zone
    match state.state:
        case HealthState.SIGN_IN_AGAIN:
            ends = health.access.ends_at
            if ends is not None and ends <= now:
                return f"Its access ended on {moment(ends, zone, now)}"
            return account.last_error or "Its access is gone"
        case HealthState.STOPPED:
            return account.last_error or "The last snapshot failed for good"
        case HealthState.AHEAD:
            return f"{plural(len(health.ahead), 'snapshot')} dated ahead of the clock"
        case HealthState.QUESTION | HealthState.PARTIAL:
            return _what_is_missing(health, asks=state.state is HealthState.QUESTION)
        case HealthState.LATE | HealthState.FAILING:
            return _next_try(health, now)
        case HealthState.ENDING:
            assert health.access.ends_at is not None
            return f"Its access ends on {moment(health.access.ends_at, zone, now)}"
        case HealthState.STARTING if health.cadence == "adaptive":
            return f"Read every 3 h for its first {FIRST_LEARNING_DAYS} days"
        case HealthState.EMPTY if not health.can_be_taken:
            return "Import its readings"
        case _:
            return ""


def _what_is_missing(health: AccountHealth, *, asks: bool) -> str:
    missing = health.missing
    if missing is None:
        return health.partial_message or "The last snapshot was cut short"
    listed = missing.last_complete - missing.missing
    what = f"{exact(listed)} of {exact(missing.last_complete)} videos listed"
    if asks:
        gone = "is 1 gone?" if missing.missing == 1 else f"are {exact(missing.missing)} gone?"
        return f"{what}; {gone}"
    return f"{what}; the next one settles it"


def _next_try(health: AccountHealth, now: int) -> str:
    error, at = health.account.last_error, health.next_capture
    if at is None:
        return error or ""
    due = "due now" if at <= now else f"next try in {duration(at - now)}"
    return f"{error.rstrip('.')}; {due}" if error else due.capitalize()


def summary(states: Sequence[AccountState], partial: int, captures: int) -> tuple[str, str]:
    """How all accounts stand: the fact, and the rest of it.

    ``57 of 60 accounts are up to date.``, ``2 need you, 1 is late. In 30 days 18 of 7,830
    snapshots were partial.`` ``partial``: of the ``captures`` of the last 30 days.
    """
    counted = [state for state in states if state.state not in AT_REST]
    well = sum(state.state is HealthState.UP_TO_DATE for state in counted)
    verb = "is" if len(counted) == 1 else "are"
    if not counted:
        fact = "Nothing is read by itself."
    elif well == len(counted) == 1:
        fact = "The account is up to date."
    else:
        fact = f"{exact(well)} of {plural(len(counted), 'account')} {verb} up to date."
    return fact, " ".join(filter(None, (_others(states), _partial(partial, captures))))


def _others(states: Sequence[AccountState]) -> str:
    needs = sum(state.needs_user for state in states)
    parts = [plural(needs, "needs you", "need you")] if needs else []
    for state, words in _OTHERS.items():
        if count := sum(each.state is state for each in states):
            parts.append(plural(count, *words))
    return f"{', '.join(parts)}." if parts else ""


_OTHERS: Final[dict[HealthState, tuple[str, str]]] = {
    HealthState.LATE: ("is late", "are late"),
    HealthState.PARTIAL: ("was cut short", "were cut short"),
    HealthState.FAILING: ("is tried again", "are tried again"),
    HealthState.EMPTY: ("has no snapshot yet", "have no snapshot yet"),
    HealthState.STARTING: ("has just begun", "have just begun"),
    HealthState.PAUSED: ("is paused", "are paused"),
    HealthState.FILE: ("comes from a file", "come from files"),
    HealthState.SAMPLE: ("is a sample", "are samples"),
}


def _partial(partial: int, captures: int) -> str:
    if not partial:
        return ""
    verb = "was" if partial == 1 else "were"
    return f"In 30 days {exact(partial)} of {plural(captures, 'snapshot')} {verb} partial."
