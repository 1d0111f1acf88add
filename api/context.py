"""What one process of the API works with, made once and handed to every request."""

from collections.abc import Callable
from dataclasses import dataclass, field
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
"""Bytes of answers kept."""
ANSWER_OVERHEAD_BYTES: Final = 1_000
"""Bytes that an answer takes beside its body, rounded up: its key, its ETag, its place."""
MAX_TABLE_ROWS: Final = 50_000
"""Rows of tables of videos kept."""


@dataclass
class Context:
    """The process's own."""

    settings: Settings
    store: Store
    clock: Clock
    limits: RateLimit
    answers: Cache[EncodedResponse] = field(
        default_factory=lambda: Cache(
            MAX_ANSWER_BYTES, lambda answer: len(answer.body) + ANSWER_OVERHEAD_BYTES
        )
    )
    tables: Cache[VideoTable] = field(
        default_factory=lambda: Cache(MAX_TABLE_ROWS, lambda table: max(1, len(table.rows)))
    )
    readers: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(MAX_READERS))
    tokens: TokenCache = field(init=False)
    snapshots: CapacityLimiter = field(default_factory=lambda: CapacityLimiter(MAX_SNAPSHOTS))
    taking: set[int] = field(default_factory=set)
    """Users whose request for a snapshot is under way: one each, so that nobody has all slots."""

    def __post_init__(self) -> None:
        """The token cache reads as everything else does."""
        self.tokens = TokenCache(self.store, self.settings, self.readers)

    async def read(self, work: Callable[[], T]) -> T:
        """``work``, which reads the database, in a thread: the event loop never waits for it."""
        return await to_thread.run_sync(work, limiter=self.readers)

    def close(self) -> None:
        """Give the database back."""
        self.tokens.close()
        self.store.close()
