"""When a capture is due: decided from what is stored and the instant, nothing else.

A *night* begins at the installation's snapshot time on the account's own wall clock and lasts
until the next one. It is served by one complete capture at or after its beginning, whoever took
it. One that failed or broke off is tried again in the same night, later and later; one whose
listing was short is looked at once more, so that a real mass removal is believed. Beyond the
nights an account is read as its cadence says (`snapshot_core.capture.cadence`), within its share
of what the platform allows (`snapshot_core.capture.share`). Nothing is remembered between two
questions, so a restart, an outage of any length and a clock that jumps all get the same answer:
one capture now, or none.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import time
from zoneinfo import ZoneInfo

from snapshot_core.cadences import CADENCE_HOURS, NIGHTLY, cadence_seconds
from snapshot_core.capture.cadence import Rhythm
from snapshot_core.capture.plan import DueCapture, Plan, taken
from snapshot_core.capture.share import Share, share_of
from snapshot_core.clock import is_ahead
from snapshot_core.errors import InputError, NotFound
from snapshot_core.session import Session
from snapshot_core.sources.contract import Source
from snapshot_core.sources.registry import source
from snapshot_core.store.accounts import Account
from snapshot_core.store.due_accounts import MAX_NIGHTS_APART, NEVER, DueAccount, NextLook
from snapshot_core.store.source_loads import Load
from snapshot_core.windows import DAY
from snapshot_core.zones import first_zone


@dataclass(frozen=True, slots=True)
class Agenda:
    """Accounts that were looked at."""

    due: list[DueAccount]
    """Those of which one page is read come first, for they are read at an age; the others follow,
    the longest waiting first."""
    later: list[NextLook]
    """When each of the others is looked at next."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The installation's rhythm: its time zone, and the wall-clock time of the nightly capture."""

    zone: ZoneInfo
    at: time
    sources: Callable[[str], Source] = source
    loads: Mapping[str, Load] = field(default_factory=dict)
    """What the job has to read of each source, of all users. Accounts of one that is not here
    have what the platform allows to themselves."""

    def next_capture(self, account: DueAccount, now: int) -> DueCapture | None:
        """The next capture that is due, at ``now`` or later.

        ``now`` itself means: take it. None means never, until the user acts: the account is
        paused or blocked, or its source is one that is only imported.
        """
        blocked = account.blocked and not is_ahead(account.attempted_at, now)
        if account.paused or blocked or why_not(account, self.sources):
            return None
        plan = self._plan(account)
        candidates = [plan.nightly(now), *plan.extras(now)]
        # The earliest; of two at once, the complete one, which serves both.
        return min(candidates, key=lambda due: (due.at, due.scope != "complete"))

    def next_due(self, account: DueAccount, now: int) -> int | None:
        """When `next_capture` is due."""
        due = self.next_capture(account, now)
        return None if due is None else due.at

    def overdue(self, account: DueAccount, now: int) -> int:
        """Seconds for which a capture has been due untried; 0 where none was ever tried."""
        known = (account.attempted_at, account.last_good, account.last_tried)
        tried = [at for at in known if at is not None and at <= now]
        if not tried or self.next_due(account, now) != now:
            return 0
        since = self.next_due(account, max(tried))
        return 0 if since is None else max(0, now - since)

    def agenda(self, accounts: Iterable[DueAccount], now: int) -> Agenda:
        """Which of the accounts are due at ``now``, and when the others are looked at next."""
        waiting: list[tuple[DueCapture, DueAccount]] = []
        later: list[NextLook] = []
        for account in accounts:
            due = self.next_capture(account, now)
            if due is not None and due.at == now:
                waiting.append((due, account))
            else:
                later.append(self._next_look(account, due, now))
        waiting.sort(
            key=lambda pair: (pair[0].scope != "recent", pair[1].last_good or 0, pair[1].key)
        )
        return Agenda([account for _, account in waiting], later)

    def _next_look(self, account: DueAccount, due: DueCapture | None, now: int) -> NextLook:
        if due is None:
            return NextLook(account.key, account.look_at, NEVER, account.planned_seconds)
        plan = self._plan(account)
        # A slot that passes for want of calls leaves the ages near it to the newest page.
        at = min(due.at, plan.slot_after(now))
        planned = account.planned_seconds
        if plan.cadence == account.cadence and not plan.is_limited:
            planned = None
        elif account.last_complete == account.last_good and not account.failures:
            planned = self._planned_seconds(account, now)
        return NextLook(account.key, account.look_at, at, planned)

    def _planned_seconds(self, account: DueAccount, now: int) -> int | None:
        """From the last complete capture to the next, if that is more than the cadence says."""
        coming = self.ahead(account, now, (MAX_NIGHTS_APART + 1) * DAY)
        at = next((due.at for due in coming if due.scope == "complete"), None)
        if at is None or account.last_complete is None:
            return None
        seconds = at - account.last_complete
        return seconds if seconds > cadence_seconds(account.cadence) else None

    def ahead(self, account: DueAccount, now: int, seconds: int = DAY) -> Iterator[DueCapture]:
        """The captures of the ``seconds`` from ``now`` on, if each of them is complete at once."""
        at = now
        while (due := self.next_capture(account, at)) is not None and due.at < now + seconds:
            yield due
            account, at = taken(account, due), due.at

    def limited(self, loads: Mapping[str, Load]) -> dict[str, Load]:
        """Of the loads of all sources, those of which a platform limits the calls."""
        return {name: load for name, load in loads.items() if self._has_limit(name)}

    def allows_more_than(self, other: "Schedule") -> bool:
        """Whether its loads leave more to any account than those of ``other`` do."""
        for name, load in self.loads.items():
            calls, before = self.sources(name).calls, other.loads.get(name)
            if calls is not None and before is not None:
                own, theirs = share_of(calls, load), share_of(calls, before)
                if own.every_nights < theirs.every_nights or own.extra_calls > theirs.extra_calls:
                    return True
        return False

    def _has_limit(self, name: str) -> bool:
        try:
            known = self.sources(name)
        except NotFound:  # stored by a newer version of the program
            return False
        return known.calls is not None and "complete" in known.scopes

    def share(self, account: Account) -> Share | None:
        """What the account may be read beyond its nights; None where it never is."""
        calls = self.sources(account.source).calls
        if calls is None:
            return None
        return share_of(calls, self.loads.get(account.source, Load(1, 0)))

    def _plan(self, account: DueAccount) -> Plan:
        calls = self.sources(account.source).calls
        zone = first_zone((account.time_zone, account.user_time_zone), self.zone)
        cadence = cadence_of(account, self.sources)
        return Plan(account, Rhythm(zone, self.at), cadence, calls, self.share(account))


