"""What migrations make tables of.

Apart from `store.tables`, on purpose: a migration goes on making what it made when it was new.
"""

from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from alembic import op

Columns = list[sa.Column[Any]]

_PARENT_KEYS: Final = {
    "users": ("user_id",),
    "accounts": ("user_id", "account_id"),
    "videos": ("user_id", "video_id"),
}


def numbers(*names: str, null: bool = False) -> Columns:
    """64 bits each: ids, counters or instants."""
    return [sa.Column(name, sa.BigInteger, autoincrement=False, nullable=null) for name in names]


def texts(*names: str, null: bool = False) -> Columns:
    """Texts of any length."""
    return [sa.Column(name, sa.Text, nullable=null) for name in names]


def words(*names: str) -> Columns:
    """One of a few words of ours each."""
    return [sa.Column(name, sa.String(40), nullable=False) for name in names]


def flags(*names: str, null: bool = False) -> Columns:
    """Yes or no each."""
    return [sa.Column(name, sa.Boolean, nullable=null) for name in names]


def create(
    name: str,
    key: Sequence[str],
    *columns: sa.Column[Any],
    parent: str | None = None,
    parents: Sequence[str] = (),
    unique: Sequence[str] = (),
) -> None:
    """Make a table clustered by its ``key``; its rows go with those of the table ``parent``.

    ``parents``: further ones.
    """
    constraints: list[sa.Constraint] = [sa.PrimaryKeyConstraint(*key, name=f"pk_{name}")]
    for owner in filter(None, (parent, *parents)):
        mine, theirs = _PARENT_KEYS[owner], [f"{owner}.{part}" for part in _PARENT_KEYS[owner]]
        foreign = f"fk_{name}_{owner}"
        constraints.append(sa.ForeignKeyConstraint(mine, theirs, name=foreign, ondelete="CASCADE"))
    if unique:
        constraints.append(sa.UniqueConstraint(*unique, name=f"uq_{name}_{'_'.join(unique)}"))
    op.create_table(name, *columns, *constraints, sqlite_with_rowid=False)


def create_for_accounts(name: str, key: Sequence[str], *columns: sa.Column[Any]) -> None:
    """Make a table of what accounts have; ``key`` and ``columns`` follow those of the account."""
    own = _PARENT_KEYS["accounts"]
    create(name, [*own, *key], *numbers(*own), *columns, parent="accounts")
