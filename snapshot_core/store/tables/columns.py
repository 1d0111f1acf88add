"""What the tables are made of: their metadata, kinds of columns, and the key they cluster by."""

from typing import Any, Final

from sqlalchemy import (
    BigInteger,
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


def number(name: str, *, null: bool = False) -> Column[int]:
    """64 bits: an id, a counter or an instant."""
    return Column(name, BigInteger, nullable=null, autoincrement=False)


def text(name: str, *, null: bool = False) -> Column[str]:
    """As long as it likes."""
    return Column(name, Text, nullable=null)


def word(name: str, *, null: bool = False) -> Column[str]:
    """One of a few words of ours."""
    return Column(name, String(40), nullable=null)


def table(name: str, key: tuple[str, ...], *parts: Any) -> Table:
    """A table clustered by its key: WITHOUT ROWID saves SQLite the second copy of it."""
    return Table(name, metadata, *parts, PrimaryKeyConstraint(*key), sqlite_with_rowid=False)


def of_account() -> ForeignKeyConstraint:
    """What goes with its account."""
    return ForeignKeyConstraint(
        ["user_id", "account_id"],
        ["accounts.user_id", "accounts.account_id"],
        ondelete="CASCADE",
    )
