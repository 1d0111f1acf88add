"""Accounts: making, finding, leasing and removing them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, bindparam, delete, func, insert, select, update

from snapshot_core.cadences import NIGHTLY, cadence_seconds
from snapshot_core.clock import MAX_AHEAD_SECONDS
from snapshot_core.errors import InputError, NotFound
from snapshot_core.names import name_key
from snapshot_core.store.keys import Key, key_columns, not_ahead, of, readings_of, same_account
from snapshot_core.store.tables import accounts, captures, users
from snapshot_core.store.tables import video_snapshots as readings

LEASE_SECONDS: Final = 120
"""After them the lease of a process that died is free again."""
ALL_ACCOUNTS: Final = "All accounts"
"""What people call all accounts of a user together."""


@dataclass(frozen=True, slots=True)
class Account:
    """An account as stored. Instants are UTC seconds."""

    user_id: int
    account_id: int
    name: str
    source: str
    read_from: str | None
    """Of an imported one: the source that its readings came from, where its files say so."""
    external_id: str | None
    handle: str | None
    rounded: bool
    paused: bool
    time_zone: str | None
    """Its own; None where its user's holds."""
    cadence: str
    """How often it is read, by name (`snapshot_core.cadences`)."""
    created_at: int
    attempted_at: int | None
    failures: int
    """Captures of complete scope that failed or broke off since the last one that did not."""
    last_error: str | None
    revision: int
    blocked: bool
    """A capture failed for good; the job waits until the user acts."""
    planned_seconds: int | None
    """From its last complete capture to the next by the plan that the job follows, where that is
    more than its cadence says: a platform's calls are shared."""
    keep_days: int | None = field(default=None, kw_only=True)
    """Days that its readings are kept, None for ever: not stored, but set by `open_session`."""

    @property
    def key(self) -> Key:
        """``(user_id, account_id)``."""
        return self.user_id, self.account_id

    @property
    def platform(self) -> str:
        """The source whose counters its readings are, whatever way they came."""
        return self.read_from or self.source

    @property
    def cadence_seconds(self) -> int:
        """Seconds between two complete captures at the most, as the account is really read."""
        return self.planned_seconds or cadence_seconds(self.cadence)


ACCOUNT_COLUMNS: Final = tuple(accounts.c[x.name] for x in fields(Account) if not x.kw_only)
# Every rerun of a page asks for these; making a statement takes longer than running it.
_ALL: Final = select(*ACCOUNT_COLUMNS).order_by(accounts.c.account_id)
_ACCOUNTS: Final = _ALL.where(accounts.c.user_id == bindparam("user"))


def accounts_of(connection: Connection, user_id: int) -> list[Account]:
    """All accounts of a user, oldest first."""
    return [Account(*row) for row in connection.execute(_ACCOUNTS, {"user": user_id})]


def accounts_together(accounts: Sequence[Account]) -> list[Account]:
    """The accounts that stand for all: made-up numbers never mix with real ones."""
    return [account for account in accounts if account.source != "sample"] or list(accounts)


def account(connection: Connection, key: Key) -> Account:
    """One account by its key; else `NotFound`."""
    row = connection.execute(select(*ACCOUNT_COLUMNS).where(of(accounts, key))).first()
    if row is None:
        raise NotFound("There is no such account; it may have been removed.")
    return Account(*row)


def never_captured(connection: Connection) -> list[Account]:
    """The accounts, of all users, of which no reading was ever stored and one may be tried."""
    of_account = (
        same_account(captures, accounts),
        captures.c.status != "failed",
        not_ahead(captures),
    )
    read = select(captures.c.captured_at).where(*of_account).correlate(accounts).exists()
    waits = accounts.c.paused | accounts.c.blocked
    oldest_first = accounts.c.user_id, accounts.c.account_id
    rows = connection.execute(select(*ACCOUNT_COLUMNS).where(~read, ~waits).order_by(*oldest_first))
    return [Account(*row) for row in rows]


def account_named(connection: Connection, user_id: int, name: str) -> Account:
    """One account of a user by its name; else `NotFound` with the names there are."""
    return with_name(accounts_of(connection, user_id), name)


def with_name(owned: Sequence[Account], name: str) -> Account:
    """The account of a name, or of one that looks the same; else `NotFound` with the names."""
    same = name_key(name)
    alike = [account for account in owned if name_key(account.name) == same]
    for account in alike:
        if account.name == name:
            return account
    if alike:
        return alike[0]
    known = ", ".join(repr(account.name) for account in owned) or "none yet"
    raise NotFound(f"There is no account {name!r}. Accounts: {known}.")


def check_name(name: str) -> None:
    """`InputError` where no account can have this name."""
    if not name_key(name) or len(name) > 200:
        raise InputError("An account needs a name of 1 to 200 characters.")
    if name_key(name) == name_key(ALL_ACCOUNTS):
        raise InputError(f"{ALL_ACCOUNTS!r} is what all of them are called. Choose another name.")


