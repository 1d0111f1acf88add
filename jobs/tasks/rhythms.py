"""Taking together what the accounts of a platform have learned of their hours."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from snapshot_core.clock import Clock
from snapshot_core.maintenance.lessons import catch_up
from snapshot_core.settings.table import Settings
from snapshot_core.store.database import Store
from snapshot_core.store.rhythms.pool import pool_accounts, replace_pooled
from snapshot_core.windows import DAY

POOLING_SECONDS: Final = DAY
"""Between two times that it is done."""


@dataclass(frozen=True, slots=True)
class PooledRhythms:
    """The task that makes the pooled rhythms anew."""

    settings: Settings
    store: Store
    clock: Clock

    def run(self) -> None:
        """Make them of what was read by now, after what was left to be learned of it."""
        catch_up(self.store, self.settings.time_zone, self.clock())
        with self.store.read() as connection:
            pooled = pool_accounts(connection, self.clock(), self.settings.time_zone)
        self.store.transact(partial(replace_pooled, pooled=pooled))
