"""How an account stands, as one state: the same on every page, in the API and in the shell."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from snapshot_core.sources.sample import Sample
from snapshot_core.view.account_health import LATE_SECONDS, AccountHealth
from snapshot_core.windows import DAY

STARTING_SECONDS: Final = 7 * DAY
"""So long is a history told by its length: before, there is no growth in 7 days."""


class HealthState(StrEnum):
    """What is to be said of an account first, the worst first."""

    SIGN_IN_AGAIN = "sign_in_again"
    """It is read with its owner's consent, which is gone."""
    STOPPED = "stopped"
    """A snapshot failed for good: nothing is read until its user acts."""
    AHEAD = "ahead"
    """It has snapshots that were dated ahead of the clock."""
    QUESTION = "question"
    """Its newest listing misses so many videos that its user has to say whether they are gone."""
    LATE = "late"
    PARTIAL = "partial"
    """The snapshots since the last complete one were cut short."""
    FAILING = "failing"
    """The last try failed, and it is not late yet."""
    ENDING = "ending"
    """Its access ends soon."""
    EMPTY = "empty"
    """It has no complete snapshot yet."""
    STARTING = "starting"
    """Its history is shorter than `STARTING_SECONDS`."""
    UP_TO_DATE = "up_to_date"
    PAUSED = "paused"
    FILE = "file"
    """Its readings are imported; nothing is read by itself."""
    SAMPLE = "sample"


NEEDS_USER: Final = frozenset(
    {
        HealthState.SIGN_IN_AGAIN,
        HealthState.STOPPED,
        HealthState.AHEAD,
        HealthState.QUESTION,
        HealthState.ENDING,
    }
)
"""What nobody but the user can mend."""
AT_REST: Final = frozenset({HealthState.PAUSED, HealthState.FILE, HealthState.SAMPLE})
"""What is neither up to date nor behind."""


@dataclass(frozen=True, slots=True)
class AccountState:
    """The state of an account, and what its words take."""

    state: HealthState
    seconds: int = 0
    """How late it is, or how long its history."""
    nights: int = 0
    """On how many days since the last complete snapshot one was cut short."""

    @property
    def needs_user(self) -> bool:
        """Whether nobody but its user can mend it."""
        return self.state in NEEDS_USER


def account_state(health: AccountHealth, now: int) -> AccountState:
    """The state that is told of an account."""
    access, history = health.access, health.history
    nights = max(1, health.nights_partial)
    if access.state in ("stopped", "unconnected"):
        return AccountState(HealthState.SIGN_IN_AGAIN if access.consented else HealthState.STOPPED)
    if health.ahead:
        return AccountState(HealthState.AHEAD)
    if health.missing is not None and not _settled_by_itself(health):
        return AccountState(HealthState.QUESTION, nights=nights)
    if health.account.paused:
        return AccountState(HealthState.PAUSED)
    if history.partial_since:
        return AccountState(HealthState.PARTIAL, nights=nights)
    if late := late_seconds(health, now):
        return AccountState(HealthState.LATE, late)
    if health.account.last_error and health.can_be_taken:
        return AccountState(HealthState.FAILING)
    if access.state == "ending":
        return AccountState(HealthState.ENDING)
    if history.last_complete is None or history.first_complete is None:
        return AccountState(HealthState.EMPTY)
    if health.account.source == Sample.name:
        return AccountState(HealthState.SAMPLE)
    if not health.can_be_taken:
        return AccountState(HealthState.FILE)
    length = history.last_complete - history.first_complete
    if length < STARTING_SECONDS:
        return AccountState(HealthState.STARTING, length)
    return AccountState(HealthState.UP_TO_DATE)


def late_seconds(health: AccountHealth, now: int) -> int:
    """By how much the last complete snapshot is older than it should be; 0 where it is not."""
    if not health.can_be_taken:
        return 0
    overdue = health.overdue if health.overdue > LATE_SECONDS else 0
    last = health.history.last_complete
    if last is None or not health.stale:
        return overdue
    return max(overdue, now - last - health.account.cadence_seconds)


def _settled_by_itself(health: AccountHealth) -> bool:
    missing = health.missing
    return missing is not None and missing.believed_if_repeated and health.next_capture is not None