def schedule_of(session: Session, account: Account | None = None) -> Schedule:
    """The rhythm of a user's snapshots, in the zone of ``account`` or in their own."""
    return Schedule(session.zone(account), session.settings.snapshot_at)


def cadence_of(account: Account, sources: Callable[[str], Source] = source) -> str:
    """How often ``account`` is read: as its user chose, where its source allows that."""
    try:
        allowed = sources(account.source).cadences
    except NotFound:
        return account.cadence
    return account.cadence if account.cadence in allowed else NIGHTLY


def require_cadence(
    account: Account, cadence: str, sources: Callable[[str], Source] = source
) -> None:
    """Raise `InputError` where ``account`` cannot be read as often as ``cadence`` says."""
    if (refusal := why_not(account, sources)) is not None:
        raise refusal
    if cadence not in CADENCE_HOURS:
        raise InputError(f"There is no cadence {cadence!r}. Use one of {', '.join(CADENCE_HOURS)}.")
    reader = sources(account.source)
    if cadence not in reader.cadences:
        raise InputError(f"{reader.label} can be read {' or '.join(reader.cadences)} only.")


def why_not(
    account: Account, sources: Callable[[str], Source] = source
) -> NotFound | InputError | None:
    """Why no snapshot of ``account`` can be taken; None where one can."""
    try:
        known = sources(account.source)
    except NotFound:  # stored by a newer version of the program
        return NotFound(
            f"This version has no source {account.source!r}. Update Truegrowth, or remove the "
            "account."
        )
    if "complete" not in known.scopes:
        return InputError(
            f"{account.name} comes from a file: import a newer one to bring it up to date."
        )
    return None