def add_account(
    connection: Connection,
    user_id: int,
    name: str,
    source: str,
    now: int,
    *,
    rounded: bool = False,
    read_from: str | None = None,
    external_id: str | None = None,
    handle: str | None = None,
    cadence: str = NIGHTLY,
) -> Account:
    """Make an account; none of the user's may have a name that looks the same: `InputError`."""
    check_name(name)
    # The user's row is locked first: two accounts made at once must not get one number.
    connection.execute(update(users).where(users.c.user_id == user_id).values(email=users.c.email))
    same = name_key(name)
    for present in accounts_of(connection, user_id):
        if name_key(present.name) == same:
            raise InputError(
                f"There is an account named {present.name!r} already. Choose another name."
            )
    numbers = select(func.max(accounts.c.account_id)).where(accounts.c.user_id == user_id)
    key = user_id, (connection.scalar(numbers) or 0) + 1
    given: dict[str, Any] = {"name": name, "source": source}
    given |= {"external_id": external_id, "handle": handle}
    given |= {"cadence": cadence, "rounded": rounded, "read_from": read_from, "created_at": now}
    fresh = {"paused": False, "next_video": 1, "revision": 0, "failures": 0}
    row = key_columns(key) | given | fresh
    connection.execute(insert(accounts).values(row))
    return account(connection, key)


def identify(connection: Connection, key: Key, external_id: str) -> None:
    """Remember the platform's own name for an account, if it is not known yet."""
    nameless = of(accounts, key), accounts.c.external_id.is_(None)
    connection.execute(update(accounts).where(*nameless).values(external_id=external_id))


def note_connected(
    connection: Connection, key: Key, external_id: str, handle: str | None
) -> Account:
    """Remember whom an account was connected as; what stopped it before is over."""
    values = {"external_id": external_id, "handle": handle}
    over = {"blocked": False, "failures": 0, "last_error": None}
    connection.execute(update(accounts).where(of(accounts, key)).values(values | over))
    return account(connection, key)


def set_paused(connection: Connection, key: Key, paused: bool) -> None:
    """Let the nightly job leave the account out, or take it up again."""
    connection.execute(update(accounts).where(of(accounts, key)).values(paused=paused))


def set_cadence(connection: Connection, key: Key, cadence: str) -> None:
    """How often the job reads the account. The caller checks that its source allows it."""
    values = {"cadence": cadence, "planned_seconds": None}
    connection.execute(update(accounts).where(of(accounts, key)).values(values))


def note_origin(connection: Connection, key: Key, **origin: bool | str) -> None:
    """Note of an imported account that it is ``rounded``, or which source it is ``read_from``."""
    connection.execute(update(accounts).where(of(accounts, key)).values(origin))


def set_time_zone(connection: Connection, key: Key, name: str | None) -> None:
    """The zone that the account's days are of; None for its user's."""
    connection.execute(update(accounts).where(of(accounts, key)).values(time_zone=name))


def block(connection: Connection, key: Key, blocked: bool) -> None:
    """Make the job wait for the user, after a failure for good; or no longer."""
    connection.execute(update(accounts).where(of(accounts, key)).values(blocked=blocked))


def unblock(connection: Connection, key: Key) -> None:
    """The user has acted on a failure for good: let the job try again."""
    values = {"blocked": False, "failures": 0, "attempted_at": None}
    connection.execute(update(accounts).where(of(accounts, key)).values(values))


def remove_account(connection: Connection, key: Key) -> None:
    """Remove an account with everything known of it."""
    connection.execute(delete(readings).where(readings_of(key)))
    connection.execute(delete(accounts).where(of(accounts, key)))


def remove_unread(connection: Connection, key: Key, made_at: int) -> bool:
    """Remove the account made at ``made_at`` of which no capture was ever tried; whether it was."""
    tried = select(captures.c.captured_at).where(of(captures, key)).exists()
    unread = of(accounts, key), accounts.c.created_at == made_at, ~tried
    return connection.execute(delete(accounts).where(*unread)).rowcount == 1


def is_free(lease_until: ColumnElement[Any], now: int) -> ColumnElement[bool]:
    """Whether nobody holds a lease: it was given back, has run out, or reaches further than any
    does that was not taken by a clock that was ahead.
    """
    too_far = lease_until > now + MAX_AHEAD_SECONDS + LEASE_SECONDS
    return lease_until.is_(None) | (lease_until <= now) | too_far


def claim(
    connection: Connection, key: Key, owner: str, now: int, until: int, made_at: int | None = None
) -> bool:
    """Take the account's lease for ``owner``; False while somebody else's has not run out, and
    where the account was not made at ``made_at``, if that is given.
    """
    open_to_us = is_free(accounts.c.lease_until, now) | (accounts.c.lease_owner == owner)
    statement = update(accounts).where(of(accounts, key), open_to_us)
    if made_at is not None:
        statement = statement.where(accounts.c.created_at == made_at)
    taken = connection.execute(statement.values(lease_owner=owner, lease_until=until))
    return taken.rowcount == 1


def keep_claim(connection: Connection, key: Key, owner: str, until: int) -> bool:
    """Extend ``owner``'s lease; False where another has had it since, though it be free again.

    One that ran out, as on a laptop that slept, is kept if nobody came meanwhile.
    """
    mine = of(accounts, key), accounts.c.lease_owner == owner
    kept = connection.execute(update(accounts).where(*mine).values(lease_until=until))
    return kept.rowcount == 1


def release(connection: Connection, key: Key, owner: str) -> None:
    """Give the lease back, if it is still ``owner``'s."""
    mine = of(accounts, key), accounts.c.lease_owner == owner
    connection.execute(update(accounts).where(*mine).values(lease_owner=None, lease_until=None))


def note_attempt(connection: Connection, key: Key, at: int, error: str | None) -> None:
    """Remember when a capture was tried and how it ended; ``error`` None = well."""
    failures = 0 if error is None else accounts.c.failures + 1
    values = {"attempted_at": at, "last_error": error, "failures": failures}
    connection.execute(update(accounts).where(of(accounts, key)).values(values))
