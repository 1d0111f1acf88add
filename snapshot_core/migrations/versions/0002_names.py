"""Call three tables by what they hold: listing_runs, reported_days and rate_limits.

They are made anew and filled, rather than renamed, so that their constraints are called by the
new names too, in a database that was upgraded as in one that is new.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _listing_runs("listing_runs")
    _copy("presence", "listing_runs", "user_id, account_id, video_id, since, until")
    _reported_days("reported_days")
    _copy("daily_amounts", "reported_days", "user_id, account_id, metric, day, amount")
    _rate_limits("rate_limits")
    _copy("allowances", "rate_limits", "endpoint, free_at")


def downgrade() -> None:
    _listing_runs("presence")
    _copy("listing_runs", "presence", "user_id, account_id, video_id, since, until")
    _reported_days("daily_amounts")
    _copy("reported_days", "daily_amounts", "user_id, account_id, metric, day, amount")
    _rate_limits("allowances")
    _copy("rate_limits", "allowances", "endpoint, free_at")


def _copy(old: str, new: str, columns: str) -> None:
    op.execute(f"INSERT INTO {new} ({columns}) SELECT {columns} FROM {old}")
    op.drop_table(old)


def _number(name: str, *, null: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), autoincrement=False, nullable=null)


def _of_account(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["user_id", "account_id"],
        ["accounts.user_id", "accounts.account_id"],
        name=op.f(f"fk_{table}_accounts"),
        ondelete="CASCADE",
    )


def _listing_runs(name: str) -> None:
    op.create_table(
        name,
        *(_number(column) for column in ("user_id", "account_id", "video_id", "since")),
        _number("until", null=True),
        _of_account(name),
        sa.PrimaryKeyConstraint(
            "user_id", "account_id", "video_id", "since", name=op.f(f"pk_{name}")
        ),
        sqlite_with_rowid=False,
    )


def _reported_days(name: str) -> None:
    op.create_table(
        name,
        _number("user_id"),
        _number("account_id"),
        sa.Column("metric", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        _number("amount"),
        _of_account(name),
        sa.PrimaryKeyConstraint("user_id", "account_id", "metric", "day", name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
    )


def _rate_limits(name: str) -> None:
    op.create_table(
        name,
        sa.Column("endpoint", sa.Text(), nullable=False),
        _number("free_at"),
        sa.PrimaryKeyConstraint("endpoint", name=op.f(f"pk_{name}")),
        sqlite_with_rowid=False,
    )
