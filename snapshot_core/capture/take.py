"""Taking a capture: fetch outside any transaction, then store all of it in one."""

import logging
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from snapshot_core.capture.fetch import Fetch, fetch, unexpected
from snapshot_core.clock import Clock, require_set
from snapshot_core.connections.leases import Lease, lease_end
from snapshot_core.connections.platforms import Platforms
from snapshot_core.errors import Busy, StoreError
from snapshot_core.growth.completeness import Scope
from snapshot_core.readings import ProfileReading
from snapshot_core.sources.contract import AccountRef, Progress, Source
from snapshot_core.store.accounts import (
    Account,
    block,
    claim,
    identify,
    keep_claim,
    note_attempt,
    release,
)
from snapshot_core.store.ahead import mark_ahead
from snapshot_core.store.database import Connection, Store, refuses_data
from snapshot_core.store.record_capture import Recorded, record, record_failure
from snapshot_core.zones import UTC

OnWait = Callable[[StoreError], None]
"""Called with what keeps a capture that was read from being stored, at each try."""

_LOST: Final = (
    "Another snapshot of this account was taken meanwhile, by another process. This one is not "
    "stored."
)

_log = logging.getLogger(__name__)


def take(
    store: Store,
    source: Source,
    account: Account,
    clock: Clock,
    *,
    trigger: str,
    scope: Scope = "complete",
    progress: Progress | None = None,
    on_wait: OnWait | None = None,
    still_due: Callable[[Connection], bool] | None = None,
    platforms: Platforms | None = None,
    zone: ZoneInfo = UTC,
) -> Recorded:
    """Take a capture of ``account`` now.

    ``progress`` is called in this thread, some times a second even while the source is silent;
    an exception it raises gives the capture up, and nothing is stored. Once all is read, a
    database that is away is waited for, for minutes: ``on_wait`` is called meanwhile, and an
    exception it raises passes through only after the capture is stored or the wait is over.
    ``still_due`` is asked in the transaction that claims the account: of two processes that both
    found it due, the slower one is told that it no longer is. ``platforms`` is what a source
    that reaches out to a platform does so with. ``zone`` is that of the account's days.

    Raises:
        Busy: another capture of the account runs, or it is not due any more, or another process
            had the account meanwhile. Nothing is stored.
        SourceError: the source failed. A failed capture is stored, or a partial one if it
            failed in the middle; the attempt is noted for the next one of complete scope.
        StoreError: the database is away. Nothing is stored.
        ClockError: the clock was never set. Nothing is stored.
    """
    require_set(clock())
    with _lease(store, account, clock, still_due) as lease:
        captured_at = clock()

        def tick(count: int, expected: int | None) -> None:
            if not lease.renew():
                raise Busy(_LOST)
            if progress:
                progress(count, expected)

        # What was read so far is not lost for want of a turn or a token.
        patient = store.outlasting()
        way = replace(platforms, store=patient) if platforms else None
        with way.context(source, account.key) if way else nullcontext() as context:
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
        with _deferred(on_wait) as waiting:
            try:
                stored = patient.transact(partial(_save, account, lease, result, zone), waiting)
            except Exception as raised:
                if isinstance(raised, Busy) or not refuses_data(raised):
                    raise
                error = unexpected(source, raised)
                nothing = replace(
                    result.fetched, videos=[], profile=ProfileReading(), message=str(error)
                )
                result = Fetch(nothing, error, None)
                stored = patient.transact(partial(_save, account, lease, result, zone), waiting)
    if result.error is not None:
        raise result.error
    return stored


def _save(
    account: Account, lease: Lease, result: Fetch, zone: ZoneInfo, connection: Connection
) -> Recorded:
    """Store the capture and what the attempt came to, if the account is still ours."""
    # Asked here, where nobody can come between: a process that stood still knows nothing of it.
    if not lease.hold(connection):
        raise Busy(_LOST)
    fetched, error = result.fetched, result.error
    mark_ahead(connection, account.key, fetched.ended_at)
    if result.external_id and account.external_id is None:
        identify(connection, account.key, result.external_id)
    nothing = error is not None and not fetched.videos
    if nothing:
        stored = record_failure(connection, account.key, fetched)
    else:
        stored = record(connection, account.key, fetched, zone)
    for_good = error is not None and error.permanent
    # One of the newest videos only says nothing of whether the night's capture went well.
    if fetched.scope == "complete" or for_good:
        message = None if error is None else str(error)
        note_attempt(connection, account.key, fetched.captured_at, message)
        block(connection, account.key, for_good)
    return stored


@contextmanager
def _deferred(on_wait: OnWait | None) -> Iterator[OnWait]:
    """``on_wait``, whose exception is raised in the end: who leaves must not lose what was read."""
    left: list[BaseException] = []

    def waiting(error: StoreError) -> None:
        if on_wait is None or left:
            return
        try:
            on_wait(error)
        except BaseException as raised:
            left.append(raised)

    yield waiting
    if left:
        raise left[0]


@contextmanager
def _lease(
    store: Store, account: Account, clock: Clock, still_due: Callable[[Connection], bool] | None
) -> Iterator[Lease]:
    owner = f"{os.getpid()}-{secrets.token_hex(4)}"
    lease = Lease(
        store, clock, lambda connection, until: keep_claim(connection, account.key, owner, until)
    )
    # Once only: nothing is read yet, and whoever asked for it asks again.
    with store.write() as connection:
        now = clock()
        # The number of an account that was removed may be another's by now.
        made_at = account.created_at
        if not claim(connection, account.key, owner, now, lease_end(now), made_at=made_at):
            raise Busy("A snapshot of this account is being taken already. Wait for it to end.")
        if still_due is not None and not still_due(connection):
            raise Busy("This account's snapshot has just been taken.")
    try:
        yield lease
    finally:
        try:
            with store.write() as connection:
                release(connection, account.key, owner)
        except StoreError as error:
            # What came of the capture is what counts, and the lease ends by itself.
            _log.warning("%r: its lease could not be given back: %s", account.name, error)
