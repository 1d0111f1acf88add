"""Whose rows: the condition that every statement on a per-user table carries."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    and_,
    bindparam,
    case,
    literal_column,
    or_,
)

from snapshot_core.store.dialects import among
from snapshot_core.store.tables import VIDEOS_PER_ACCOUNT
from snapshot_core.store.tables import video_snapshots as readings

Key = tuple[int, int]
"""``(user_id, account_id)``."""


def of(table: Any, key: Key) -> ColumnElement[bool]:
    """The rows of an account in a table that names it."""
    return and_(table.c.user_id == key[0], table.c.account_id == key[1])


def key_columns(key: Key) -> dict[str, int]:
    """The columns that say whose a row is."""
    return {"user_id": key[0], "account_id": key[1]}


def same_account(table: Any, other: Any) -> ColumnElement[bool]:
    """Where the rows of two tables are of one account."""
    return and_(table.c.user_id == other.c.user_id, table.c.account_id == other.c.account_id)


def theirs(table: Any) -> ColumnElement[bool]:
    """The rows of some accounts of one user: binds ``user`` and ``accounts``."""
    return and_(table.c.user_id == bindparam("user"), among(table.c.account_id, "accounts"))


def bound_to(keys: Sequence[Key]) -> dict[str, Any]:
    """What `theirs` binds for some accounts of one user, at least one."""
    return {"user": keys[0][0], "accounts": [account_id for _, account_id in keys]}


def mine(table: Any) -> ColumnElement[bool]:
    """The same for statements that are made once: binds ``user`` and ``account``."""
    return and_(table.c.user_id == bindparam("user"), table.c.account_id == bindparam("account"))


def not_ahead(table: Any) -> ColumnElement[bool]:
    """The captures that are not marked as ahead of the clock, and those that their user keeps."""
    return or_(table.c.ahead_at.is_(None), table.c.kept.is_(True))


def marked_ahead(table: Any) -> ColumnElement[bool]:
    """The others: an index leads to them."""
    return and_(table.c.ahead_at > 0, table.c.kept.is_not(True))


def not_ahead_now(table: Any) -> ColumnElement[bool]:
    """The same without those that are ahead now, marked or not: binds ``believed_until``."""
    return and_(not_ahead(table), table.c.captured_at <= bindparam("believed_until"))


def looks(table: Any) -> ColumnElement[int]:
    """How many complete captures in a row a capture is worth in telling that a video is gone.

    Of its user's word one is enough, of others it takes two.
    """
    partial, complete, confirmed = (literal_column(f"{worth}", Integer) for worth in range(3))
    by_user = table.c.confirmed.is_(True)
    return case((table.c.status != "complete", partial), (by_user, confirmed), else_=complete)


def readings_of(key: Key) -> ColumnElement[bool]:
    """The readings of an account: a range of video ids."""
    first = key[1] * VIDEOS_PER_ACCOUNT
    ids = readings.c.video_id.between(first, first + VIDEOS_PER_ACCOUNT - 1)
    return and_(readings.c.user_id == key[0], ids)


def my_readings() -> ColumnElement[bool]:
    """The same for statements that are made once: binds ``user`` and the range."""
    ids = readings.c.video_id.between(bindparam("first_id"), bindparam("last_id"))
    return and_(readings.c.user_id == bindparam("user"), ids)


def rows(connection: Connection, statement: Any, key: Key, **bound: Any) -> Sequence[Any]:
    """What ``statement`` gives for an account, as the driver hands it over."""
    first = key[1] * VIDEOS_PER_ACCOUNT
    own = {"user": key[0], "account": key[1]}
    ids = {"first_id": first, "last_id": first + VIDEOS_PER_ACCOUNT - 1}
    return connection.execute(statement, own | ids | bound).cursor.fetchall()
