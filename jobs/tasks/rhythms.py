"""Taking together what the accounts of a platform have learned of their hours."""

from dataclasses import dataclass
from functools import partial
from typing import Final

from snapshot_core.clock import Clock
from snapshot_core.store.database import Store
from snapshot_core.store.rhythms.pool import pool
from snapshot_core.windows import DAY

POOLING_SECONDS: Final = DAY
"""Between two times that it is done."""


@dataclass(frozen=True, slots=True)
class PooledRhythms:
    """The task that makes the pooled rhythms anew."""

    store: Store
    clock: Clock

    def run(self) -> None:
        """Make them of what is learned by now."""
        self.store.transact(partial(pool, now=self.clock()))
