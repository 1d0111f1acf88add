"""An account with all that is known of it, taken down so that its removal can be undone."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, func, insert, select, update

from snapshot_core.errors import InputError
from snapshot_core.names import name_key
from snapshot_core.store.accounts import Account, account, accounts_of
from snapshot_core.store.keys import Key, of, readings_of
from snapshot_core.store.tables import (
    VIDEOS_PER_ACCOUNT,
    accounts,
    authorizations,
    connections,
    metadata,
    users,
    video_snapshots,
)

_ACCESS: Final = (connections, authorizations)
"""Tables that are left out: a removed account's access has been given back."""
_TABLES: Final = tuple(
    table
    for table in metadata.sorted_tables
    if table not in _ACCESS
    and (table is video_snapshots or {"user_id", "account_id"} <= set(table.c.keys()))
)
"""Those that hold rows of an account, in the order in which they can be filled."""


@dataclass(frozen=True, slots=True)
class AccountCopy:
    """All rows of an account."""

    key: Key
    rows: Mapping[str, list[dict[str, Any]]]
    """By table, the columns of each row."""


def copy_account(connection: Connection, key: Key) -> AccountCopy:
    """Take down an account as it is, without its access to a platform."""
    rows = {}
    for table in _TABLES:
        own = readings_of(key) if table is video_snapshots else of(table, key)
        selected = connection.execute(select(table).where(own)).mappings()
        rows[table.name] = [dict(row) for row in selected]
    return AccountCopy(key, rows)


def restore_account(connection: Connection, copy: AccountCopy) -> Account:
    """Put a removed account back, under another number where another has got its own.

    Raises `InputError` where another has got its name.
    """
    user_id, old = copy.key
    # The user's row is locked first: two accounts made at once must not get one number.
    connection.execute(update(users).where(users.c.user_id == user_id).values(email=users.c.email))
    present = accounts_of(connection, user_id)
    (own,) = copy.rows[accounts.name]
    if name_key(own["name"]) in {name_key(each.name) for each in present}:
        raise InputError(f"There is an account named {own['name']!r} already.")
    numbers = select(func.max(accounts.c.account_id)).where(accounts.c.user_id == user_id)
    taken = old in {each.account_id for each in present}
    number = (connection.scalar(numbers) or 0) + 1 if taken else old
    for table in _TABLES:
        if rows := [_renumbered(row, number, number - old) for row in copy.rows[table.name]]:
            connection.execute(insert(table), rows)
    return account(connection, (user_id, number))


def _renumbered(row: dict[str, Any], number: int, shift: int) -> dict[str, Any]:
    """A row of the account ``number``, whose lease is nobody's."""
    changed = {name: row[name] for name in row}
    if "account_id" in row:
        changed["account_id"] = number
    if row.get("video_id"):  # 0 is the account itself
        changed["video_id"] = row["video_id"] + shift * VIDEOS_PER_ACCOUNT
    if "lease_owner" in row:
        changed |= {"lease_owner": None, "lease_until": None}
    return changed
