"""Keeping a platform's numbers no longer than its terms allow."""

import logging
from functools import partial
from typing import Final

from snapshot_core.settings.loading import Settings
from snapshot_core.store.database import Store
from snapshot_core.store.retention import forget, oldest
from snapshot_core.windows import DAY

EVERY: Final = 3_600
"""Seconds between two looks at whether something has grown too old."""

YOUTUBE: Final = "youtube"

_log = logging.getLogger(__name__)


def keep_to_policy(store: Store, settings: Settings, now: int) -> int:
    """Forget what has been kept for longer than allowed; gives how many captures that were.

    Each account in a transaction of its own. ``now``: UTC seconds. Raises `StoreError`.
    """
    if settings.youtube_keep_days == 0:
        return 0
    before = now - settings.youtube_keep_days * DAY
    with store.read() as connection:
        old = [key for key, at in oldest(connection, YOUTUBE).items() if at < before]
    removed = 0
    for key in old:
        removed += store.transact(partial(forget, key=key, before=before))
    if removed:
        _log.info(
            "%d snapshots from YouTube were older than %d days and have been removed",
            removed,
            settings.youtube_keep_days,
        )
    return removed
