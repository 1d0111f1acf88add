"""Whose tokens were shown lately.

Looking a token up takes a thread and two statements: more than all the rest of an answer that is
kept already. So what was found is good for a second, and whoever asks while a look-up is under way
waits for it instead of starting another. A revoked token is refused, and a new snapshot shown, a
second later at most.

What is wrong is looked up each time, and nothing is remembered of it; strangers have threads of
their own, so that however many come, those who are known do not wait behind them. A good token that
is shown for the first time does: so who was wrong hears of it the later the more are waiting, and a
flood waits for its own answers instead of standing in the way of others.
"""

import asyncio
import hmac
import logging
from asyncio import sleep
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from time import monotonic
from typing import Final

from anyio import CapacityLimiter, to_thread
from cachetools import LRUCache

from snapshot_core.errors import StoreError
from snapshot_core.identity.allow_list import may_use
from snapshot_core.identity.api_tokens import Bearer, Claim, digest, proved
from snapshot_core.settings.table import Settings
from snapshot_core.store.accounts import Account, accounts_of
from snapshot_core.store.api_tokens import USE_NOTED_SECONDS, note_use
from snapshot_core.store.database import Store

FRESH_SECONDS: Final = 1.0
MAX_TOKENS: Final = 10_000
"""Tokens remembered; the least recently used makes room."""
MAX_STRANGERS: Final = 2
"""Tokens looked up at once that nobody has shown before."""
HOLD_SECONDS: Final = 0.1
"""Seconds that a refusal is held back for each stranger who waits to be looked up."""
MAX_HOLD_SECONDS: Final = 5.0

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Known:
    """Who showed a token, and the accounts as they stood then."""

    bearer: Bearer
    accounts: tuple[Account, ...]
    state: bytes
    """Changes with anything of theirs: an answer is good for as long as it stays."""
    digest: str = field(repr=False)
    until: float
    """On the monotonic clock."""


class TokenCache:
    """The tokens of one process. All but the look-up itself runs on the event loop."""

    def __init__(
        self,
        store: Store,
        settings: Settings,
        threads: CapacityLimiter,
        monotonic: Callable[[], float] = monotonic,
    ) -> None:
        self._store, self._settings = store, settings
        self._threads, self._monotonic = threads, monotonic
        self._strangers = CapacityLimiter(MAX_STRANGERS)
        self._known: LRUCache[tuple[int, int], Known] = LRUCache(MAX_TOKENS)
        self._under_way: dict[Claim, asyncio.Task[Known | None]] = {}
        self._noted: LRUCache[tuple[int, int], int] = LRUCache(MAX_TOKENS)
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="token-use")

    async def find(self, claimed: Claim, now: int) -> Known | None:
        """Who it is at ``now`` (UTC seconds); None where the token is good for nothing."""
        known = self._known.get((claimed.user_id, claimed.token_id))
        if known is not None and not hmac.compare_digest(known.digest, digest(claimed.secret)):
            known = None
        if known is None or known.until <= self._monotonic():
            threads = self._strangers if known is None else self._threads
            known = await self._look_up(claimed, now, threads)
            if known is None and (waiting := self._strangers.statistics().tasks_waiting):
                await sleep(min(MAX_HOLD_SECONDS, HOLD_SECONDS * waiting))
        if known is None or (known.bearer.token.ends_at or now + 1) <= now:
            return None
        return known

    async def _look_up(self, claimed: Claim, now: int, threads: CapacityLimiter) -> Known | None:
        task = self._under_way.get(claimed)
        if task is None:
            work = to_thread.run_sync(self._read, claimed, now, limiter=threads)
            task = asyncio.ensure_future(work)
            self._under_way[claimed] = task
            task.add_done_callback(lambda _: self._under_way.pop(claimed))
        # Others may wait for it too: who goes away does not end it.
        known = await asyncio.shield(task)
        key = claimed.user_id, claimed.token_id
        if known is not None:
            self._known[key] = known
        elif key in self._known and self._known[key].digest == digest(claimed.secret):
            del self._known[key]  # it was good, and is no more
        return known

    def _read(self, claimed: Claim, now: int) -> Known | None:
        until = self._monotonic() + FRESH_SECONDS
        with self._store.read() as connection:
            bearer = proved(connection, claimed, now)
            if bearer is None or not may_use(connection, self._settings, bearer.user.user_id):
                return None
            accounts = tuple(accounts_of(connection, bearer.user.user_id))
        read = repr((bearer.user, accounts)).encode()
        state = blake2b(read, digest_size=16).digest()
        return Known(bearer, accounts, state, digest(claimed.secret), until)

    def forget(self) -> None:
        """Look everybody up anew: something was changed here."""
        for key, known in [*self._known.items()]:
            self._known[key] = replace(known, until=0.0)

    def used(self, bearer: Bearer, now: int) -> None:
        """Note that a token was used: once a minute, beside the request, never in its way."""
        token, minute = (bearer.user.user_id, bearer.token.token_id), now // USE_NOTED_SECONDS
        last = bearer.token.last_used_at
        if self._noted.get(token) == minute or (
            last is not None and 0 <= now - last < USE_NOTED_SECONDS
        ):
            return
        self._noted[token] = minute
        self._writer.submit(self._write, token, now)

    def _write(self, token: tuple[int, int], now: int) -> None:
        try:
            with self._store.write() as connection:
                note_use(connection, *token, now)
        except StoreError as error:
            # The next minute tries again; whoever asked has had the answer.
            log.warning("The use of a token was not noted: %s", error)

    def close(self) -> None:
        """Wait for what is being written."""
        self._writer.shutdown()
