"""An account's tokens: kept encrypted, renewed by one process at a time, never lost on purpose.

A platform that rotates refresh tokens kills the old one with each renewal, so the new pair is
stored before anyone uses it. The lease keeps two workers from renewing at once; should one
outlive its lease, the pair is stored all the same if nobody stored another meanwhile.
"""

import logging
import secrets
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass
from functools import partial
from typing import Final

from snapshot_core.connections.encryption import Cipher, cipher
from snapshot_core.connections.leases import Lease, lease_end, was_left
from snapshot_core.errors import SettingsError, SourceError, StoreError
from snapshot_core.settings.table import Settings
from snapshot_core.sources.contract import Grant, OAuthSource
from snapshot_core.sources.http_client import open_http
from snapshot_core.sources.rate import RateLimiter
from snapshot_core.store import connections
from snapshot_core.store.connections import StoredConnection
from snapshot_core.store.database import Connection, Store
from snapshot_core.store.keys import Key

RENEW_BEFORE_SECONDS: Final = 120
"""Seconds before its end from which an access token is renewed."""
MAX_RENEWAL_SECONDS: Final = 600
"""Longer than a renewal can take with all its repetitions."""
POLL_SECONDS: Final = 0.5
"""Seconds between two looks at whether a renewal has ended, here or in another process."""
STORE_ATTEMPTS: Final = 60
"""Times that a new pair is tried to be stored while the database is away."""
STORE_PAUSE_SECONDS: Final = 5.0
OTHER_RENEWAL_SECONDS: Final = 15.0
"""Seconds to look for the pair of another process before a connection is given up: it may have
outlived its lease with the only tokens that are alive."""

_log = logging.getLogger(__name__)


def sealed(grant: Grant, cipher: Cipher, now: int) -> StoredConnection:
    """``grant`` as it is stored."""
    return StoredConnection(
        scopes=",".join(sorted(grant.scopes)),
        access_token=cipher.encrypt(grant.access_token),
        access_until=grant.access_until,
        refresh_token=cipher.encrypt(grant.refresh_token) if grant.refresh_token else None,
        refresh_until=grant.refresh_until,
        connected_at=now,
    )


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one account."""

    store: Store
    settings: Settings
    rate_limit: RateLimiter
    source: OAuthSource
    key: Key

    def token(self, rejected: str | None = None) -> str:
        """An access token that is valid now and is not ``rejected``. Raises `SourceError`."""
        owner = secrets.token_hex(8)
        for _ in range(int(MAX_RENEWAL_SECONDS / POLL_SECONDS)):
            now = self._now()
            stored = self._stored()
            access = self._opened(stored.access_token)
            if access != rejected and stored.access_until - RENEW_BEFORE_SECONDS > now:
                return access
            # Whether the consent has ended is the platform's to say: our clock may have been wrong
            # when the end was noted.
            if stored.refresh_token is None:
                raise self._over("The consent has ended.")
            interrupted = was_left(stored.lease_until, now)
            if not self.store.transact(partial(self._lease, owner, now)):
                self.rate_limit.clock.sleep(POLL_SECONDS)
                continue
            if self._stored().generation != stored.generation:
                self._give_back(owner)  # another was first, between our look and our lease
                continue
            # The pool's thread is no daemon: a process that is asked to end waits until the new
            # pair is stored.
            pool = ThreadPoolExecutor(1, f"renew {self.key[1]}")
            renewal = pool.submit(self._renew, stored, owner, interrupted)
            pool.shutdown(wait=False)
            lease = Lease(self.store, self._now, partial(self._keep, owner))
            while wait([renewal], POLL_SECONDS).not_done:
                lease.renew()
            return renewal.result()
        raise SourceError(
            f"{self.source.label}: another process is renewing the access. Try again soon."
        )

    def _renew(self, stored: StoredConnection, owner: str, interrupted: bool) -> str:
        now = self._now()
        old = self._opened(stored.refresh_token or "")
        try:
            with open_http(self.rate_limit) as http:  # the capture that asks may be left meanwhile
                own = self.settings.section(self.source.settings)
                grant = self.source.renew(own, http, old, now)
        except SourceError as error:
            # Of two that were at it, the other's pair is the one alive.
            if (token := self._of_another(stored, error.permanent and interrupted)) is not None:
                return token
            self._give_back(owner)
            if error.permanent and interrupted:
                why = "An earlier renewal was interrupted, and its answer may be lost."
                raise SourceError(f"{why} {error}", permanent=True) from None
            raise
        self._store(sealed(grant, cipher(self.settings), now), stored)
        return grant.access_token

    def _of_another(self, stored: StoredConnection, patient: bool) -> str | None:
        """The access token that another process stored after ``stored``, if one did."""
        for _ in range(int(OTHER_RENEWAL_SECONDS / POLL_SECONDS) if patient else 0):
            if self._stored().generation != stored.generation:
                break
            self.rate_limit.clock.sleep(POLL_SECONDS)
        latest = self._stored()
        same = latest.generation == stored.generation
        return None if same else self._opened(latest.access_token)

    def _store(self, new: StoredConnection, old: StoredConnection) -> None:
        """Store the new pair, however long the database is away: there is no other copy."""
        for attempt in range(STORE_ATTEMPTS):
            try:
                stored = self.store.transact(lambda c: connections.renewed(c, self.key, new, old))
            except StoreError:
                _log.warning("New tokens cannot be stored yet: the database is away")
                if attempt == STORE_ATTEMPTS - 1:
                    raise
                self.rate_limit.clock.sleep(STORE_PAUSE_SECONDS)
                continue
            if not stored:
                _log.info("Tokens renewed here are not needed: the account was connected again")
            return

    def _opened(self, secret: str) -> str:
        try:
            return cipher(self.settings).decrypt(secret)
        except SettingsError as error:
            # Not for good: with the key put back, the next tick can read it.
            raise SourceError(str(error)) from None

    def _lease(self, owner: str, now: int, connection: Connection) -> bool:
        return connections.lease(connection, self.key, owner, now, lease_end(now))

    def _keep(self, owner: str, connection: Connection, until: int) -> bool:
        return connections.keep_lease(connection, self.key, owner, until)

    def _give_back(self, owner: str) -> None:
        self.store.transact(lambda c: connections.give_back(c, self.key, owner))

    def _stored(self) -> StoredConnection:
        stored = self.store.query(lambda c: connections.connection_of(c, self.key))
        if stored is None:
            raise self._over("It is not connected.")
        return stored

    def _over(self, why: str) -> SourceError:
        return SourceError(
            f"{why} Connect the account with {self.source.label} again.", permanent=True
        )

    def _now(self) -> int:
        return int(self.rate_limit.clock.time())


def reseal(store: Store, settings: Settings) -> int:
    """Bring every stored token to the newest secret key; gives how many connections had another.

    A token that no key opens is left as it is: its account says so when it is read.
    """

    def work(connection: Connection) -> int:
        count = 0
        for key, stored in connections.stored_connections(connection).items():
            # Made here, so that no key is made where nothing needs one.
            renew = cipher(settings).renew
            try:
                access = renew(stored.access_token)
                refresh = stored.refresh_token and renew(stored.refresh_token)
            except SettingsError:
                continue
            if (access, refresh) != (stored.access_token, stored.refresh_token):
                count += connections.reseal(connection, key, stored, access, refresh)
        return count

    return store.transact(work)
