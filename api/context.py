"""What one process of the API works with, made once and part of every session."""

from collections.abc import Callable
from typing import Final, TypeVar

from anyio import CapacityLimiter, to_thread

from api.cache import Cache
from api.rate_limit import RateLimit
from api.responses import EncodedResponse
from api.token_cache import TokenCache
from snapshot_core.clock import Clock
from snapshot_core.settings.table import Settings
from snapshot_core.store.database import Store
from snapshot_core.view.videos_table import VideoTable

T = TypeVar("T")

MAX_READERS: Final = 8
"""Requests that read the database at once: fewer than it gives connections to one process."""
MAX_SNAPSHOTS: Final = 4
"""Requests that wait for a platform at once."""
MAX_ANSWER_BYTES: Final = 32 << 20
"""Bytes of cached answers."""
ANSWER_OVERHEAD_BYTES: Final = 1_000
"""Bytes that an answer takes beside its body, rounded up: its key, its ETag, its place."""
MAX_TABLE_ROWS: Final = 50_000
"""Rows of cached tables of videos."""


class Context:
    """The caches, limits and connections of one process."""

    def __init__(self, settings: Settings, store: Store, clock: Clock) -> None:
        self.settings, self.store, self.clock = settings, store, clock
        self.limits = RateLimit(settings.api_rate)
        self.answers = Cache[EncodedResponse](
            MAX_ANSWER_BYTES, lambda answer: len(answer.body) + ANSWER_OVERHEAD_BYTES
        )
        self.tables = Cache[VideoTable](MAX_TABLE_ROWS, lambda table: max(1, len(table.rows)))
        self.readers = CapacityLimiter(MAX_READERS)
        self.snapshots = CapacityLimiter(MAX_SNAPSHOTS)
        self.tokens = TokenCache(store, settings, self.readers)
        self.taking = set[int]()
        """Users with a request for a snapshot under way: one each, so that nobody has all slots."""

    async def read(self, work: Callable[[], T]) -> T:
        """``work``, which reads the database, in a thread: the event loop never waits for it."""
        return await to_thread.run_sync(work, limiter=self.readers)

    def close(self) -> None:
        """Give the database back."""
        self.tokens.close()
        self.store.close()
