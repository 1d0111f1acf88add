"""Rights that one process holds at a time, for as long as it lives and renews them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from snapshot_core.clock import MAX_AHEAD_SECONDS
from snapshot_core.errors import StoreError
from snapshot_core.store.accounts import LEASE_SECONDS as LEASE_SECONDS
from snapshot_core.store.database import Connection, Store

RENEWAL_SECONDS: Final = 30
"""After them one that lives renews its lease. A database that is away for a minute, or a process
that stands still for one, costs no lease."""


@dataclass
class Lease:
    """A lease that was taken, and is kept while `renew` is called some times a minute.

    Where the database is away for longer than `LEASE_SECONDS`, whoever reaches it first
    afterwards has the right: its holder, or another.
    """

    store: Store
    clock: Callable[[], float]
    """UTC seconds."""
    keep: Callable[[Connection, int], bool]
    """Extends it to an instant (UTC seconds); False where another had it since."""
    _renewed_at: float = field(init=False)

    def __post_init__(self) -> None:
        self._renewed_at = self.clock()

    def hold(self, connection: Connection) -> bool:
        """Keep it until this transaction ends, and then for `LEASE_SECONDS`; False if lost."""
        return self.keep(connection, lease_end(self.clock()))

    def renew(self) -> bool:
        """Keep it, if it is time to; False if lost."""
        now = self.clock()
        if 0 <= now - self._renewed_at < RENEWAL_SECONDS:
            return True
        self._renewed_at = now
        try:
            with self.store.write() as connection:
                return self.hold(connection)
        except StoreError:
            return True  # the last word is said when something is stored under it


def lease_end(now: float) -> int:
    """Until when a lease is good that is taken or renewed at ``now`` (UTC seconds)."""
    return int(now) + LEASE_SECONDS


def was_left(until: int | None, now: int) -> bool:
    """Whether a lease until ``until`` was not given back, and its holder lives no more."""
    return until is not None and not now < until <= now + MAX_AHEAD_SECONDS + LEASE_SECONDS
