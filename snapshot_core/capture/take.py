"""Taking a capture: fetch outside any transaction, then store all of it in one."""

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from typing import Final

from snapshot_core.capture.fetch import fetch, unexpected
from snapshot_core.clock import Clock, require_set
from snapshot_core.connections.platforms import Platforms
from snapshot_core.errors import Busy, SourceError, StoreError
from snapshot_core.growth.completeness import Scope
from snapshot_core.readings import ProfileReading
from snapshot_core.sources.contract import AccountRef, Progress, Source
from snapshot_core.store.accounts import Account, block, claim, identify, note_attempt, release
from snapshot_core.store.database import Connection, Store, refuses_data
from snapshot_core.store.record_capture import Fetched, Recorded, record, record_failure
from snapshot_core.store.retention import mark_ahead

LEASE_SECONDS: Final = 900
"""After them the lease of a capture that died is free again."""

RENEWAL_SECONDS: Final = LEASE_SECONDS // 3
"""After them a capture that lives renews its lease."""


def take(
    store: Store,
    source: Source,
    account: Account,
    clock: Clock,
    *,
    trigger: str,
    scope: Scope = "complete",
    progress: Progress | None = None,
    still_due: Callable[[Connection], bool] | None = None,
    platforms: Platforms | None = None,
) -> Recorded:
    """Take a capture of ``account`` now.

    ``progress`` is called in this thread, some times a second even while the source is silent;
    an exception it raises gives the capture up, and nothing is stored. ``still_due`` is asked
    in the transaction that claims the account: of two processes that both found it due, the
    slower one is told that it no longer is. ``platforms`` is what a source that reaches out to a
    platform does so with.

    Raises:
        Busy: another capture of the account runs, or it is not due any more. Nothing is stored.
        SourceError: the source failed. A failed capture is stored, or a partial one if it
            failed in the middle; the attempt is noted for the next one of complete scope.
        StoreError: the database is away. Nothing is stored.
        ClockError: the clock was never set. Nothing is stored.
    """
    require_set(clock())
    with _lease(store, account, clock, still_due) as lease:
        captured_at = clock()

        def tick(count: int, expected: int | None) -> None:
            lease.renew()
            if progress:
                progress(count, expected)

        with platforms.context(source, account.key) if platforms else nullcontext() as context:
            ref = AccountRef(
                account.user_id,
                account.account_id,
                account.name,
                account.external_id,
                account.created_at,
                account.handle,
                context,
            )
            result = fetch(source, ref, trigger, scope, captured_at, clock, tick)
        fetched, error, external_id = result.fetched, result.error, result.external_id
        if external_id and account.external_id is None:
            store.transact(lambda c: identify(c, account.key, external_id))
        try:
            stored = store.transact(lambda c: _save(c, lease, fetched, error))
        except Exception as raised:
            if isinstance(raised, Busy) or not refuses_data(raised):
                raise
            error = unexpected(source, raised)
            failed = replace(fetched, videos=[], profile=ProfileReading(), message=str(error))
            stored = store.transact(lambda c: _save(c, lease, failed, error))
    if error is not None:
        raise error
    return stored


def _save(
    connection: Connection, lease: "_Lease", fetched: Fetched, error: SourceError | None
) -> Recorded:
    """Store the capture and what the attempt came to, if the account is still ours."""
    # Also where the lease ran out unseen, as on a laptop that slept: first come, first stored.
    lease.hold(connection)
    mark_ahead(connection, lease.key, fetched.ended_at)
    nothing = error is not None and not fetched.videos
    stored = (record_failure if nothing else record)(connection, lease.key, fetched)
    for_good = error is not None and error.permanent
    # One of the newest videos only says nothing of whether the night's capture went well.
    if fetched.scope == "complete" or for_good:
        message = None if error is None else str(error)
        note_attempt(connection, lease.key, fetched.captured_at, message)
        block(connection, lease.key, for_good)
    return stored


class _Lease:
    """The right to capture an account, held by one process at a time."""

    def __init__(self, store: Store, account: Account, clock: Clock) -> None:
        self.key, self._made_at = account.key, account.created_at
        self._store, self._clock = store, clock
        self.owner = f"{os.getpid()}-{secrets.token_hex(4)}"
        self._renewed_at = 0

    def hold(self, connection: Connection) -> None:
        """Claim or keep the account, for `LEASE_SECONDS` seconds from now; else `Busy`."""
        now = self._clock()
        # The number of an account that was removed may be another's by now.
        until = now + LEASE_SECONDS
        if not claim(connection, self.key, self.owner, now, until, made_at=self._made_at):
            raise Busy("A snapshot of this account is being taken already. Wait for it to end.")
        self._renewed_at = now

    def renew(self) -> None:
        """Hold on, if it is time to. `Busy` where the lease is lost."""
        if 0 <= self._clock() - self._renewed_at < RENEWAL_SECONDS:
            return
        try:
            with self._store.write() as connection:
                self.hold(connection)
        except StoreError:
            # No reason to throw away what was read: the last word is said when it is stored.
            self._renewed_at = self._clock()


@contextmanager
def _lease(
    store: Store, account: Account, clock: Clock, still_due: Callable[[Connection], bool] | None
) -> Iterator[_Lease]:
    lease = _Lease(store, account, clock)

    def begin(connection: Connection) -> None:
        lease.hold(connection)
        if still_due is not None and not still_due(connection):
            raise Busy("This account's snapshot has just been taken.")

    store.transact(begin)
    try:
        yield lease
    finally:
        store.transact(lambda connection: release(connection, lease.key, lease.owner))
