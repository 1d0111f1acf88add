"""Adding an account of a platform: by its public address, or by its owner's consent.

Nothing is stored before the platform has said whose account it is. A consent is asked for in
one visit and answered in another; between them stands a row with the digest of ``state``, which
is of the user who asked, works once, and for a quarter of an hour.
"""

import hashlib
import logging
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Final

from snapshot_core.clock import MAX_AHEAD_SECONDS
from snapshot_core.connections.encryption import cipher, ensure_secret_key
from snapshot_core.connections.platforms import Platforms
from snapshot_core.connections.tokens import sealed
from snapshot_core.errors import InputError, NoSuchProfile, SourceError, StoreError
from snapshot_core.names import as_typed, name_key
from snapshot_core.settings.table import Settings
from snapshot_core.sources.contract import AddressSource, Grant, Identity, OAuthSource, Source
from snapshot_core.sources.http_client import WILL_RETRY
from snapshot_core.sources.registry import SOURCES
from snapshot_core.store import accounts, connections
from snapshot_core.store.accounts import Account
from snapshot_core.store.connections import StoredConnection
from snapshot_core.store.database import Connection
from snapshot_core.store.keys import Key

CONSENT_SECONDS: Final = 15 * 60
"""In which a consent must be given."""
TRY_AGAIN: Final = "Try again in a few minutes."

_NOT_BEGUN_HERE: Final = (
    "This answer does not belong to a connection that was begun here in the last quarter of an "
    "hour, or it has been used already. Begin again."
)
_DIVIDER: Final = "."
"""Between a source's name and the rest of ``state``. It is in no source's name."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """Whom a handle or a link names on a platform. Nothing of it is stored."""

    source: AddressSource
    identity: Identity
    account: Account | None
    """The user's own that follows it already."""


def look_up(
    platforms: Platforms, source: AddressSource, user_id: int, address: str
) -> FoundAccount:
    """Ask a platform who has ``address``, once and without patience: somebody waits for it.

    Raises `InputError`, `NoSuchProfile`, `SourceError`.
    """
    if (missing := lacking(source, platforms.settings)) is not None:
        raise InputError(missing)
    with platforms.context(source, None, hurried=True) as context, _by_hand(TRY_AGAIN):
        identity = source.look_up(as_typed(address), context)
    with platforms.store.read() as connection:
        return FoundAccount(source, identity, _present(connection, user_id, source, identity))


def add_found(platforms: Platforms, user_id: int, target: FoundAccount, now: int) -> Account:
    """Add the account that was found. Raises `InputError` where it is here already."""
    source, identity = target.source, target.identity

    def work(connection: Connection) -> Account:
        if (present := _present(connection, user_id, source, identity)) is not None:
            raise InputError(f"{identity.name} is here already, as {present.name}.")
        return _add(connection, user_id, source, identity, now)

    return platforms.store.transact(work)


def lacking(source: Source, settings: Settings) -> str | None:
    """What to set before accounts of ``source`` can be added; None where nothing is."""
    return source.missing(settings.section(source.settings))


def redirect_uri(source: OAuthSource, settings: Settings, here: str) -> str:
    """Where ``source`` sends the browser back to: as set, else ``here``, where the browser is."""
    return settings.section(source.settings).redirect_uri or here


def ask(
    platforms: Platforms,
    source: OAuthSource,
    user_id: int,
    account_id: int | None,
    here: str,
    now: int,
) -> str:
    """Begin a consent; gives the address to send the browser to.

    Raises `InputError`, and `SettingsError` where the secret key is away.

    ``account_id``: the account that is connected again; None for a new one.
    ``here``: the dashboard's ``/connect`` as this very browser knows it (see `redirect_uri`).
    """
    if (missing := lacking(source, platforms.settings)) is not None:
        raise InputError(missing)
    state = f"{source.name}{_DIVIDER}{secrets.token_urlsafe(32)}"
    verifier = secrets.token_urlsafe(48)
    ensure_secret_key(platforms.store, platforms.settings)
    back = redirect_uri(source, platforms.settings, here)
    # The answer is exchanged with the very address that was asked with.
    encrypted = cipher(platforms.settings).encrypt(f"{verifier} {back}")
    platforms.store.transact(
        lambda c: connections.ask_consent(c, user_id, _digest(state), encrypted, account_id, now)
    )
    return source.consent_url(_own(platforms, source, back), state, verifier)


def _own(platforms: Platforms, source: OAuthSource, back: str) -> Any:
    """The settings of ``source``, with the redirect address of a consent."""
    return replace(platforms.settings.section(source.settings), redirect_uri=back)


