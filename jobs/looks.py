"""Which accounts are due: those are asked whose time has come, and once an hour all of them.

Each account's row holds when it is looked at next (`look_at`), and whatever changes the row makes
that at once. So a look costs what there is to do, however many accounts there are. What no row
tells of (other settings, a clock that was put back, a share that has grown) is a cause to look at
all of them.
"""

import logging
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Final

from snapshot_core.capture.schedule import Schedule
from snapshot_core.store.ahead import accounts_to_mark, mark_ahead
from snapshot_core.store.database import Store
from snapshot_core.store.due_accounts import (
    DueAccount,
    NextLook,
    accounts_to_look_at,
    due_accounts,
    next_look,
    note_looks,
)
from snapshot_core.store.source_loads import counted_loads, store_loads, stored_loads
from snapshot_core.windows import HOUR

FULL_LOOK_SECONDS: Final = HOUR
"""Between two looks at all accounts."""
NOTED_AT_ONCE: Final = 500
"""Accounts; others who write wait so long."""

_log = logging.getLogger(__name__)


@dataclass
class Looks:
    """The looks of one job, by the installation's ``schedule``."""

    store: Store
    schedule: Schedule
    _last: int | None = field(default=None, init=False)
    """When the last look was (UTC seconds)."""
    _last_full: int | None = field(default=None, init=False)
    """When the last one at all accounts was."""

    def due(self, now: int) -> list[DueAccount]:
        """The accounts that are due at ``now``, in their turn.

        What a clock that was ahead has dated is marked first, so that it counts for nothing.
        """
        every = self._is_at_all(now)
        self._mark_ahead(now, every)
        accounts = [] if every else self.store.query(partial(accounts_to_look_at, now=now))
        if accounts or every:
            every = self._note_loads() or every
        if every:
            accounts = self.store.query(partial(due_accounts, now=now))
        agenda = self.schedule.agenda(accounts, now)
        self._note(accounts, agenda.later)
        self._last = now
        if every:
            self._last_full = now
        return agenda.due

    def next_at(self, now: int) -> int | None:
        """When the next look that finds anything may be, after ``now``; None where none will."""
        return self.store.query(partial(next_look, now=now))

    def _note_loads(self) -> bool:
        """Note what there is to read, for the share of each account and for whoever shows it;
        whether the share of any has grown by that.
        """
        with self.store.read() as connection:
            counted, noted = counted_loads(connection), stored_loads(connection)
        before, loads = self.schedule, self.schedule.limited(counted)
        self.schedule = replace(before, loads=loads)
        if loads != noted:
            self.store.transact(partial(store_loads, loads=loads))
        return self.schedule.allows_more_than(before)

    def _note(self, accounts: list[DueAccount], looks: list[NextLook]) -> None:
        noted = {
            NextLook(account.key, account.look_at, account.look_at, account.planned_seconds)
            for account in accounts
        }
        # In the order of their keys, so that of two jobs neither waits for the other's second row.
        changed = sorted((look for look in looks if look not in noted), key=lambda look: look.key)
        for first in range(0, len(changed), NOTED_AT_ONCE):
            some = changed[first : first + NOTED_AT_ONCE]
            self.store.transact(partial(note_looks, looks=some))

    def _is_at_all(self, now: int) -> bool:
        if self._last is None or self._last_full is None or now < self._last:
            return True
        return now - self._last_full >= FULL_LOOK_SECONDS

    def _mark_ahead(self, now: int, every: bool) -> None:
        with self.store.read() as connection:
            keys = accounts_to_mark(connection, now, every=every)
        for key in keys:
            if marked := self.store.transact(partial(mark_ahead, key=key, now=now)):
                _log.warning(
                    "User %d, account %d: snapshots dated ahead of the clock, which do not count: "
                    "%d. Health says what to do",
                    *key,
                    marked,
                )
