"""Note when the job looks at an account next, so that it need not look at all of them."""

import sqlalchemy as sa
from alembic import op

from snapshot_core.migrations.tables import numbers

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    look_at = sa.Column("look_at", sa.BigInteger, nullable=False, server_default="0")
    for column in (look_at, *numbers("planned_seconds", null=True)):
        op.add_column("accounts", column)
    op.create_index("ix_accounts_look_at", "accounts", ["look_at"])
