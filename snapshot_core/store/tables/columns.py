"""What the tables are made of: their metadata, kinds of columns, and the key they cluster by."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

metadata: Final = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def numbers(*names: str, null: bool = False) -> list[Column[int]]:
    """64 bits each: ids, counters or instants."""
    return [Column(name, BigInteger, nullable=null, autoincrement=False) for name in names]


def texts(*names: str, null: bool = False) -> list[Column[str]]:
    """As long as they like."""
    return [Column(name, Text, nullable=null) for name in names]


def words(*names: str) -> list[Column[str]]:
    """One of a few words of ours each."""
    return [Column(name, String(40), nullable=False) for name in names]


def flag(name: str, *, null: bool = False, default: bool | None = None) -> Column[bool]:
    """Yes or no."""
    return Column(name, Boolean, nullable=null, default=default)


def table(name: str, key: tuple[str, ...], *parts: Any) -> Table:
    """A table clustered by its key: WITHOUT ROWID saves SQLite the second copy of it."""
    return Table(name, metadata, *parts, PrimaryKeyConstraint(*key), sqlite_with_rowid=False)


def user_table(name: str, key: tuple[str, ...], *parts: Any) -> Table:
    """A user's rows, which go with the user; ``key`` and ``parts`` follow ``user_id``."""
    owner = ForeignKeyConstraint(["user_id"], ["users.user_id"], ondelete="CASCADE")
    return table(name, ("user_id", *key), *numbers("user_id"), *parts, owner)


def account_table(name: str, key: tuple[str, ...], *parts: Any) -> Table:
    """An account's rows, which go with it; ``key`` and ``parts`` follow its own two."""
    own = "user_id", "account_id"
    return table(name, own + key, *numbers(*own), *parts, of_account())


def of_account() -> ForeignKeyConstraint:
    """What goes with its account."""
    return ForeignKeyConstraint(
        ["user_id", "account_id"], ["accounts.user_id", "accounts.account_id"], ondelete="CASCADE"
    )
