"""What accounts are connected with, and consents under way. Tokens are encrypted already."""

from dataclasses import asdict, dataclass, field
from typing import Final

from sqlalchemy import Connection, delete, insert, not_, select, true, update

from snapshot_core.store.accounts import is_free
from snapshot_core.store.keys import Key, key_columns, of, same_account
from snapshot_core.store.tables import accounts, authorizations, connections


@dataclass(frozen=True, slots=True)
class StoredConnection:
    """A connection as stored. Instants are UTC seconds."""

    scopes: str
    access_token: str = field(repr=False)
    access_until: int
    refresh_token: str | None = field(repr=False)
    refresh_until: int | None
    connected_at: int
    generation: int = 1
    lease_owner: str | None = None
    lease_until: int | None = None


_COLUMNS: Final = tuple(connections.c[name] for name in StoredConnection.__dataclass_fields__)
_PAIR: Final = ("scopes", "access_token", "access_until", "refresh_token", "refresh_until")


def connection_of(connection: Connection, key: Key) -> StoredConnection | None:
    """The connection of an account, if it has one."""
    row = connection.execute(select(*_COLUMNS).where(of(connections, key))).first()
    return None if row is None else StoredConnection(*row)


def stored_connections(
    connection: Connection, user_id: int | None = None
) -> dict[Key, StoredConnection]:
    """The connections of a user, or of all users, by account."""
    statement = select(connections.c.user_id, connections.c.account_id, *_COLUMNS)
    if user_id is not None:
        statement = statement.where(connections.c.user_id == user_id)
    return {(row[0], row[1]): StoredConnection(*row[2:]) for row in connection.execute(statement)}


def reseal(
    connection: Connection,
    key: Key,
    old: StoredConnection,
    access_token: str,
    refresh_token: str | None,
) -> int:
    """Put the same tokens, encrypted anew, in the place of ``old``; 0 where that has changed."""
    same = of(connections, key), connections.c.generation == old.generation
    row = {"access_token": access_token, "refresh_token": refresh_token}
    return connection.execute(update(connections).where(*same).values(row)).rowcount


def connect(connection: Connection, key: Key, new: StoredConnection) -> None:
    """Store what an account was connected with, in the place of what it had."""
    old = connection_of(connection, key)
    connection.execute(delete(connections).where(of(connections, key)))
    generation = 1 if old is None else old.generation + 1
    row = key_columns(key) | asdict(new) | {"generation": generation}
    connection.execute(insert(connections).values(row))


def in_use(connection: Connection, source: str, external_id: str, but: Key | None = None) -> bool:
    """Whether an account of any user, except ``but``, reads the same account of a platform."""
    same = accounts.c.source == source, accounts.c.external_id == external_id
    others = true() if but is None else not_(of(connections, but))
    joined = select(true()).join_from(connections, accounts, same_account(accounts, connections))
    return connection.execute(joined.where(*same, others).limit(1)).first() is not None


def renewed(connection: Connection, key: Key, new: StoredConnection, old: StoredConnection) -> bool:
    """Store a new pair of tokens for that of ``old``; False where that is gone.

    Asked by generation and not by lease: a pair that came late is still the only one alive. A
    new account may have the number of one that was removed, but not its instant.
    """
    same = (
        of(connections, key),
        connections.c.generation == old.generation,
        connections.c.connected_at == old.connected_at,
    )
    row = {name: getattr(new, name) for name in _PAIR}
    row |= {"generation": old.generation + 1, "lease_owner": None, "lease_until": None}
    return connection.execute(update(connections).where(*same).values(row)).rowcount == 1


def lease(connection: Connection, key: Key, owner: str, now: int, until: int) -> bool:
    """Take the right to renew; False while somebody else's has not run out."""
    free = is_free(connections.c.lease_until, now)
    statement = update(connections).where(of(connections, key), free)
    taken = connection.execute(statement.values(lease_owner=owner, lease_until=until))
    return taken.rowcount == 1


def keep_lease(connection: Connection, key: Key, owner: str, until: int) -> bool:
    """Extend ``owner``'s right to renew; False where another has had it since."""
    mine = of(connections, key), connections.c.lease_owner == owner
    kept = connection.execute(update(connections).where(*mine).values(lease_until=until))
    return kept.rowcount == 1


def give_back(connection: Connection, key: Key, owner: str) -> None:
    """Give the right to renew back, if it is still ``owner``'s."""
    mine = of(connections, key), connections.c.lease_owner == owner
    connection.execute(update(connections).where(*mine).values(lease_owner=None, lease_until=None))


def ask_consent(
    connection: Connection, user_id: int, state: str, verifier: str, account_id: int | None, at: int
) -> None:
    """Remember a consent that is asked for."""
    row = {"user_id": user_id, "state": state, "verifier": verifier}
    row |= {"account_id": account_id, "created_at": at}
    connection.execute(insert(authorizations).values(row))


def take_consent(
    connection: Connection, user_id: int, state: str, since: int, until: int
) -> tuple[str, int | None] | None:
    """The verifier and account of a consent asked for from ``since`` to ``until``, once only.

    None where this user asked for none such. Other ones of the user are forgotten.
    """
    mine = authorizations.c.user_id == user_id
    in_time = authorizations.c.created_at.between(since, until)
    connection.execute(delete(authorizations).where(mine, ~in_time))
    statement = delete(authorizations).where(mine, authorizations.c.state == state)
    columns = authorizations.c.verifier, authorizations.c.account_id
    row = connection.execute(statement.returning(*columns)).first()
    return None if row is None else (row[0], row[1])
