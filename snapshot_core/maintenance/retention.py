"""Keeping a platform's numbers no longer than its terms allow, by a clock that can be believed.

What is removed is gone, so the clock alone does not decide: after a jump it must have gone on for
two days. One that is ahead for a night removes nothing, and after an outage numbers stay so much
longer.
"""

import logging
from functools import partial

from snapshot_core.errors import StoreError
from snapshot_core.settings.table import Settings
from snapshot_core.sources.contract import Source
from snapshot_core.sources.registry import keep_days, source
from snapshot_core.store.database import Store
from snapshot_core.store.heartbeats import believed_clock
from snapshot_core.store.retention import forget, oldest
from snapshot_core.windows import DAY

_log = logging.getLogger(__name__)


def keep_to_policy(store: Store, settings: Settings, now: int) -> int:
    """Forget what has been kept for longer than allowed; gives how many captures that were.

    Each account in a transaction of its own. ``now``: UTC seconds. Raises `StoreError`, the
    last one where some accounts could not be reached, after all others.
    """
    limits = keep_days(settings)
    if not limits:
        return 0
    believed = store.transact(partial(believed_clock, now=now))
    return sum(_keep_days(store, source(name), days, believed) for name, days in limits.items())


def _keep_days(store: Store, source: Source, days: int, now: int) -> int:
    before = now - days * DAY
    with store.read() as connection:
        instants = oldest(connection, source.name)
    removed, unreachable = 0, None
    for key in [key for key, at in instants.items() if at < before]:
        try:
            removed += store.transact(partial(forget, key=key, before=before))
        except StoreError as error:
            unreachable = error
    if removed:
        _log.info(
            "%d snapshots from %s were older than %d days and have been removed",
            removed,
            source.label,
            days,
        )
    if unreachable is not None:
        raise unreachable
    return removed
