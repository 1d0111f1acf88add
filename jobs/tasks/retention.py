"""Forgetting what a platform's terms allow to keep no longer."""

from dataclasses import dataclass
from typing import Final

from snapshot_core.clock import Clock
from snapshot_core.maintenance.retention import keep_to_policy
from snapshot_core.settings.table import Settings
from snapshot_core.store.database import Store

RETENTION_SECONDS: Final = 3_600
"""Between two looks at whether something has grown too old."""


@dataclass(frozen=True, slots=True)
class Retention:
    """The task that keeps to the policy."""

    settings: Settings
    store: Store
    clock: Clock

    def run(self) -> None:
        """Forget what is too old by now."""
        keep_to_policy(self.store, self.settings, self.clock())
