"""An account as a schedule sees it, and what becomes of it as the job looks at it."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from snapshot_core.capture.plan import DueCapture, taken
from snapshot_core.capture.schedule import Schedule
from snapshot_core.store.due_accounts import (
    PREMIERE_SECONDS,
    RECENT_SECONDS,
    YOUNG_SECONDS,
    DueAccount,
)
from snapshot_core.windows import DAY


def due_account(complete: int | None = None, **other: Any) -> DueAccount:
    """An account with one capture, a complete one, or with what ``other`` says."""
    plain = DueAccount(
        user_id=1,
        account_id=1,
        name="creator_01",
        source="staged",
        read_from=None,
        external_id=None,
        handle=None,
        rounded=False,
        paused=False,
        time_zone=None,
        cadence="nightly",
        created_at=0,
        attempted_at=None,
        failures=0,
        last_error=None,
        revision=0,
        blocked=False,
        planned_seconds=None,
        user_time_zone=None,
        look_at=0,
        last_good=complete,
        last_complete=complete,
        looked_before=None,
        videos=30,
        last_tried=complete,
        extra_complete=(),
        extra_recent=(),
        young=(),
    )
    return replace(plain, **other)


@dataclass
class Life:
    """An account that is looked at, and read when it is due. Every capture is complete."""

    schedule: Schedule
    account: DueAccount
    posts: Iterable[int] = ()
    """When it publishes a video."""
    announced: int = 0
    """Seconds before that for which a capture finds it already."""
    captures: list[DueCapture] = field(default_factory=list)

    def look(self, now: int) -> DueCapture | None:
        """What the job does at ``now``."""
        self.account = self._as_stored(now)
        due = self.schedule.next_capture(self.account, now)
        if due is None or due.at > now:
            return None
        self.account = taken(self.account, due)
        self.captures.append(due)
        return due

    def next_at(self, now: int) -> int | None:
        """When it is due next, as things stand at ``now``."""
        return self.schedule.next_due(self._as_stored(now), now)

    def run(self, start: int, end: int, step: int) -> None:
        """Look every ``step`` seconds; those at which nothing is due are passed over."""
        now = start
        while now < end:
            self.look(now)
            due = self.next_at(now)
            waits = end if due is None else due - now
            now += max(1, -(-waits // step)) * step

    def run_by_looks(self, start: int, end: int) -> None:
        """Look when the agenda says so, and not between."""
        now = start
        while now < end:
            self.look(now)
            later = self.schedule.agenda([self._as_stored(now)], now).later
            now = later[0].look_at if later else now + 1

    def _as_stored(self, now: int) -> DueAccount:
        """What `store.due_accounts` would read of it."""
        account = self.account
        seen = account.last_tried
        shown = now - YOUNG_SECONDS, now + PREMIERE_SECONDS
        young = [
            at
            for at in self.posts
            if seen is not None and shown[0] <= at <= shown[1] and at - self.announced <= seen
        ]
        complete = account.last_complete
        old = complete is not None and complete <= now - RECENT_SECONDS
        return replace(
            account,
            last_complete=None if old else complete,
            extra_complete=tuple(at for at in account.extra_complete if at > now - DAY),
            extra_recent=tuple(at for at in account.extra_recent if at > now - DAY),
            young=tuple(young),
        )
