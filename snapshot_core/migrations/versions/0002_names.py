"""Call three tables by what they hold: listing_runs, reported_days and rate_limits.

They are made anew and filled, rather than renamed, so that their constraints are called by the
new names too, in a database that was upgraded as in one that is new.
"""

import sqlalchemy as sa
from alembic import op

from snapshot_core.migrations.tables import create, create_for_accounts, numbers, texts, words

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_for_accounts(
        "listing_runs",
        ["video_id", "since"],
        *numbers("video_id", "since"),
        *numbers("until", null=True),
    )
    _move("presence", "listing_runs", "user_id, account_id, video_id, since, until")
    create_for_accounts(
        "reported_days",
        ["metric", "day"],
        *words("metric"),
        sa.Column("day", sa.Date, nullable=False),
        *numbers("amount"),
    )
    _move("daily_amounts", "reported_days", "user_id, account_id, metric, day, amount")
    create("rate_limits", ["endpoint"], *texts("endpoint"), *numbers("free_at"))
    _move("allowances", "rate_limits", "endpoint, free_at")


def _move(old: str, new: str, columns: str) -> None:
    op.execute(f"INSERT INTO {new} ({columns}) SELECT {columns} FROM {old}")
    op.drop_table(old)