def receive(platforms: Platforms, user_id: int, answer: Mapping[str, str], now: int) -> Account:
    """The account that the platform's ``answer`` (the redirect's parameters) connects.

    Raises `InputError` where the owner or the platform refused or the answer is not to be
    trusted, and `SourceError` where the platform could not be asked. Nothing is stored then.
    """
    state, since = answer.get("state", ""), now - CONSENT_SECONDS
    source = SOURCES.get(state.partition(_DIVIDER)[0])
    if not isinstance(source, OAuthSource):
        raise InputError(_NOT_BEGUN_HERE)
    consent = platforms.store.transact(
        lambda c: connections.take_consent(
            c, user_id, _digest(state), since, now + MAX_AHEAD_SECONDS
        )
    )
    if consent is None:
        raise InputError(_NOT_BEGUN_HERE)
    encrypted, account_id = consent
    code = source.code_in(answer)
    verifier, _, back = cipher(platforms.settings).decrypt(encrypted).partition(" ")
    own = _own(platforms, source, back)
    with platforms.http() as http, _by_hand(f"Nothing was added. {TRY_AGAIN}"):
        grant = source.exchange(own, http, code, verifier, now)
        try:
            identity = source.identity(own, http, grant)
            stored = sealed(grant, cipher(platforms.settings), now)
            return platforms.store.transact(
                lambda c: _connect(c, source, user_id, account_id, identity, stored)
            )
        except Exception:
            _give_up(platforms, source, grant)
            raise


def remove(platforms: Platforms, source: Source | None, key: Key) -> None:
    """Tell the platform that an account's tokens are not needed any more, if it has any.

    The caller removes the account, also where the platform cannot be told.
    """
    if not isinstance(source, OAuthSource):
        return
    with platforms.store.read() as connection:
        if connections.connection_of(connection, key) is None:
            return
        owner = accounts.account(connection, key).external_id
        # Giving one access back may end all that the same app has to the same account.
        if owner is not None and connections.in_use(connection, source.name, owner, but=key):
            return
    try:
        # A stored access token has mostly run out, and only one that lives can end the others.
        with platforms.context(source, key) as context:
            source.revoke(context.settings, context.http, context.token(None))
    except SourceError as error:
        _log.warning("Tokens of a removed account could not be revoked: %s", error)


@contextmanager
def _by_hand(remedy: str) -> Iterator[None]:
    """Tell of an error what is true here: nobody tries again but whoever reads it."""
    try:
        yield
    except SourceError as error:
        if isinstance(error, NoSuchProfile):
            raise
        text = str(error).replace(WILL_RETRY, remedy)
        raise SourceError(text, permanent=error.permanent) from None


def _give_up(platforms: Platforms, source: OAuthSource, grant: Grant) -> None:
    """Give back tokens that are not kept, unless that could end a connection that is."""
    try:
        with platforms.store.read() as connection:
            if connections.in_use(connection, source.name, grant.external_id):
                return
        own = platforms.settings.section(source.settings)
        with platforms.http() as http:
            source.revoke(own, http, grant.access_token)
    except (SourceError, StoreError) as error:
        _log.warning("Tokens that are not kept could not be revoked: %s", error)


def _connect(
    connection: Connection,
    source: Source,
    user_id: int,
    account_id: int | None,
    identity: Identity,
    stored: StoredConnection,
) -> Account:
    account = _present(connection, user_id, source, identity)
    if account_id is not None:
        account = accounts.account(connection, (user_id, account_id))
        if account.external_id not in (None, identity.external_id):
            raise InputError(
                f"You allowed {identity.name}, and {account.name} is another account. Log in to "
                f"{source.label} as {account.handle or account.name} and connect again."
            )
    if account is None:
        account = _add(connection, user_id, source, identity, stored.connected_at)
    connections.connect(connection, account.key, stored)
    return accounts.note_connected(connection, account.key, identity.external_id, identity.handle)


def _present(
    connection: Connection, user_id: int, source: Source, identity: Identity
) -> Account | None:
    for account in accounts.accounts_of(connection, user_id):
        if (account.source, account.external_id) == (source.name, identity.external_id):
            return account
    return None


def _add(
    connection: Connection, user_id: int, source: Source, identity: Identity, now: int
) -> Account:
    """A new account, under a name that no other of the user's has."""
    taken = {name_key(account.name) for account in accounts.accounts_of(connection, user_id)}
    name = identity.name.strip()[:150] or source.label
    choices = [name, f"{name} ({source.label})"]
    choices += [f"{name} ({source.label} {n})" for n in range(2, len(taken) + 3)]
    return accounts.add_account(
        connection,
        user_id,
        next(choice for choice in choices if name_key(choice) not in taken),
        source.name,
        now,
        rounded=source.rounded,
        external_id=identity.external_id,
        handle=identity.handle,
        cadence=source.cadences[0],
    )


def _digest(state: str) -> str:
    return hashlib.sha256(state.encode()).hexdigest()
